"""The outbox on real databases: written once, given out once, kept until done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from agents.effects import Effect
from integrations.database.engine import Store
from integrations.database.outbox import Outbox, add

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
KINDS = ("email",)


@pytest.fixture
def outbox(store: Store) -> Outbox:
    return Outbox(store)


def put(store: Store, key: str, kind: str = "email", now: datetime = NOW) -> None:
    with store.writing() as connection:
        add(
            connection,
            key=key,
            kind=kind,
            payload={"to": "é@x.example"},
            conversation="c",
            review="r",
            now=now,
        )


def take(outbox: Outbox, now: datetime = NOW, limit: int = 10) -> list[Effect]:
    return outbox.due(now, limit, now + timedelta(minutes=1), KINDS)


def test_an_effect_comes_back_as_it_was_written(store: Store, outbox: Outbox) -> None:
    put(store, "email:1")
    [effect] = take(outbox)
    assert effect.model_dump(exclude={"id"}) == {
        "key": "email:1",
        "kind": "email",
        "payload": {"to": "é@x.example"},
        "attempts": 0,
        "conversation": "c",
        "review": "r",
        "created": NOW,
    }
    assert outbox.effect(effect.id) == effect


def test_the_same_key_twice_is_one_effect(store: Store, outbox: Outbox) -> None:
    put(store, "email:1")
    put(store, "email:1")
    assert len(take(outbox)) == 1


def test_an_effect_is_undone_with_its_transaction(store: Store, outbox: Outbox) -> None:
    def write_and_fail() -> None:
        with store.writing() as connection:
            add(connection, key="k", kind="email", payload={}, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert take(outbox) == []


def test_only_what_is_due_and_known_here_is_given_out_oldest_first(store: Store, outbox: Outbox) -> None:
    put(store, "email:later", now=NOW + timedelta(seconds=1))
    put(store, "crm:1", kind="crm")
    for number in range(3):
        put(store, f"email:{number}")
    assert [effect.key for effect in take(outbox, limit=2)] == ["email:0", "email:1"]
    assert [effect.key for effect in take(outbox)] == ["email:2"]


def test_an_effect_is_held_for_whoever_was_given_it_and_then_given_again(
    store: Store, outbox: Outbox
) -> None:
    put(store, "email:1")
    assert len(take(outbox)) == 1
    assert take(outbox, LATER - timedelta(seconds=1)) == []
    assert len(take(outbox, LATER)) == 1


def test_many_who_ask_at_once_are_given_different_effects(store: Store, outbox: Outbox) -> None:
    for number in range(60):
        put(store, f"email:{number}")
    with ThreadPoolExecutor(8) as pool:
        given = [
            effect.id for each in pool.map(lambda _: take(outbox, limit=7), range(24)) for effect in each
        ]
    assert len(given) == len(set(given))
    given += [effect.id for effect in take(outbox, limit=100)]
    assert len(set(given)) == 60


def test_what_is_delivered_is_over(store: Store, outbox: Outbox) -> None:
    put(store, "email:1")
    [effect] = take(outbox)
    outbox.delivered([effect.id], LATER)
    outbox.failed(effect.id, 0, "too late", None)
    assert outbox.effect(effect.id) is None
    assert take(outbox, LATER) == []
    [standing] = outbox.standing("delivered")
    assert (standing.delivered, standing.attempts, standing.reason) == (LATER, 0, None)


def test_a_failed_attempt_is_counted_once_and_repeated_when_its_time_comes(
    store: Store, outbox: Outbox
) -> None:
    put(store, "email:1")
    [effect] = take(outbox)
    for _ in range(2):
        outbox.failed(effect.id, 0, "the server is away", LATER + timedelta(seconds=1))
    assert take(outbox, LATER) == []
    [again] = take(outbox, LATER + timedelta(seconds=1))
    assert again.attempts == 1
    assert outbox.standing("pending")[0].reason == "the server is away"


def test_what_cannot_be_delivered_is_shown_until_it_is_tried_again_by_hand(
    store: Store, outbox: Outbox
) -> None:
    put(store, "email:1")
    [effect] = take(outbox)
    assert not outbox.retry(effect.id, LATER)
    outbox.failed(effect.id, 0, "no such address", None)
    assert take(outbox, LATER) == []
    assert outbox.counts() == {"pending": 0, "delivered": 0, "failed": 1}
    assert outbox.standing("failed")[0].reason == "no such address"
    assert outbox.retry(effect.id, LATER)
    assert [each.attempts for each in take(outbox, LATER)] == [1]
    assert not outbox.retry(effect.id + 1, LATER)
