"""Words are written once for all who ask the very same, and never given where they do not hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from agents.errors import Transient
from agents.models.calls import Cache, Job, NoWords
from agents.models.policy import ModelPolicy
from agents.presence import Presence
from tests.model_room import GOOD, PROMPT, Answer, Ledger, job, policy, room_on
from tests.model_server import ModelServer, Turn, model_server


class SharedDictionary:
    """Keeps words for several rooms."""

    def __init__(self, level: Cache) -> None:
        self.level = level
        self.kept: dict[str, str] = {}
        self.claimed: dict[str, float] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, kept: str, seconds: float, conversation: str | None) -> None:
        self.kept[key] = kept

    def claim(self, key: str, seconds: float) -> Callable[[], None] | None:
        if self.claimed.get(key, 0) > time.monotonic():
            return None
        self.claimed[key] = time.monotonic() + seconds
        return lambda: self.claimed.__delitem__(key)


class Away:
    """Is never reached."""

    level: Cache = "L3"

    def get(self, key: str) -> str | None:
        raise Transient("away")

    def put(self, key: str, kept: str, seconds: float, conversation: str | None) -> None:
        raise Transient("away")

    def claim(self, key: str, seconds: float) -> Callable[[], None] | None:
        raise Transient("away")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        server.say(GOOD)
        yield server


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def caching(**changes: Any) -> ModelPolicy:
    """A policy under which support remembers."""
    rules = policy(**changes)
    support = rules.specialists["support"].model_copy(update={"cache": True})
    return rules.model_copy(update={"specialists": rules.specialists | {"support": support}})


def levels(ledger: Ledger) -> list[Cache | None]:
    return [text.cache for text in ledger.written]


def test_the_second_who_asks_the_same_is_given_the_same_words(server: ModelServer, ledger: Ledger) -> None:
    room = room_on(server, ledger, caching())
    first, second = room.write(job()), room.write(job())
    assert (first.value, first.cache, second.value, second.cache) == (second.value, None, first.value, "L1")
    assert len(server.requests) == len(ledger.calls) == 1
    assert [(text.attempts, text.model) for text in ledger.written] == [(1, first.model), (0, first.model)]


def test_who_does_not_cache_asks_each_time(server: ModelServer, ledger: Ledger) -> None:
    room = room_on(server, ledger)
    room.write(job())
    room.write(job())
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda one: replace(one, version="2"), id="another version of the documents"),
        pytest.param(
            lambda one: replace(one, prompt=replace(PROMPT, user=PROMPT.user + "!")), id="another question"
        ),
        pytest.param(lambda one: replace(one, prompt=replace(PROMPT, label="x@2")), id="another prompt"),
        pytest.param(lambda one: replace(one, form=type("Answer", (Answer,), {"__doc__": "x"})), id="form"),
        pytest.param(lambda one: replace(one, specialist="finance"), id="another specialist"),
    ],
)
def test_whatever_the_words_depend_on_makes_them_others(
    server: ModelServer, ledger: Ledger, other: Callable[[Job[Answer]], Job[Answer]]
) -> None:
    room = room_on(server, ledger, caching())
    room.write(job())
    room.write(other(job()))
    assert len(server.requests) == 2


def test_another_model_does_not_find_the_words_of_the_first(server: ModelServer, ledger: Ledger) -> None:
    shared = [SharedDictionary("L2")]
    rules = caching()
    room_on(server, ledger, rules, shared).write(job())
    support = rules.specialists["support"].model_copy(update={"model": "gpt-4.1"})
    other = rules.model_copy(update={"specialists": rules.specialists | {"support": support}})
    assert room_on(server, ledger, other, shared).write(job()).cache is None


def test_found_words_are_checked_again(server: ModelServer, ledger: Ledger) -> None:
    room = room_on(server, ledger, caching())
    room.write(job())
    server.say(Turn(value={"number": 8}))
    words = room.write(replace(job(), check=lambda answer: [] if answer.number == 8 else ["seven?"]))
    assert (words.value.number, words.cache) == (8, None)


def test_words_that_do_not_hold_are_not_kept(server: ModelServer, ledger: Ledger) -> None:
    shared = SharedDictionary("L2")
    room = room_on(server, ledger, caching(), [shared])
    server.say(Turn(value={"number": 8}))
    with pytest.raises(NoWords):
        room.write(job())
    assert shared.kept == {}
    assert shared.claimed == {}, "whoever comes next may write at once"


def test_another_process_finds_them_in_what_is_shared(server: ModelServer, ledger: Ledger) -> None:
    fast, slow = SharedDictionary("L2"), SharedDictionary("L3")
    room_on(server, ledger, caching(), [fast, slow]).write(job())
    assert fast.kept == slow.kept != {}
    second = room_on(server, ledger, caching(), [fast, slow])
    assert [second.write(job()).cache, second.write(job()).cache] == ["L2", "L1"]
    fast.kept.clear()
    assert room_on(server, ledger, caching(), [fast, slow]).write(job()).cache == "L3"
    assert len(server.requests) == 1


def test_what_another_version_of_the_program_has_kept_is_no_error(
    server: ModelServer, ledger: Ledger
) -> None:
    shared = SharedDictionary("L2")
    room_on(server, ledger, caching(), [shared]).write(job())
    shared.kept = dict.fromkeys(shared.kept, '{"another": "shape"}')
    assert room_on(server, ledger, caching(), [shared]).write(job()).cache is None


def test_a_shared_place_that_is_away_costs_no_answer(server: ModelServer, ledger: Ledger) -> None:
    room = room_on(server, ledger, caching(), [Away()])
    assert [room.write(job()).cache, room.write(job()).cache] == [None, "L1"]


def test_words_of_the_fallback_are_for_now_alone(server: ModelServer, ledger: Ledger) -> None:
    rules = caching()
    support = rules.specialists["support"].model_copy(update={"fallback": "gpt-4.1-nano"})
    rules = rules.model_copy(update={"specialists": rules.specialists | {"support": support}})
    server.say(lambda body: GOOD if body["model"] == "gpt-4.1-nano" else Turn(status=404))
    room = room_on(server, ledger, rules)
    assert [room.write(job()).model, room.write(job()).cache] == ["gpt-4.1-nano", None]


def test_found_words_are_given_though_the_budget_is_spent(server: ModelServer, ledger: Ledger) -> None:
    room = room_on(server, ledger, caching(budget={"usd_a_day": 0.00005, "warn_at": 0.5}))
    room.write(job())
    with pytest.raises(NoWords, match="budget"):
        room.write(replace(job(), version="2"))
    assert room.write(job()).cache == "L1"


def crowd(jobs: Sequence[Callable[[], object]]) -> list[object]:
    """What comes of jobs that are begun at once."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.exception() or future.result() for future in [pool.submit(each) for each in jobs]]


def test_of_many_who_ask_at_once_one_process_writes_once(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value=GOOD.value, delay=0.5))
    shared = [SharedDictionary("L2")]
    rooms = [room_on(server, ledger, caching(), shared) for _ in range(2)]
    jobs = [lambda room=room: room.write(job(20)).value.number for room in rooms * 10]
    assert crowd(jobs) == [7] * 20
    assert len(server.requests) == 1
    assert sorted(map(str, levels(ledger))) == ["L1"] * 18 + ["L2", "None"]


def test_a_claim_whose_holder_has_died_is_not_waited_for_long(server: ModelServer, ledger: Ledger) -> None:
    shared = SharedDictionary("L2")
    rules = caching()
    rules = rules.model_copy(update={"cache": rules.cache.model_copy(update={"claim_seconds": 0.3})})
    room = room_on(server, ledger, rules, [shared])
    shared.claim = lambda key, seconds: None  # type: ignore[method-assign]
    assert room.write(job()).cache is None


def test_those_who_wait_keep_their_own_deadline_and_may_leave(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value=GOOD.value, delay=3))
    rules = caching()
    support = rules.specialists["support"].model_copy(update={"timeout_seconds": 20.0})
    rules = rules.model_copy(update={"specialists": rules.specialists | {"support": support}})
    room, presence = room_on(server, ledger, rules), Presence()
    leader = threading.Thread(target=lambda: room.write(job(20)))
    leader.start()
    while not server.requests:
        time.sleep(0.01)
    threading.Timer(0.3, presence.leave).start()
    late, gone = crowd([lambda: room.write(job(0.2)), lambda: room.write(job(20, presence=presence))])
    assert leader.is_alive()
    leader.join()
    assert [str(late).split(":")[0], str(gone)] == ["late", "gone"]
    assert len(server.requests) == 1


def test_where_the_one_who_writes_leaves_another_one_does(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value=GOOD.value, delay=30), GOOD)
    room, presence = room_on(server, ledger, caching()), Presence()
    leader = threading.Thread(
        target=lambda: crowd([lambda: room.write(job(20, presence=presence))]), daemon=True
    )
    leader.start()
    while not server.requests:
        time.sleep(0.01)
    threading.Timer(0.3, presence.leave).start()
    assert room.write(job(20)).value.number == 7
    assert len(server.requests) == 2


def test_where_the_host_is_down_nobody_asks_for_the_others(server: ModelServer, ledger: Ledger) -> None:
    server.say(GOOD)
    room = room_on(server, ledger, caching(attempts=1))
    room.write(job())
    server.say(Turn(status=503, delay=0.5))
    failures = crowd([lambda: room.write(replace(job(20), version="2"))] * 5)
    assert [failure.why for failure in failures if isinstance(failure, NoWords)] == ["down"] * 5
    assert len(server.requests) == 1
