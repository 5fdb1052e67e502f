"""What members write in the thread of a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from slack_bolt import App, BoltContext

from agents.domain import Place
from apps.slack.desk import SlackDesk
from integrations.slack.mrkdwn import plain
from jobs.channel_replies import INTERNAL

_SAID: Final = (None, "thread_broadcast", "file_share")
"""The subtypes of a message that say something new; edits and the like do not go to a customer."""


class Threads:
    """Passes replies in threads on to customers."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk

    def keep(self, event: dict[str, Any], context: BoltContext, next: Callable[[], None]) -> None:  # noqa: A002 - Bolt's name
        """Keep a reply before Slack is told that it has arrived: from then on it cannot get lost."""
        if event.get("subtype") in _SAID and not event.get("bot_id") and event.get("user"):
            text = plain(event.get("text") or "")
            thread = event.get("thread_ts")
            if thread and thread != event["ts"] and not text.startswith(INTERNAL):
                place = Place(channel=event["channel"], message=event["ts"], thread=thread)
                context["heard"] = self._desk.book.hear(place, event["user"], text, self._desk.services.now())
        next()

    def pass_on(self, context: BoltContext) -> None:
        """Say to the customer what was kept."""
        heard = context.get("heard")
        if heard is None:
            return

        def say() -> None:
            if not heard.text:
                self._desk.whisper(heard.place, heard.member, "Only words can be passed on to the customer.")
            else:
                self._desk.relay.pass_on(heard.place, heard.member, heard.text)
            self._desk.services.outbox.delivered([heard.effect], self._desk.services.now())
            case = self._desk.book.case_of(heard.place.channel, heard.place.thread or "")
            if case is not None:
                self._desk.refresh(case[1])

        self._desk.later(say)

    def register(self, app: App) -> None:
        """Listen to messages in channels."""
        app.event("message", middleware=[self.keep])(self.pass_on)
