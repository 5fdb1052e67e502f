"""Places to compute: never more than there are, and in the order in which threads come."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from apps.compute_places import ComputePlaces
from tests.apps.conftest import wait_until


def test_as_many_compute_as_there_are_places_and_no_more() -> None:
    places, lock, together = ComputePlaces(3), threading.Lock(), threading.Barrier(3, timeout=10)
    inside, most = 0, 0

    def compute() -> None:
        nonlocal inside, most
        with places.taken():
            with lock:
                inside += 1
                most = max(most, inside)
            together.wait()
            with lock:
                inside -= 1
        with places.taken(), places.left():
            pass

    with ThreadPoolExecutor(12) as threads:
        for done in [threads.submit(compute) for _ in range(12)]:
            done.result()
    assert most == 3
    with ExitStack() as stack:
        for _ in range(3):  # all of them are there again
            stack.enter_context(places.taken())


def test_who_has_waited_longest_is_next() -> None:
    places, served = ComputePlaces(1), []

    def compute(number: int) -> None:
        with places.taken():
            served.append(number)

    with places.taken(), ThreadPoolExecutor(10) as threads:
        for number in range(10):
            threads.submit(compute, number)
            wait_until(lambda: places.waiting == number + 1)  # noqa: B023 - called before the next round
        with places.left():
            wait_until(lambda: len(served) == 10)
    assert served == list(range(10))


def test_who_waits_for_something_lets_another_compute() -> None:
    places, let_in = ComputePlaces(1), threading.Event()

    def compute() -> None:
        with places.taken():
            let_in.set()

    with places.taken(), ThreadPoolExecutor(1) as threads:
        threads.submit(compute)
        assert not let_in.wait(0.05)
        with places.left():
            assert let_in.wait(5)
