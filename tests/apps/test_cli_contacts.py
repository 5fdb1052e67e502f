"""`gtm contacts`, as somebody uses it who comes from another mail service."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from apps.cli import app


@pytest.fixture
def gtm(tmp_path: Path) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--home", str(tmp_path / "home"), "contacts", *arguments])

    return run


def test_a_list_is_taken_over_once_and_its_mistakes_are_named(
    gtm: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        'name,Email,why\n"Doe, Jane",Jane@mail.example,x\n\nJohn,nobody,y\nJoan,joan@mail.example\n', "utf-8"
    )
    done = json.loads(gtm("import", str(file), "--json").stdout)
    assert (done["given"], done["new"]) == (3, 2)
    assert [wrong["line"] for wrong in done["wrong"]] == [4]
    again = gtm("import", str(file))
    assert "0 will not be written to any more; 2 were known" in again.stdout
    assert "line 4: 'nobody' is no e-mail address" in again.stderr
    shown = json.loads(gtm("show", "jane@MAIL.example", "--json").stdout)
    assert (shown["may_be_written_to"], shown["reason"]) == (False, "unsubscribed")


@pytest.mark.parametrize(
    "text", ["a@x.example\nb@x.example\n", "\ufeffe-mail;city\na@x.example;Rome\nb@x.example;Bonn\n"]
)
def test_other_forms_of_lists_are_read_too(gtm: Callable[..., Result], tmp_path: Path, text: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text(text, "utf-8")
    assert json.loads(gtm("import", str(file), "--reason", "bounced", "--json").stdout)["new"] == 2
    assert "bounced" in gtm("show", "b@x.example").stdout


@pytest.mark.parametrize(
    ("content", "reason", "says"),
    [
        (b"", "unsubscribed", "holds no addresses"),
        (b"email\n", "unsubscribed", "holds no addresses"),
        (b"name,city\nJane,Rome\n", "unsubscribed", "no column"),
        (b"\xff\xfe\x00", "unsubscribed", "UTF-8"),
        (b"a@x.example", "unsubscribe", "did you mean unsubscribed?"),
    ],
)
def test_a_list_that_is_none_says_why(
    gtm: Callable[..., Result], tmp_path: Path, content: bytes, reason: str, says: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    done = gtm("import", str(file), "--reason", reason)
    assert (done.exit_code, says in done.stderr) == (2, True)


def test_one_who_wrote_to_us_is_unsubscribed(gtm: Callable[..., Result]) -> None:
    assert "Nothing speaks against it" in gtm("show", "jane@mail.example").stdout
    assert "Done" in gtm("unsubscribe", "jane@mail.example").stdout
    assert "already" in gtm("unsubscribe", "Jane@mail.example").stdout
    assert gtm("unsubscribe", "jane").exit_code == 2


def test_after_a_new_key_contacts_are_still_known(gtm: Callable[..., Result]) -> None:
    gtm("unsubscribe", "jane@mail.example")
    assert "keep working" in gtm("new-key").stdout
    assert json.loads(gtm("new-key", "--json").stdout) == {"added": True}
    assert "unsubscribed" in gtm("show", "jane@mail.example").stdout
