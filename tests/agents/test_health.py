"""What the desk says of its models: against a scripted host, as the shell, the room and the doctor say it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.health import HealthDesk
from agents.health_notices import Notice
from agents.models.calls import ModelCall, ModelState
from agents.tracing import Span
from integrations.database.engine import Store
from integrations.database.model_calls import ModelCallTable
from tests.desk import Desk, open_desk, write_documents
from tests.model_server import ModelServer, Turn, model_server

QUESTION = "Can unopened tins come back?"
RIGHT = {
    "sufficient": True,
    "quotes": ["Unopened tins may come back within 30 days."],
    "answer": "Yes, unopened tins may come back within 30 days.",
}


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, server: ModelServer) -> Iterator[Desk]:
    documents = [write_documents(tmp_path / "documents")]
    desk = open_desk(tmp_path / "home", documents=documents, models_url=server.url)
    yield desk
    desk.close()


def told(health: HealthDesk, about: str = "models") -> Notice:
    (notice,) = (each for each in health.look().notices if each.about == about)
    return notice


def ledger(desk: Desk) -> ModelCallTable:
    return ModelCallTable(Store(desk.settings.database))


def test_an_answer_in_a_models_words_is_traced_with_its_calls_and_counted(
    desk: Desk, server: ModelServer
) -> None:
    server.say(Turn(value=RIGHT | {"answer": "Yes, within 99 days."}), Turn(value=RIGHT))
    reply = desk.session.ask(QUESTION)
    assert reply.mode == "model"
    spans = desk.session.health.trace(reply.trace or "").spans
    calls = [span for span in spans if span.name == "call"]
    assert [span.facts["ending"] for span in calls] == ["ungrounded", "ok"]
    assert "99" in str(calls[0].facts["complaint"])
    assert (calls[1].facts["model"], calls[1].facts["input_tokens"]) == ("gpt-4.1-mini", 100)
    assert {name_of(spans, span.parent) for span in calls} == {"words"}
    support = desk.session.health.look().day.specialists[0]
    assert (support.texts, support.success, support.retries, support.ungrounded) == (1, 1.0, 1, 1)
    (text,) = ledger(desk).texts(datetime.now(UTC) - timedelta(hours=1))
    assert text.trace == reply.trace
    assert told(desk.session.health).sentence == "gpt-4.1-mini words the answers."


def name_of(spans: tuple[Span, ...], place: int | None) -> str | None:
    return None if place is None else spans[place].name


def test_a_complaint_is_masked_before_it_is_kept(desk: Desk, server: ModelServer) -> None:
    server.say(Turn(value=RIGHT | {"answer": "Write to ann@mail.example within 30 days."}), Turn(value=RIGHT))
    reply = desk.session.ask(QUESTION)
    kept = desk.session.health.trace(reply.trace or "").model_dump_json()
    assert "complaint" in kept
    assert "ann@mail" not in kept


def test_a_refused_key_is_said_with_what_to_do(desk: Desk, server: ModelServer) -> None:
    server.say(Turn(status=401))
    assert desk.session.ask(QUESTION).mode == "offline"
    notice = told(desk.session.health)
    assert (notice.gravity, "does not accept our key" in notice.sentence) == ("trouble", True)
    assert "OPENAI_API_KEY" in notice.remedy


def test_a_spent_budget_is_said_with_what_to_do(desk: Desk) -> None:
    ledger(desk).record(
        ModelCall(
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
    )
    notice = told(desk.session.health, "budget")
    assert (notice.gravity, "$100.00" in notice.sentence) == ("trouble", True)
    assert desk.session.health.look().budget.left == 0


@pytest.mark.parametrize(("ago", "breaker"), [(5, "open"), (300, "half-open")])
def test_a_model_that_another_process_leaves_alone_is_said_to_be(
    desk: Desk, ago: float, breaker: str
) -> None:
    now = datetime.now(UTC)
    opened = now - timedelta(seconds=ago)
    ledger(desk).note_state(
        ModelState(model="gpt-4.1-mini", breaker="open", failures=5, opened=opened, at=opened)
    )
    model = next(each for each in desk.session.health.look().models if each.model == "gpt-4.1-mini")
    assert (model.breaker, model.failures) == (breaker, 5)
    assert "left alone" in told(desk.session.health).sentence


def test_the_whole_can_be_written_as_json_without_a_zero_for_what_is_not_known(desk: Desk) -> None:
    health = json.loads(desk.session.health.look().model_dump_json())
    assert health["day"]["specialists"][0]["dollars_a_text"] is None
    assert health["day"]["answers"]["latency"] == {"p50": None, "p95": None, "p99": None}
    assert health["work"]["heartbeat"] is None
