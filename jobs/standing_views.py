"""Views that stand in a channel once, whatever becomes of the process that posts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from agents.domain import Place
from agents.errors import ChannelClosed, Permanent, Throttled
from agents.posted import PostedMessages, ViewChannel

LOOK_BACK: Final = timedelta(minutes=2)
"""Clocks differ: a message that was posted at a moment is looked for from so long before."""

V = TypeVar("V")


class StandingViews(Generic[V]):
    """The views of one subject in a channel.

    A message is noted before it is posted; where a process died in between, it is looked for before it is posted
    again.
    """

    def __init__(
        self,
        channel: ViewChannel[V],
        wanted: str,
        subject: str,
        book: PostedMessages,
        now: Callable[[], datetime],
    ) -> None:
        """Post nothing yet; `wanted` is the channel by id or name."""
        self._channel, self._wanted, self._subject = channel, wanted, subject
        self._book, self._now = book, now

    def known(self, key: str, thread: str | None = None) -> Place | None:
        """Where a view stands, or None."""
        noted = self._book.message(self._subject, key)
        if noted.place is not None or noted.tried is None:
            return noted.place
        place = self._channel.find(self._wanted, key, noted.tried - LOOK_BACK, thread)
        if place is not None:
            self._book.posted(key, place)
        return place

    def stand(self, key: str, view: V, thread: str | None = None) -> Place:
        """Where a view stands, which is posted if it is not there."""
        place = self.known(key, thread)
        if place is not None:
            return place
        self._book.tried(key, self._now())
        try:
            place = self._channel.post(self._wanted, key, view, thread)
        except (Throttled, ChannelClosed, Permanent):
            self._book.tried(key, None)
            raise
        self._book.posted(key, place)
        return place
