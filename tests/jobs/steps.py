"""Jobs as tests run them: the real ones, at a pace for the impatient."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from agents.domain import Decision
from integrations import prepare_jobs
from jobs.delivery import Handler
from jobs.pace import Pace
from jobs.runtime import Daily, Jobs
from tests.desk import Desk

FAST = Pace(look=0.05, dequeue=0.05, promises=0.5, beat=0.2, dead_after=1.5, hold=1.0, grace=2.0)


@contextlib.contextmanager
def running(
    desk: Desk,
    handlers: Mapping[str, Handler] | None = None,
    daily: Daily | None = None,
    pace: Pace = FAST,
) -> Iterator[Jobs]:
    """The jobs of a desk run within the block."""
    jobs = Jobs(
        desk.session, desk.services, prepare_jobs(desk.settings), handlers=handlers, daily=daily, pace=pace
    )
    # A browser of another test leaves its event loop in this thread, in which DBOS would not begin.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(jobs.start).result()
        try:
            yield jobs
        finally:
            thread.submit(jobs.stop).result()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Returns as soon as something is true, and fails if it takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def pending(desk: Desk) -> int:
    """How many effects of the kinds that jobs deliver are not done."""
    return sum(each.kind in ("email", "ticket", "resume") for each in desk.session.effects("pending", 10_000))


def escalate(desk: Desk, contact: str | None = "jane@example.com") -> tuple[str, str]:
    """A question that waits for a person, its customer gone; gives its conversation and review."""
    reply = desk.session.ask("Can you engrave a name on the tin?")
    assert reply.review is not None
    if contact:
        desk.session.leave_contact(reply.conversation, contact)
    return reply.conversation, reply.review


def answer(desk: Desk, review: str, text: str = "Yes, we can.") -> str:
    """A person replies; gives what became of it."""
    return desk.session.decide(review, Decision(verb="reply", text=text, by="Mia Weber")).status
