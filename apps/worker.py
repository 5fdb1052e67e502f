"""`gtm worker`, and the jobs of any process that runs them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import nullcontext

from agents.ports import Services
from agents.session import Session
from agents.team_channel import TeamChannel
from apps.stopping import stop_signals
from integrations import connect, prepare_jobs
from integrations.settings import Settings
from jobs.runtime import Daily, Jobs
from jobs.ticker import Ticker
from jobs.weekly_schedule import LOOK, WeeklySchedule

LOOK_FOR_CASES = 60.0
"""Seconds between two looks for open cases that are not in the team's channel."""


@contextlib.contextmanager
def jobs_running(session: Session, services: Services, settings: Settings) -> Iterator[None]:
    """Within the block, this process does what decisions left to be done."""
    daily: Daily = {
        "retention": session.privacy.retain,
        "entries": lambda _now: session.learning.catch_up(),
    }
    channel = services.open_channel()
    jobs = Jobs(session, services, prepare_jobs(settings), daily=daily)
    jobs.start()
    try:
        with (
            _on_schedule(session, services),
            nullcontext() if channel is None else _turned_on(services, channel),
        ):
            yield
    finally:
        jobs.stop()


@contextlib.contextmanager
def _on_schedule(session: Session, services: Services) -> Iterator[None]:
    """Within the block, the weekly report is asked for when its time has come."""
    ticker = Ticker("The schedule of the weekly report", LOOK, WeeklySchedule(session, services).look)
    ticker.start()
    try:
        yield
    finally:
        ticker.tell_to_stop()
        ticker.join(1)


@contextlib.contextmanager
def _turned_on(services: Services, channel: TeamChannel) -> Iterator[None]:
    """Within the block, cases go to the team's channel, also those that it could not be told of before."""
    ticker = Ticker("The team's channel", LOOK_FOR_CASES, lambda: turn_on(services, channel))
    ticker.start()
    try:
        yield
    finally:
        ticker.tell_to_stop()
        ticker.join(1)


def turn_on(services: Services, channel: TeamChannel) -> None:
    """Let cases and campaigns go to the team's channels from now on, and those that wait already."""
    services.channel_book.turn_on(channel.channel, services.now())
    campaigns = services.open_campaign_channel()
    services.campaign_cards.turn_on(None if campaigns is None else campaigns.usual, services.now())


def run_worker(settings: Settings) -> None:
    """Run the jobs until the process is told to stop; says on standard output that it has begun."""
    services = connect(settings)
    session = Session(services)
    try:
        with stop_signals() as wait_for_one, jobs_running(session, services, settings):
            sys.stdout.write(f"The jobs run; mail goes to {services.open_mailer().describe()}.\n")
            sys.stdout.flush()
            wait_for_one()
    finally:
        session.close()
