"""What the doctor says of the chat model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from agents.models.calls import ModelCall
from apps.doctor import examine
from apps.examined import Part
from integrations.database.engine import Store
from integrations.database.model_calls import ModelCallTable
from integrations.settings import Settings
from tests.model_server import model_server


def chat_model(home: Path, key: str | None = None, url: str | None = None) -> Part:
    secret = SecretStr(key) if key else None
    parts = examine(Settings(home=home, openai_api_key=secret, openai_base_url=url))
    return next(part for part in parts if part.name == "chat model")


def test_without_a_key_it_is_off_and_says_what_to_set(tmp_path: Path) -> None:
    part = chat_model(tmp_path)
    assert (part.state, "OPENAI_API_KEY" in part.remedy) == ("off", True)


def test_with_a_key_the_host_is_asked(tmp_path: Path) -> None:
    with model_server() as server:
        assert chat_model(tmp_path, "key", server.url).state == "ok"
        assert chat_model(tmp_path, "wrong", server.url).state == "broken"
        server.models = ["another"]
        assert "gpt-4.1-mini" in chat_model(tmp_path, "key", server.url).detail


def test_a_host_that_is_away_is_named_broken_with_what_to_do(tmp_path: Path) -> None:
    part = chat_model(tmp_path, "key", "http://127.0.0.1:9/v1")
    assert (part.state, "OPENAI_BASE_URL" in part.remedy) == ("broken", True)


def test_a_refused_key_is_named_with_what_to_do(tmp_path: Path) -> None:
    with model_server() as server:
        part = chat_model(tmp_path, "wrong", server.url)
    assert (part.state, "OPENAI_API_KEY" in part.remedy) == ("broken", True)


def test_a_spent_budget_is_named_with_what_to_do(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")
    spent = ModelCall(
        at=datetime.now(UTC),
        specialist="support",
        model="gpt-4.1-mini",
        prompt="p@1",
        seconds=1,
        input_tokens=1,
        output_tokens=1,
        micro_dollars=100_000_000,
        ending="ok",
    )
    ModelCallTable(store).record(spent)
    store.close()
    with model_server() as server:
        part = chat_model(tmp_path, "key", server.url)
    assert (part.state, "usd_a_day" in part.remedy) == ("broken", True)
