"""Messages in a channel that are noted before they are posted, so that each stands there once."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

from agents.domain import Place, Value

V_contra = TypeVar("V_contra", contravariant=True)


class PostedMessage(Value):
    """A message about a subject: `tried` while it may or may not be there, `place` once it is."""

    key: str
    subject: str
    tried: datetime | None = None
    place: Place | None = None


class PostedMessages(Protocol):
    """What was posted, and where. Safe to share between threads and processes."""

    def message(self, subject: str, key: str) -> PostedMessage:
        """One of a subject's messages, noted now where it was not known."""

    def tried(self, key: str, at: datetime | None) -> None:
        """It is being posted now, and may be there from now on; None: it is not there."""

    def posted(self, key: str, place: Place) -> None:
        """It stands there."""


class ViewChannel(Protocol[V_contra]):
    """Where views of one kind are shown, at its vendor. Every method raises `Transient` where trying again may help.

    `Throttled` and `ChannelClosed` say that nothing was posted; after any other failure it may have been.
    """

    @property
    def usual(self) -> str | None:
        """Where goes what nobody has asked for in a channel, by id or name; None where no channel is set for it."""

    def post(self, channel: str, key: str, view: V_contra, thread: str | None) -> Place:
        """Post a view, in a thread where one is given, so that `find` knows it by `key`."""

    def update(self, place: Place, key: str, view: V_contra) -> bool:
        """Let a message show this view instead; False where somebody has deleted it."""

    def find(self, channel: str, key: str, since: datetime, thread: str | None) -> Place | None:
        """Where a view stands that was posted after a moment, or None."""
