"""A process that dies as if by kill -9: `python -m tests.jobs.killed_process POINT (gtm ARGUMENTS… | jobs HOME URL)`.

POINT is `write:N` (before the N-th statement that changes a database, heartbeats aside), `commit:N` (before the N-th
commit after such a statement), `sent:N` (after the N-th e-mail is in its file), `called:N` (after the N-th call of
Slack was answered) or `never`. With `gtm`, the real command
runs; with `jobs`, the jobs of a home at the tests' pace, until their standard input ends. Prints `survived` at the end.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agents.effects import Email, Mailer
from agents.session import Session
from apps.worker import turn_on
from integrations import connect, prepare_jobs
from integrations.settings import Settings
from jobs.runtime import Jobs
from tests.jobs.steps import FAST

CHANGES = re.compile(
    r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(?!workers|\"?dbos\"?\.?application)", re.IGNORECASE
)


class Countdown:
    """Kills the process when something has happened so often."""

    def __init__(self, point: str) -> None:
        """Read the point."""
        self._what, _, number = point.partition(":")
        self._left = int(number or 0)
        self._dirty = False

    def __call__(self, what: str) -> None:
        """Something happened, or is about to."""
        if what != self._what:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Count what every engine of this process does, those of DBOS too."""

        @sa.event.listens_for(sa.Engine, "before_cursor_execute")
        def about_to_write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if CHANGES.match(statement):
                self._dirty = True
                self("write")

        @sa.event.listens_for(sa.Engine, "commit")
        def about_to_commit(_connection: Any) -> None:
            if self._dirty:
                self._dirty = False
                self("commit")


class CountedMailer:
    """A mailer that says when a message is sent, and keeps a line a sending."""

    def __init__(self, mailer: Mailer, log: Path, countdown: Countdown) -> None:
        """Pass everything on to `mailer`."""
        self._mailer, self._log, self._countdown = mailer, log, countdown

    def send(self, email: Email) -> None:
        """Send it, write it down, and perhaps die."""
        self._mailer.send(email)
        with self._log.open("a", encoding="utf-8") as file:
            file.write(f"{email.key}\n")
        self._countdown("sent")

    def describe(self) -> str:
        """As the mailer."""
        return self._mailer.describe()

    def check(self) -> None:
        """As the mailer."""
        self._mailer.check()


def count_calls(channel: Any, countdown: Countdown) -> None:
    """Say when Slack has done what it was asked."""
    call = channel.client.call

    def counted(method: str, **arguments: Any) -> Any:
        answer = call(method, **arguments)
        countdown("called")
        return answer

    channel.client.call = counted


def run_jobs(home: Path, url: str | None, countdown: Countdown) -> None:
    """The jobs of a home until standard input ends."""
    settings = Settings(home=home, database_url=url)
    services = connect(settings)
    mailer = CountedMailer(services.open_mailer(), home / "sent.log", countdown)
    services.open_mailer = lambda: mailer
    channel = services.open_channel()
    if channel is not None:
        count_calls(channel, countdown)
        turn_on(services, channel)
    for views in (services.open_report_channel(), services.open_campaign_channel()):
        if views is not None:
            count_calls(views, countdown)
    session = Session(services)
    jobs = Jobs(session, services, prepare_jobs(settings), pace=FAST)
    countdown.watch()
    jobs.start()
    print("started", flush=True)  # noqa: T201
    sys.stdin.read()
    jobs.stop()
    session.close()


def main() -> None:
    """Run what the arguments say."""
    point, what, *arguments = sys.argv[1:]
    countdown = Countdown(point)
    if what == "gtm":
        from apps.cli import main as gtm

        countdown.watch()
        sys.argv = ["gtm", *arguments]
        try:
            gtm()
        except SystemExit as end:
            print("survived", flush=True)  # noqa: T201
            raise SystemExit(end.code) from None
    else:
        home, *url = arguments
        run_jobs(Path(home), url[0] if url else None, countdown)
        print("survived", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
