"""How the team's channel shows campaigns: the views, and where the card of each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from agents.campaigns.campaign import Campaign, DraftProgress, SendCounts
from agents.domain import Place, Value
from agents.posted import ViewChannel

if TYPE_CHECKING:
    from agents.campaigns.previewing import Preview


@dataclass(frozen=True, slots=True)
class Drafting:
    """The message that becomes a card: what was asked for, and how far each specialist is.

    `trouble` is what keeps it waiting.
    """

    asked: str
    by: str
    steps: tuple[DraftProgress, ...] = ()
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class NotDrafted:
    """There will be no campaign, and why."""

    asked: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownCampaign:
    """A campaign as its card shows it; `where` says where its messages go."""

    campaign: Campaign
    counts: SendCounts
    where: str

    @property
    def settled(self) -> bool:
        """Nothing of it changes any more by itself."""
        ended = self.campaign.status in ("rejected", "stopped", "sent")
        return ended and not (self.counts.claimed or self.counts.handed_over)


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """One message of the thread under a card: what a customer would read."""

    campaign: Campaign
    preview: Preview


CampaignView = Drafting | NotDrafted | ShownCampaign | ShownPreview
CampaignChannel = ViewChannel[CampaignView]


def card_key(campaign: str) -> str:
    """By which the card of a campaign is found."""
    return f"campaign:{campaign}"


def preview_key(campaign: Campaign, arm: str) -> str:
    """By which one subject's message is found in the thread of a campaign as it stands."""
    return f"{card_key(campaign.id)}:{campaign.draft.version}:{arm}"


class CampaignCard(Value):
    """The card of a campaign: the channel that it is for, where it stands once it does, the mark of what it shows."""

    campaign: str
    channel: str
    place: Place | None = None
    shown: str | None = None


class CampaignCards(Protocol):
    """The cards of campaigns, one each. Safe to share between threads and processes."""

    def turn_on(self, channel: str | None, now: datetime) -> None:
        """From now on drafts get their card in this channel, those that wait since lately too; None: in none."""

    def card(self, campaign: str) -> CampaignCard | None:
        """The card of a campaign, or None."""

    def open(self) -> Sequence[CampaignCard]:
        """The cards that stand and may still have to change."""

    def take(self, campaign: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold a card for a while; False where somebody else does."""

    def release(self, holder: str) -> None:
        """Let go of what somebody holds."""

    def shown(self, campaign: str, mark: str, *, settled: bool) -> None:
        """A card shows this now; a `settled` one has nothing to follow any more."""
