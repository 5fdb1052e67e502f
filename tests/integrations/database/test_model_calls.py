"""The ledger of models on both databases: calls, texts, and how each model stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agents.models.calls import ModelCall, ModelState, ModelText
from integrations.database.conversations import Conversations
from integrations.database.engine import Store
from integrations.database.model_calls import ModelCallTable
from integrations.database.personal import PersonalTables

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def call(at: datetime, micro_dollars: int = 5, conversation: str | None = None) -> ModelCall:
    return ModelCall(
        at=at,
        specialist="support",
        model="m",
        prompt="p@1",
        seconds=0.5,
        input_tokens=1,
        output_tokens=2,
        micro_dollars=micro_dollars,
        ending="ok",
        conversation=conversation,
    )


def text(at: datetime, conversation: str | None = None) -> ModelText:
    return ModelText(
        at=at,
        specialist="support",
        model=None,
        prompt="p@1",
        seconds=0.5,
        attempts=3,
        ending="unusable",
        cache=None,
        fallback=True,
        conversation=conversation,
    )


def test_calls_and_texts_come_back_as_they_were(store: Store) -> None:
    ledger = ModelCallTable(store)
    for moment in (NOW - timedelta(days=1), NOW):
        ledger.record(call(moment))
        ledger.record_text(text(moment))
    assert ledger.list(NOW) == [call(NOW)]
    assert ledger.texts(NOW) == [text(NOW)]
    assert len(ledger.texts(NOW - timedelta(days=2))) == 2
    assert (ledger.spent(NOW), ledger.spent(NOW - timedelta(days=2))) == (5, 10)


def test_a_state_takes_the_place_of_the_last(store: Store) -> None:
    ledger = ModelCallTable(store)
    ledger.note_state(ModelState(model="b", breaker="closed", failures=0, at=NOW))
    ledger.note_state(ModelState(model="a", breaker="closed", failures=1, requests_left=9, at=NOW))
    opened = ModelState(model="a", breaker="open", failures=5, opened=NOW, at=NOW)
    ledger.note_state(opened)
    assert [state.model for state in ledger.states()] == ["a", "b"]
    assert ledger.states()[0] == opened


def test_a_conversations_lines_are_erased_with_it(store: Store) -> None:
    ledger, own = ModelCallTable(store), Conversations(store).begin("v")
    for conversation in (own, "another"):
        ledger.record(call(NOW, conversation=conversation))
        ledger.record_text(text(NOW, conversation))
    erased = PersonalTables(store).erase([own], None, None)
    assert (erased["model_calls"], erased["model_texts"]) == (1, 1)
    assert [each.conversation for each in ledger.list(NOW)] == ["another"]
    assert [each.conversation for each in ledger.texts(NOW)] == ["another"]
