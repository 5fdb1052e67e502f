"""The words that models are told, on the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from apps.cli import app
from tests.model_server import Turn, model_server


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["prompts", *arguments])
    return done.exit_code, done.stdout


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def test_prompts_are_listed_and_shown() -> None:
    code, text = run("list", "--json")
    assert code == 0
    versions = {one["name"]: one["version"] for one in json.loads(text)["prompts"]}
    assert versions["support_answer"] == 2
    assert {"weekly_finance", "weekly_summary"} <= set(versions)
    code, text = run("show", "support_answer")
    assert (code, "{sources}" in text) == (0, True)


def test_an_unknown_prompt_is_bad_input_that_names_the_known() -> None:
    code, text = run("show", "nothing", "--json")
    assert code == 2
    assert "support_answer" in json.loads(text)["error"]


def test_without_a_model_a_try_shows_what_it_would_be_told() -> None:
    code, text = run("try", "support_answer", "--json")
    tried = json.loads(text)
    assert (code, tried["prompt"], tried["answer"]) == (0, "support_answer@2", None)
    assert "Can I send chai back?" in tried["user"]


def test_with_a_model_a_try_shows_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.say(Turn(text="Within 7 days."))
        assert json.loads(run("try", "support_answer", "--json")[1])["answer"] == "Within 7 days."
        server.say(Turn(status=401))
        assert run("try", "support_answer")[0] == 1
