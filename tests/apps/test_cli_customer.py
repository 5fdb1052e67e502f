"""`gtm customer export` and `forget`: what is printed, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agents.domain import Decision
from apps.cli import app
from tests.desk import open_desk, write_documents

ANNA = "anna.smith@mail.example"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which Anna has asked something and was answered."""
    desk = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")])
    reply = desk.session.ask(f"Can you engrave a tin? Write to {ANNA}", visitor="v")
    assert reply.review is not None
    desk.session.decide(reply.review, Decision(verb="reply", text="Yes, we can.", by="Maria"))
    desk.close()
    return desk.home


def gtm(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "customer", *arguments], prog_name="gtm")


def only_json(result: Result) -> dict[str, Any]:
    assert result.stdout.count("\n") == 1
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_an_export_is_one_object_or_a_file(home: Path, tmp_path: Path) -> None:
    exported = only_json(gtm(home, "export", ANNA, "--json"))
    assert [row["role"] for row in exported["database"]["messages"]] == [
        "customer",
        "bot",
        "system",
        "person",
    ]
    assert list(exported["checkpoints"]) == [exported["database"]["conversations"][0]["id"]]
    out = tmp_path / "anna.json"
    summary = only_json(gtm(home, "export", ANNA, "--out", str(out), "--json"))
    assert summary["rows"]["messages"] == 4
    assert json.loads(out.read_text("utf-8"))["database"] == exported["database"]
    assert "4 messages" in gtm(home, "export", ANNA, "--out", str(out)).stdout


def test_an_address_that_is_kept_out_of_campaigns_is_told_before_and_after_it_is_forgotten(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "old.csv").write_text(f"email\n{ANNA}\n")
    CliRunner().invoke(app, ["--home", str(home), "contacts", "import", str(tmp_path / "old.csv")])
    out = str(tmp_path / "anna.json")
    assert only_json(gtm(home, "export", ANNA, "--out", out, "--json"))["rows"]["suppressions"] == 1
    assert only_json(gtm(home, "forget", ANNA, "--yes", "--json"))["complete"]
    exported = only_json(gtm(home, "export", ANNA, "--json"))
    assert [each["reason"] for each in exported["suppressed"]] == ["unsubscribed"]


def test_forgetting_says_what_went_and_that_nothing_is_left(home: Path) -> None:
    forgotten = only_json(gtm(home, "forget", ANNA, "--yes", "--json"))
    assert (forgotten["complete"], forgotten["conversations"]) == (True, 1)
    assert forgotten["erased"]["messages"] == 4
    assert forgotten["proof"]["found"] == []
    again = gtm(home, "forget", ANNA, "--yes")
    assert again.exit_code == 0
    assert "nowhere any more" in again.stdout
    exported = only_json(gtm(home, "export", ANNA, "--json"))
    assert not any(exported["database"].values())


def test_what_is_left_is_named_and_fails(home: Path) -> None:
    (home / "notes.txt").write_text(ANNA)
    result = gtm(home, "forget", ANNA, "--yes")
    assert result.exit_code == 1
    assert f"file {home / 'notes.txt'}" in result.stdout


def test_nothing_is_erased_unasked_and_a_wrong_address_is_refused(home: Path) -> None:
    unasked = gtm(home, "forget", ANNA)
    assert unasked.exit_code == 2
    assert "--yes" in unasked.stderr
    assert gtm(home, "forget", "anna", "--yes", "--json").exit_code == 2
    assert gtm(home, "export", ANNA, "--out", str(home)).exit_code == 2
    assert only_json(gtm(home, "export", ANNA, "--json"))["database"]["messages"]
