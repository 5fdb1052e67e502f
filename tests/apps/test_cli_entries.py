"""`gtm entries`: decide on the command line what is learned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agents.domain import Decision
from agents.session import Session
from apps.cli import app
from apps.cli_ingest import run_ingest
from integrations import connect
from integrations.settings import PREFIX, Settings
from tests.desk import write_documents


@pytest.fixture
def home(tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two documents, in which a person has answered a question."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.setenv("GTM_MODELS", str(models_folder))
    settings = Settings(home=tmp_path / "home", models=models_folder)
    run_ingest(settings, [write_documents(tmp_path / "docs")], as_json=True)
    session = Session(connect(settings))
    reply = session.ask("Can you engrave a tin for ann@mail.example?")
    assert reply.review is not None
    session.decide(reply.review, Decision(verb="reply", text="Yes, for $8 a tin.", by="Maria"))
    session.learning.propose(reply.review)
    session.close()
    return settings.home


def gtm(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "entries", *arguments], prog_name="gtm")


def only_json(result: Result) -> dict[str, Any]:
    assert result.stdout.count("\n") == 1, result.output
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_an_entry_is_listed_masked_and_accepted_in_other_words(home: Path, tmp_path: Path) -> None:
    (listed,) = only_json(gtm(home, "list", "--json"))["entries"]
    assert listed["question"] == "Can you engrave a tin for [e-mail]?"
    assert listed["answer"] == "Yes, for [amount] a tin."
    assert "masked: $8 (amount)" in gtm(home, "list").stdout
    refused = gtm(home, "accept", "1", "--question", "Can you engrave a tin?", "--answer", "Yes, for $8.")
    assert refused.exit_code == 2
    assert "$8" in refused.stderr
    words = ["--question", "Can you engrave a tin?", "--not-personal", "$8"]
    accepted = only_json(gtm(home, "accept", "1", *words, "--json"))
    assert accepted["entry"]["answer"] == "Yes, for $8 a tin."
    assert accepted["searchable"]
    assert gtm(home, "edit", "1", "--answer", "Yes, for $8 each.").exit_code == 0
    out = tmp_path / "answers.md"
    assert "1 entries" in gtm(home, "export", "--out", str(out)).stdout
    assert out.read_text("utf-8") == "## Can you engrave a tin?\n\nYes, for $8 each.\n"
    assert gtm(home, "export").stdout == out.read_text("utf-8")


def test_an_entry_goes_and_comes_back(home: Path) -> None:
    assert "dismissed" in gtm(home, "dismiss", "1").stdout
    assert [
        each["id"] for each in only_json(gtm(home, "list", "--status", "dismissed", "--json"))["entries"]
    ] == [1]
    assert "proposed" in gtm(home, "restore", "1").stdout
    assert gtm(home, "accept", "1").exit_code == 0
    assert "withdrawn" in gtm(home, "withdraw", "1").stdout
    assert "accepted" in gtm(home, "restore", "1").stdout
    assert gtm(home, "dismiss", "1").exit_code == 2
    assert gtm(home, "list", "--status", "lost").exit_code == 2
    assert "No entry is proposed." in gtm(home, "list").stdout


def test_gaps_are_listed_by_topic(home: Path) -> None:
    (gap,) = only_json(gtm(home, "gaps", "--json"))["gaps"]
    assert (gap["questions"], gap["conversations"], gap["answered_now"]) == (1, 1, False)
    assert "engrave" in gtm(home, "gaps").stdout
