"""Calls keep within what the policy and the host allow, oldest first, and nobody waits in vain."""

from __future__ import annotations

import threading
import time

import pytest

from agents.models.calls import Headroom, NoWords
from agents.models.policy import ModelTerms, Prices, load_model_policy
from agents.models.queueing import ModelQueue
from agents.presence import Presence
from tests.model_room import job

UNLIMITED = ModelTerms(price=Prices(input=1, output=1))


class Clock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def queue(clock: Clock, requests: int | None = None, tokens: int | None = None) -> ModelQueue:
    terms = ModelTerms(price=Prices(input=1, output=1), requests_a_minute=requests, tokens_a_minute=tokens)
    return ModelQueue("m", lambda: terms, clock)


def turns_in(queue: ModelQueue, clock: Clock, tokens: int = 10) -> float:
    """In how many seconds the next call may begin."""
    return queue._turn(clock.now, tokens) - clock.now


def test_without_limits_everybody_goes_at_once(clock: Clock) -> None:
    free = queue(clock)
    for _ in range(1000):
        free.enter(job(), 10**6)
    assert turns_in(free, clock) == 0


def test_requests_a_minute_are_kept(clock: Clock) -> None:
    two = queue(clock, requests=2)
    two.enter(job(), 10)
    clock.now += 20
    two.enter(job(), 10)
    assert turns_in(two, clock) == 40
    with pytest.raises(NoWords, match="busy"):
        two.enter(job(39.0), 10)
    clock.now += 40
    two.enter(job(), 10)
    assert turns_in(two, clock) == 20


def test_tokens_a_minute_are_kept_and_corrected_by_what_was_used(clock: Clock) -> None:
    hundred = queue(clock, tokens=100)
    place = hundred.enter(job(), 80)
    assert turns_in(hundred, clock, 30) == 60
    hundred.used(place, 70, None)
    assert turns_in(hundred, clock, 30) == 0
    assert turns_in(hundred, clock, 10**6) == 60, "more than a minute holds goes alone"


def test_a_place_that_is_given_back_is_free(clock: Clock) -> None:
    one = queue(clock, requests=1)
    one.leave(one.enter(job(), 10))
    assert turns_in(one, clock) == 0


def test_nobody_overtakes(clock: Clock) -> None:
    hundred = queue(clock, tokens=100)
    hundred.enter(job(), 90)
    presence = Presence()

    def wait() -> None:
        with pytest.raises(NoWords, match="gone"):
            hundred.enter(job(70, presence=presence), 50)

    waits = threading.Thread(target=wait, daemon=True)
    waits.start()
    while len(hundred._places) < 2:
        time.sleep(0.01)
    assert turns_in(hundred, clock, 5) == 60, "a small call waits behind a large one that came before"
    presence.leave()
    waits.join(10)


def test_who_leaves_gives_the_place_back(clock: Clock) -> None:
    one, presence = queue(clock, requests=1), Presence()
    one.enter(job(), 10)
    threading.Timer(0.2, presence.leave).start()
    with pytest.raises(NoWords, match="gone"):
        one.enter(job(3600, presence=presence), 10)
    assert turns_in(one, clock) == 60


def test_a_host_that_asks_for_a_rest_has_it(clock: Clock) -> None:
    free = queue(clock)
    free.close_for(7)
    assert turns_in(free, clock) == 7
    with pytest.raises(NoWords, match="busy"):
        free.enter(job(5.0), 10)


def test_what_the_host_says_is_left_is_kept(clock: Clock) -> None:
    free = queue(clock)
    free.used(free.enter(job(), 10), 10, Headroom(requests=1, requests_reset=30, tokens=50, tokens_reset=20))
    clock.now += 0.001
    assert turns_in(free, clock, 50) == 0
    free.enter(job(), 50)
    assert turns_in(free, clock, 1) == pytest.approx(30, abs=0.01)
    clock.now += 30
    assert turns_in(free, clock, 1) == 0


def test_a_known_limit_comes_back_evenly(clock: Clock) -> None:
    free = queue(clock)
    free.used(free.enter(job(), 10), 10, Headroom(tokens=0, tokens_reset=60, tokens_limit=600))
    clock.now += 0.001
    assert turns_in(free, clock, 100) == pytest.approx(10, abs=0.01)


def test_processes_that_answer_together_share_the_limits() -> None:
    policy = load_model_policy()
    limited = ModelTerms(price=Prices(input=1, output=1), requests_a_minute=5, tokens_a_minute=900)
    policy = policy.model_copy(update={"models": policy.models | {"m": limited, "free": UNLIMITED}})
    shared = policy.shared_by(3).models
    assert (shared["m"].requests_a_minute, shared["m"].tokens_a_minute) == (1, 300)
    assert shared["m"].price == limited.price
    assert shared["free"] == UNLIMITED
    assert policy.shared_by(100).models["m"].requests_a_minute == 1
