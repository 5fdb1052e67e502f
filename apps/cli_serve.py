"""`gtm serve`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.ports import Services
from agents.session import Session
from apps.answering_pool import AnsweringPool, answerers_for, cores
from apps.server import serve
from apps.worker import jobs_running
from integrations import connect
from integrations.settings import Settings

if TYPE_CHECKING:
    from apps.slack.bot import Bot


def run_serve(settings: Settings, address: tuple[str, int]) -> None:
    """Serve the chat, with the jobs unless they are off, and with Slack's bot where its tokens are set."""
    if settings.answerers is None:
        settings = settings.model_copy(update={"answerers": answerers_for(cores())})
    pool = AnsweringPool(settings.environment(), settings.answerers) if settings.answerers else None
    services = connect(settings)
    session = Session(services)
    # As Ctrl-C does: the server stops, then the bot and the jobs, then this process.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        bot = None
        if settings.has_slack:
            from apps.slack.bot import Bot  # noqa: PLC0415 - Slack's library is paid for where it is used

            bot = Bot(session, services, settings)
        hears_http = bot is not None and settings.slack_signing_secret is not None
        beside = _beside(session, services, settings, bot)
        app = bot.app if bot and hears_http else None
        serve(session, settings, address, beside, slack=app, pool=pool)
    finally:
        session.close()


@contextlib.contextmanager
def _beside(session: Session, services: Services, settings: Settings, bot: Bot | None) -> Iterator[None]:
    """What runs beside the server."""
    with contextlib.ExitStack() as running:
        if settings.jobs == "on":
            running.enter_context(jobs_running(session, services, settings))
        if bot is not None:
            running.enter_context(bot.listening())
        yield
