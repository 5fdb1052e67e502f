"""A channel that only remembers, for tests of what is shown in which order."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from agents.domain import Place

V = TypeVar("V")


class Recording(Generic[V]):
    """Remembers the views that it was shown; none is found again."""

    usual = None

    def __init__(self) -> None:
        self.views: list[V] = []

    def post(self, channel: str, key: str, view: V, thread: str | None) -> Place:
        self.views.append(view)
        return Place(channel=channel, message=f"{len(self.views)}.0", thread=thread)

    def update(self, place: Place, key: str, view: V) -> bool:
        self.views.append(view)
        return True

    def find(self, channel: str, key: str, since: datetime, thread: str | None) -> Place | None:
        return None
