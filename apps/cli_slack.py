"""`gtm slack`."""

from __future__ import annotations

import contextlib
import sys

from agents.errors import BadInput
from agents.session import Session
from apps import cli_edge as edge
from apps.stopping import stop_signals
from apps.worker import jobs_running
from integrations import connect
from integrations.settings import Settings


def run_slack(settings: Settings) -> None:
    """Run the bot until the process is told to stop; says on standard output that it listens.

    Over HTTP Slack needs a server to call, so this is `gtm serve` then.
    """
    if settings.has_slack and settings.slack_app_token is None:
        from apps.cli_serve import run_serve  # noqa: PLC0415

        run_serve(settings, (settings.host, settings.port))
        return
    from apps.slack.bot import Bot  # noqa: PLC0415 - Slack's library is paid for where it is used

    services = connect(settings)
    session = Session(services)
    try:
        bot = Bot(session, services, settings)
        with stop_signals() as wait_for_one, contextlib.ExitStack() as running:
            if settings.jobs == "on":
                running.enter_context(jobs_running(session, services, settings))
            running.enter_context(bot.listening())
            sys.stdout.write(f"The bot listens; cases go to {bot.desk.channel.describe()}.\n")
            sys.stdout.flush()
            wait_for_one()
    finally:
        session.close()


def run_disconnect(settings: Settings) -> None:
    """Let go of the team's channel."""
    if settings.has_slack:
        raise BadInput("SLACK_BOT_TOKEN is still set: the next `gtm serve` would go on. Unset it first.")
    services = connect(settings)
    try:
        services.channel_book.turn_off()
    finally:
        services.close()
    edge.console().print("Cases go to Slack no more.")
