"""Where the team's channel shows a campaign, so that its card can follow what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents.domain import Place, Value


class CampaignCard(Value):
    """The card of a campaign; `shown` is the mark of what it shows."""

    campaign: str
    place: Place
    shown: str | None = None


class CampaignCards(Protocol):
    """The cards of campaigns, one each. Safe to share between threads and processes."""

    def put(self, campaign: str, place: Place) -> None:
        """The card of a campaign stands there from now on."""

    def card(self, campaign: str) -> CampaignCard | None:
        """The card of a campaign, or None."""

    def open(self) -> Sequence[CampaignCard]:
        """The cards that may still have to change."""

    def shown(self, campaign: str, mark: str, *, settled: bool) -> None:
        """A card shows this now; a `settled` one has nothing to follow any more."""
