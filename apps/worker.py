"""`gtm worker`, and the jobs of any process that runs them."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Iterator

from agents.errors import DeskError
from agents.ports import Services
from agents.session import Session
from agents.team_channel import TeamChannel
from integrations import connect, prepare_jobs
from integrations.settings import Settings
from jobs.runtime import Daily, Jobs

log = logging.getLogger(__name__)


@contextlib.contextmanager
def jobs_running(session: Session, services: Services, settings: Settings) -> Iterator[None]:
    """Within the block, this process does what decisions left to be done."""
    daily: Daily = {
        "retention": session.privacy.retain,
        "entries": lambda _now: session.learning.catch_up(),
    }
    channel = services.open_channel()
    if channel is not None:
        turn_on(services, channel)
    jobs = Jobs(session, services, prepare_jobs(settings), daily=daily)
    jobs.start()
    try:
        yield
    finally:
        jobs.stop()


def turn_on(services: Services, channel: TeamChannel) -> None:
    """Let cases go to the team's channel; where it cannot be reached yet, the one that was known stands."""
    try:
        services.channel_book.turn_on(channel.channel, services.now())
    except DeskError as error:
        log.warning("Cases do not go to the team's channel yet: %s", error)


def run_worker(settings: Settings) -> None:
    """Run the jobs until the process is told to stop; says on standard output that it has begun."""
    services = connect(settings)
    session = Session(services)
    told = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: told.set())
    try:
        with jobs_running(session, services, settings):
            sys.stdout.write(f"The jobs run; mail goes to {services.open_mailer().describe()}.\n")
            sys.stdout.flush()
            told.wait()
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_DFL)  # who tells it twice does not want to wait
    finally:
        session.close()
