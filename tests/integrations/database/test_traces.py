"""Traces and sums as the database keeps them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from agents.measures import Tally
from agents.personal import KeepUntil
from agents.tracing import Span, Trace
from integrations.database.engine import Store
from integrations.database.personal import PersonalTables
from integrations.database.traces import TallyTable, TraceTable

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_trace(name: str = "answer", trace: str = "1" * 32) -> Trace:
    whole = Span(name=name, began=0, seconds=0.5, facts={"decision": "answer", "mode": "offline"})
    found = Span(
        name="retrieval",
        began=0.1,
        seconds=0.2,
        parent=0,
        facts={"sections": ("a.md, 1", "b.md"), "scores": (0.9, 0.1), "passages": 2, "sure": True},
    )
    broken = Span(name="words", began=0.3, seconds=0.1, parent=0, failed="Transient")
    return Trace(id=trace, conversation="c1", at=NOW, seconds=0.5, spans=(whole, found, broken))


def test_a_trace_is_given_back_as_it_was(store: Store) -> None:
    table = TraceTable(store)
    table.take([a_trace()])
    assert table.trace("1" * 32) == a_trace()
    assert table.trace("2" * 32) is None


def test_only_the_traces_of_answers_are_kept(store: Store) -> None:
    table = TraceTable(store)
    table.take([a_trace("delivery")])
    assert table.trace("1" * 32) is None


def test_traces_are_erased_when_they_are_too_old_and_sums_are_not(store: Store) -> None:
    table, sums = TraceTable(store), TallyTable(store)
    for sink in (table, sums):
        sink.take([a_trace()])
    counted = sums.all()
    for before, left in ((NOW, True), (NOW + timedelta(seconds=1), False)):
        PersonalTables(store).expire(KeepUntil(**dict.fromkeys(KeepUntil.model_fields, before)))
        assert (table.trace("1" * 32) is not None) is left
    assert sums.all() == counted


def test_sums_grow_and_are_told_apart_by_their_labels(store: Store) -> None:
    table = TallyTable(store)
    offline, model = {"mode": "offline"}, {"mode": "model"}
    table.add([Tally(name="gtm_answers", labels=offline, value=2), Tally(name="a", labels={}, value=1)])
    table.add(
        [Tally(name="gtm_answers", labels=offline, value=3), Tally(name="gtm_answers", labels=model, value=1)]
    )
    assert table.all() == [
        Tally(name="a", labels={}, value=1),
        Tally(name="gtm_answers", labels=model, value=1),
        Tally(name="gtm_answers", labels=offline, value=5),
    ]


def test_an_answer_is_counted_by_decision_and_mode_and_into_its_time(store: Store) -> None:
    table = TallyTable(store)
    table.take([a_trace(), a_trace(trace="2" * 32)])
    assert table.all() == [
        Tally(name="gtm_answer_seconds", labels={"mode": "offline"}, edge="0.5", value=2),
        Tally(name="gtm_answer_seconds", labels={"mode": "offline"}, edge="sum", value=1.0),
        Tally(name="gtm_answers", labels={"decision": "answer", "mode": "offline"}, value=2),
    ]


def test_sums_that_many_add_to_at_once_lose_nothing(store: Store) -> None:
    table = TallyTable(store)
    added = [Tally(name=name, labels={}, value=1) for name in "abcd"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda turn: table.add(added[::-1] if turn % 2 else added), range(80)))
    assert [tally.value for tally in table.all()] == [80, 80, 80, 80]
