"""One attempt at an effect, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.effects import Effect, EffectStanding
from agents.errors import BadInput, Permanent, Transient
from agents.policy import Delivery
from agents.telemetry import Seen, Telemetry
from agents.tracing import Trace
from integrations.database.engine import Store
from integrations.database.outbox import Outbox, add
from jobs.delivery import Courier

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PATIENCE = Delivery(attempts=3, first_pause_seconds=10, longest_pause_seconds=15)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")
    with opened.writing() as connection:
        add(connection, key="k", kind="email", payload={}, now=NOW)
    yield opened
    opened.close()


def courier(store: Store, handler: Callable[[Effect], None]) -> Courier:
    return Courier(Outbox(store), {"email": handler}, PATIENCE, lambda: NOW)


def deliver(store: Store, handler: Callable[[Effect], None], attempts: int = 0) -> None:
    one = courier(store, handler)
    outcome = one.attempt(1, attempts)
    for _ in range(2):  # a process that was killed records again
        one.record(1, attempts, outcome)


def standing(store: Store) -> EffectStanding:
    outbox = Outbox(store)
    [each] = [*outbox.standing("pending"), *outbox.standing("failed"), *outbox.standing("delivered")]
    return each


def failing(error: Exception) -> Callable[[Effect], None]:
    def fail(effect: Effect) -> None:
        raise error

    return fail


def test_a_delivered_effect_is_not_delivered_again(store: Store) -> None:
    delivered: list[str] = []
    for _ in range(2):
        deliver(store, lambda effect: delivered.append(effect.key))
    assert delivered == ["k"]
    assert standing(store).status == "delivered"


@pytest.mark.parametrize("error", [Transient("away"), BadInput("GTM_X is wrong"), ZeroDivisionError("oh")])
def test_a_failure_that_may_pass_is_tried_again_after_a_pause(store: Store, error: Exception) -> None:
    deliver(store, failing(error))
    found = standing(store)
    assert (found.status, found.attempts) == ("pending", 1)
    assert str(error) in (found.reason or "")
    assert timedelta(seconds=7.5) <= found.next_attempt - NOW < timedelta(seconds=12.5)


def test_a_failure_that_will_not_pass_stops_at_once(store: Store) -> None:
    deliver(store, failing(Permanent("no such address")))
    assert (standing(store).status, standing(store).reason) == ("failed", "no such address")


def test_the_last_attempt_is_followed_by_a_person(store: Store) -> None:
    for attempts in range(3):
        assert standing(store).status == "pending"
        deliver(store, failing(Transient("away")), attempts)
    assert (standing(store).status, standing(store).attempts) == ("failed", 3)


def test_a_job_of_an_earlier_attempt_does_nothing(store: Store) -> None:
    deliver(store, failing(Transient("away")))
    delivered: list[str] = []
    deliver(store, lambda effect: delivered.append(effect.key), attempts=0)
    assert delivered == []
    assert standing(store).attempts == 1


def test_a_database_that_is_away_is_no_answer(store: Store) -> None:
    class Away(Outbox):
        def effect(self, effect_id: int) -> Effect | None:
            raise Transient("the database is locked")

    outcome = Courier(Away(store), {}, PATIENCE, lambda: NOW).attempt(1, 0)
    assert outcome["result"] == "try again"


def test_pauses_double_up_to_the_longest_and_then_end() -> None:
    patience = Delivery(attempts=6, first_pause_seconds=10, longest_pause_seconds=60)
    assert [patience.pause(failed, 0.5) for failed in range(1, 7)] == [10, 20, 40, 60, 60, None]
    assert patience.pause(1, 0.0) == 7.5
    assert Delivery(attempts=100, first_pause_seconds=1, longest_pause_seconds=9).pause(99, 0.5) == 9


@pytest.mark.parametrize(
    "error", [Transient("550 ann@x.example"), Permanent("ann@x.example"), ValueError("ann@x.example")]
)
def test_a_reason_names_no_customer(store: Store, error: Exception) -> None:
    handlers = {"email": failing(error)}
    one = Courier(
        Outbox(store), handlers, PATIENCE, lambda: NOW, lambda text: text.replace("ann@x.example", "[e-mail]")
    )
    outcome = one.attempt(1, 0)
    assert "[e-mail]" in outcome["reason"]
    assert "ann@x.example" not in outcome["reason"]


class Kept:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    def take(self, seen: Sequence[Seen]) -> None:
        self.seen += seen

    def close(self) -> None:
        """Nothing is held back."""


def test_each_attempt_is_traced_with_its_kind_and_how_it_went(store: Store) -> None:
    kept = Kept()
    telemetry = Telemetry(lambda: [kept])
    for handler in (failing(Transient("away")), lambda _: None):
        one = Courier(Outbox(store), {"email": handler}, PATIENCE, lambda: NOW, trace=telemetry.trace)
        one.attempt(1, 0)
    telemetry.close()
    assert [(trace.name, trace.facts) for trace in kept.seen if isinstance(trace, Trace)] == [
        ("delivery", {"kind": "email", "attempts": 0, "result": "try again"}),
        ("delivery", {"kind": "email", "attempts": 0, "result": "delivered"}),
    ]
