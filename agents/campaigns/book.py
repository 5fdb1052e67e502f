"""Where campaigns and their recipients are kept: every change is claimed, so that of two at once one happens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from agents.campaigns.campaign import (
    Addressee,
    Campaign,
    CampaignLine,
    CampaignStatus,
    Draft,
    RecipientStatus,
    SendCounts,
    Side,
)
from agents.team import AuditLine

SHARDS: Final = 4
"""Parts of a campaign that different workers can send at the same time."""


class CampaignBook(Protocol):
    """The campaigns. Safe to share between threads and processes."""

    def open(self, campaign: Campaign, audit: AuditLine) -> Campaign:
        """Keep a new campaign, and have its card shown; gives the one that stands, another where the id is known."""

    def campaign(self, campaign: str) -> Campaign | None:
        """The campaign of this id, or None."""

    def status(self, campaign: str) -> CampaignStatus | None:
        """The status of a campaign, or None where there is none; cheap enough to ask before each message."""

    def list(self, limit: int) -> Sequence[CampaignLine]:
        """The campaigns, the newest first."""

    def versions(self, campaign: str) -> Sequence[Draft]:
        """Every version of a campaign, the first one first."""

    def change(
        self,
        campaign: str,
        plan: Callable[[Campaign], Campaign],
        audit: AuditLine,
        recipients: Iterable[Addressee] = (),
    ) -> Campaign:
        """Replace a campaign by what `plan` makes of it, in one transaction that holds it.

        What `plan` raises undoes everything. Where it becomes approved, `recipients` are frozen and the sending is
        begun, or begun again; the card shows a new version. Raises `BadInput` for an unknown campaign.
        """


class SendList(Protocol):
    """The frozen recipients of campaigns, and how far each message is. Safe to share between processes."""

    def claim(
        self,
        campaign: str,
        shard: int,
        holder: str,
        pick: Callable[[str], str],
        *,
        now: datetime,
        limit: int,
    ) -> Sequence[Addressee]:
        """Take recipients of a shard whose time has come, while the campaign is approved; nobody else gets them.

        One who is taken for the first time gets the arm that `pick` names for their customer's id, for good.
        """

    def hand_over(self, campaign: str, contact: str, holder: str) -> bool:
        """Say that a claimed message goes to the mailer now; False if somebody else has it meanwhile."""

    def settle(
        self, campaign: str, contact: str, holder: str, status: RecipientStatus, note: str | None = None
    ) -> None:
        """Say what became of a message that was not sent; nothing if somebody else has it meanwhile."""

    def sent(self, campaign: str, holder: str, messages: Mapping[str, str | None], at: datetime) -> None:
        """Say that messages have gone: the mailer's reference, where it gave one, by contact."""

    def release(
        self,
        campaign: str,
        contacts: Collection[str],
        holder: str,
        due: datetime,
        *,
        note: str | None = None,
        handed_over: bool = False,
    ) -> None:
        """Give claimed messages back, to be tried from a moment on; also `handed_over` ones that were surely not taken.

        A `note` says why, and counts as an attempt.
        """

    def take_over(self, campaign: str, shard: int, holder: str, *, repeatable: bool) -> int:
        """Settle what attempts before `holder` have left in a shard; gives how many are uncertain from now on.

        What was only claimed is queued again. What was handed over is queued again where the same message twice
        makes one, else nobody can tell, and it is never repeated.
        """

    def next_due(self, campaign: str, shard: int) -> datetime | None:
        """When the next message of a shard may go, or None where all are settled."""

    def counts(self, campaign: str) -> SendCounts:
        """How far a campaign is."""

    def recipients(
        self, campaign: str, statuses: Collection[RecipientStatus], limit: int = 1000
    ) -> Sequence[Addressee]:
        """Recipients of these statuses, without those held out."""

    def sides(self, campaign: str) -> Sequence[Side]:
        """Every customer of a campaign: on which side chance put them, and what they got."""

    def written_to(self, since: datetime) -> Collection[str]:
        """The customers who got a message of any campaign since a moment, or are about to."""
