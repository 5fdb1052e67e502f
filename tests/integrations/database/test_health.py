"""The figures of health, counted on each database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agents.health_figures import Latency
from agents.health_report import answers_health, specialist_health
from agents.models.calls import Ending, ModelCall, ModelText
from agents.tracing import Span, Trace
from integrations.database.engine import Store
from integrations.database.health import HealthBook
from integrations.database.model_calls import ModelCallTable
from integrations.database.traces import TraceTable

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def call(ending: Ending, hours: float = 1, model: str = "gpt-4.1-mini") -> ModelCall:
    return ModelCall(
        at=NOW - timedelta(hours=hours),
        specialist="support",
        model=model,
        prompt="support_answer@2",
        seconds=1.0,
        input_tokens=100,
        output_tokens=20,
        micro_dollars=72,
        ending=ending,
    )


def text(seconds: float, hours: float = 1, **values: object) -> ModelText:
    known = {"model": "gpt-4.1-mini", "attempts": 1, "ending": "ok"}
    return ModelText.model_validate(
        {
            "at": NOW - timedelta(hours=hours),
            "specialist": "support",
            "prompt": "support_answer@2",
            "seconds": seconds,
            **known,
            **values,
        }
    )


def answer(number: int, seconds: float, mode: str = "offline", hours: float = 1) -> Trace:
    whole = Span(name="answer", began=0, seconds=seconds, facts={"decision": "answer", "mode": mode})
    at = NOW - timedelta(hours=hours)
    return Trace(id=f"{number:032x}", conversation=None, at=at, seconds=seconds, spans=(whole,))


def test_an_answer_of_this_very_second_belongs_to_the_last_moment(store: Store) -> None:
    now = NOW + timedelta(seconds=0.9)
    TraceTable(store).take([answer(1, 0.2, hours=0)])
    counted = HealthBook(store).count(now - DAY, now, 24)
    assert [moment.answers for moment in counted.moments] == [0] * 23 + [1]


def test_a_desk_that_did_nothing_knows_nothing_and_says_why(store: Store) -> None:
    counted = HealthBook(store).count(NOW - DAY, NOW, 24)
    support = specialist_health("support", counted)
    assert (support.texts, support.success, support.errors, support.hits, support.dollars_a_text) == (
        0, None, None, None, None,
    )  # fmt: skip
    assert support.latency == Latency()
    assert {(target.verdict, target.reason) for target in support.targets} == {
        ("unknown", "no text was asked for")
    }
    assert {target.verdict for target in answers_health(counted).targets} == {"unknown"}
    assert len(counted.moments) == 24


def test_texts_and_calls_become_shares_retries_and_costs(store: Store) -> None:
    ledger = ModelCallTable(store)
    for one in (call("ok"), call("ungrounded"), call("ok"), call("down"), call("down"), call("down")):
        ledger.record(one)
    ledger.record(call("ok", model="gpt-4.1-nano"))
    ledger.record_text(text(1.0))
    ledger.record_text(text(3.0, attempts=2))
    ledger.record_text(text(0.01, attempts=0, cache="L1"))
    ledger.record_text(text(4.0, attempts=4, fallback=True, model="gpt-4.1-nano"))
    ledger.record_text(text(2.0, attempts=1, ending="unusable", model=None))
    ledger.record_text(text(0.0, attempts=0, ending="budget", model=None))
    ledger.record_text(text(0.5, attempts=1, ending="gone", model=None))
    ledger.record_text(text(9.0, attempts=1, ending="late", model=None, hours=30))
    support = specialist_health("support", HealthBook(store).count(NOW - DAY, NOW, 24))
    assert (support.texts, support.calls, support.retries, support.ungrounded) == (6, 7, 4, 1)
    assert support.calls_by_ending == {"down": 3, "ok": 3, "ungrounded": 1}
    assert support.offline == {"budget": 1, "unusable": 1}
    assert (support.by_fallback_model, support.cached) == (1, {"L1": 1})
    assert support.success == pytest.approx(4 / 6, abs=1e-6)
    assert support.errors == 0
    assert support.hits == pytest.approx(1 / 6, abs=1e-6)
    assert (support.input_tokens, support.output_tokens) == (700, 140)
    assert support.dollars == pytest.approx(7 * 72e-6)
    assert support.dollars_a_text == pytest.approx(84e-6)
    assert support.latency == Latency(p50=2.0, p95=4.0, p99=4.0)


def test_technical_failures_are_errors_and_miss_the_aim(store: Store) -> None:
    ledger = ModelCallTable(store)
    for ending in ("down", "late", "refused", "misused", "outage", "busy"):
        ledger.record_text(text(1.0, ending=ending, model=None))
    for _ in range(6):
        ledger.record_text(text(1.0))
    support = specialist_health("support", HealthBook(store).count(NOW - DAY, NOW, 24))
    errors = next(target for target in support.targets if target.name == "errors")
    assert (errors.value, errors.verdict) == (0.5, "missed")


def test_answers_are_timed_together_and_by_whose_words_they_were(store: Store) -> None:
    table = TraceTable(store)
    table.take([answer(number, number / 10) for number in range(1, 101)])
    table.take([answer(1000 + number, 6.0, "model") for number in range(10)])
    answers = answers_health(HealthBook(store).count(NOW - DAY, NOW, 24))
    assert (answers.answers, answers.by_mode) == (110, {"model": 10, "offline": 100})
    assert answers.latency_by_mode["offline"] == Latency(p50=5.0, p95=9.5, p99=9.9)
    assert answers.latency_by_mode["model"] == Latency(p50=6.0, p95=6.0, p99=6.0)
    assert [target.verdict for target in answers.targets] == ["missed", "missed", "met"]


def test_an_answer_for_which_nobody_waited_is_not_timed(store: Store) -> None:
    whole = Span(
        name="answer", began=0, seconds=40, facts={"decision": "answer", "mode": "offline", "late": True}
    )
    TraceTable(store).take(
        [Trace(id="1" * 32, conversation=None, at=NOW - DAY / 2, seconds=40, spans=(whole,))]
    )
    assert HealthBook(store).count(NOW - DAY, NOW, 24).answers == []


def test_each_moment_has_its_own_and_none_is_lost(store: Store) -> None:
    ledger = ModelCallTable(store)
    for hours in (0.5, 0.5, 23.9, 24.1):
        ledger.record(call("ok", hours))
        ledger.record_text(text(1.0, hours, ending="down", model=None))
    TraceTable(store).take([answer(1, 0.2, hours=0.5), answer(2, 0.4, hours=23.9)])
    moments = HealthBook(store).count(NOW - DAY, NOW, 24).moments
    assert [(at, each.texts, each.errors, each.answers) for at, each in enumerate(moments) if each.texts] == [
        (0, 1, 1, 1),
        (23, 2, 2, 1),
    ]
    assert (moments[0].latency.p50, moments[1].latency.p50) == (0.4, None)
    assert moments[23].dollars == pytest.approx(144e-6)
    assert moments[23].until == NOW


def test_the_last_text_is_the_newest_that_a_model_was_to_write(store: Store) -> None:
    book, ledger = HealthBook(store), ModelCallTable(store)
    assert book.last_text("support") is None
    for one in (text(1, 3, ending="down", model=None), text(1, 2), text(1, 1, cache="L1", attempts=0)):
        ledger.record_text(one)
    found = book.last_text("support")
    assert found is not None
    assert (found.ending, found.at) == ("ok", NOW - timedelta(hours=2))
