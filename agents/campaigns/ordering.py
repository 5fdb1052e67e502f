"""A campaign that somebody has asked for in the team's channel: asked for once, drafted once, shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from agents.campaigns.campaign import Brief, Origin
from agents.domain import Value

OrderState = Literal["waiting", "done", "failed"]


class CampaignOrder(Value):
    """What was asked for, in the words of the one who asked, and where; the campaign will bear its id.

    `reason` says why one failed.
    """

    id: str
    asked: str
    brief: Brief
    by: str
    origin: Origin
    channel: str
    created: datetime
    state: OrderState = "waiting"
    reason: str | None = None


class CampaignOrders(Protocol):
    """The campaigns that were asked for. Safe to share between threads and processes."""

    def add(self, order: CampaignOrder) -> bool:
        """Have a campaign drafted and shown; False where this one was asked for before."""

    def order(self, order: str) -> CampaignOrder | None:
        """The order of this id, or None."""

    def settle(self, order: str, state: OrderState, reason: str | None = None) -> None:
        """It has come to an end; once it is done, the card of its campaign takes over its message."""
