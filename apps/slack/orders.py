"""What is asked for in a channel and made by the jobs: whether it can appear there, and whether anybody makes it."""

from __future__ import annotations

import logging
from typing import Final

from agents.errors import BadInput, ChannelClosed, DeskError
from apps.slack.desk import SlackDesk
from jobs.pace import Pace

NO_JOBS: Final = "It waits until somebody starts the jobs: `gtm serve`, `gtm slack` or `gtm worker`."

log = logging.getLogger(__name__)


def check_channel(desk: SlackDesk, channel: str) -> None:
    """Raises `BadInput` where the bot cannot post there. Where Slack does not say, the jobs will see."""
    if channel.startswith("D"):
        return
    try:
        info = desk.client.call("conversations.info", channel=channel).get("channel") or {}
    except ChannelClosed as error:
        raise BadInput("I cannot post here. Write /invite @gtm first, then ask again.") from error
    except DeskError as error:
        log.info("Whether one can post there is not known: %s", error)
        return
    if info.get("is_member") is False or info.get("is_archived"):
        raise BadInput("I cannot post here. Write /invite @gtm first, then ask again.")


def on_it(desk: SlackDesk, words: str) -> str:
    """What the one who has asked is told, with what keeps it waiting."""
    now = desk.services.now()
    jobs_run = any(Pace().alive(worker, now) for worker in desk.services.workers.all())
    return f"On it: {words} in a moment.{'' if jobs_run else f' {NO_JOBS}'}"
