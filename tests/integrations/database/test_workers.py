"""Heartbeats, and who clears up after a dead process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from agents.effects import Worker
from integrations.database.engine import Store
from integrations.database.workers import Workers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def worker(name: str, beat: datetime = NOW) -> Worker:
    return Worker(id=name, host="here", pid=1, started=NOW, beat=beat)


def test_a_heartbeat_makes_a_worker_known_and_then_renews_it(store: Store) -> None:
    workers = Workers(store)
    for each in (worker("a"), worker("b", NOW + timedelta(seconds=1)), worker("a", LATER)):
        workers.beat(each)
    assert workers.all() == [worker("a", LATER), worker("b", NOW + timedelta(seconds=1))]
    workers.forget("a")
    assert [each.id for each in workers.all()] == ["b"]


def test_a_dead_worker_is_claimed_by_one_of_many(store: Store) -> None:
    workers = Workers(store)
    workers.beat(worker("dead"))
    [dead] = workers.all()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: workers.claim(dead, LATER), range(8)))
    assert sorted(told) == [False] * 7 + [True]
    assert workers.all()[0].beat == LATER


def test_a_worker_that_lives_after_all_cannot_be_claimed(store: Store) -> None:
    workers = Workers(store)
    workers.beat(worker("slow"))
    [seen] = workers.all()
    workers.beat(worker("slow", NOW + timedelta(seconds=30)))
    assert not workers.claim(seen, LATER)
