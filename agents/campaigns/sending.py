"""Sends a part of an approved campaign: each message once, in the customer's own hours, at the policy's rate.

A recipient is claimed, then handed over, then sent. What an attempt has left that ended in between is settled by the
next: claimed ones go again; handed over ones only to a mailer that makes one message of the same one twice, else they
are listed as uncertain and never repeated. Whoever comes back after others took over finds nothing in its hands.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from agents.campaigns.book import SHARDS, CampaignBook, SendList
from agents.campaigns.campaign import Addressee, Campaign, RecipientStatus
from agents.campaigns.mailing import CampaignMailer, Refused
from agents.campaigns.message import Letter, Recipient, read_letters
from agents.campaigns.policy import CampaignPolicy, Sending
from agents.campaigns.unsubscribing import Links, SuppressionReason, Suppressions
from agents.errors import Ambiguous, BadInput, MailerClosed, Throttled, Transient
from agents.policy import Delivery
from agents.team import AuditLine
from analytics.assignment import pick_arm

SLICE_SECONDS = 20.0
"""For which one attempt works before it lets others have the thread."""

BATCH = 50

DOUBTS: Final = 5
"""So many messages in a row of which nobody can tell whether they were taken pause the campaign."""

log = logging.getLogger(__name__)

_WITHHELD: Final[Mapping[SuppressionReason, str]] = {
    "unsubscribed": "The customer has unsubscribed since.",
    "bounced": "Mail to the address has bounced since.",
    "complained": "The customer has complained of our mail since.",
}

Shares = Callable[[Campaign], Mapping[str, float]]
"""Which part of the next recipients each arm gets."""


@dataclass(frozen=True)
class Means:
    """What a sender works with."""

    book: CampaignBook
    list: SendList
    suppressions: Suppressions
    mailer: CampaignMailer
    links: Links
    policy: CampaignPolicy
    patience: Delivery
    shares: Shares
    bounced: Callable[[str, str, str], object]
    """Told of a campaign, a contact and why their address was refused for good."""
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class Sender:
    """Works on one shard of one campaign, as one attempt."""

    def __init__(self, means: Means, campaign: Campaign, shard: int, holder: str) -> None:
        """`holder` is unique to the attempt."""
        self._means, self._campaign, self._shard, self._holder = means, campaign, shard, holder
        approved = campaign.approved
        if approved is None:
            raise BadInput(f"The campaign {campaign.id} is not approved; nothing can be sent.")
        self._at = approved
        self._letters = read_letters(campaign.draft, means.policy)
        self._pause = 60.0 * SHARDS / means.policy.sending.a_minute
        self._next = 0.0

    def work(self) -> datetime | None:
        """Send for a while; gives when to come back, or None where all of the shard is settled."""
        means = self._means
        means.list.take_over(self._campaign.id, self._shard, self._holder, repeatable=means.mailer.repeatable)
        shares = means.shares(self._campaign)
        pick = partial(pick_arm, campaign=self._campaign.id, shares=shares)
        until = means.clock() + SLICE_SECONDS
        while means.clock() < until:
            claimed = means.list.claim(
                self._campaign.id, self._shard, self._holder, pick, now=means.now(), limit=BATCH
            )
            if not claimed:
                break
            if not self._send(claimed, until):
                break
        if not self._may_go_on():
            return None
        return means.list.next_due(self._campaign.id, self._shard)

    def _send(self, claimed: Sequence[Addressee], until: float) -> bool:
        """Send what was claimed; whether to go on."""
        batch = _Batch(self._means, self._campaign.id, self._holder)
        waiting = list(claimed)
        later, goes_on = self._means.now(), False
        try:
            while waiting and self._means.clock() < until and self._may_go_on():
                batch.take(waiting.pop(0), self._letters, self._at)
                self._keep_pace(batch)
            goes_on = not waiting
        except Throttled as error:
            later += timedelta(seconds=error.retry_after)
        except MailerClosed as error:
            self._pause_campaign(str(error))
        finally:
            batch.write_down()
            self._means.list.release(self._campaign.id, [one.contact for one in waiting], self._holder, later)
        return goes_on

    def _may_go_on(self) -> bool:
        return self._means.book.status(self._campaign.id) == "approved"

    def _keep_pace(self, batch: _Batch) -> None:
        means = self._means
        self._next = max(self._next, means.clock() - 1) + self._pause
        ahead = self._next - means.clock()
        if ahead > 0:
            batch.write_down()
            means.sleep(min(ahead, SLICE_SECONDS))

    def _pause_campaign(self, why: str) -> None:
        def paused(campaign: Campaign) -> Campaign:
            if campaign.status != "approved":
                return campaign
            return campaign.model_copy(update={"status": "paused", "trouble": why})

        now = self._means.now()
        line = AuditLine(
            at=now, who="the desk", origin="jobs", what="pause", subject=self._campaign.id, detail=why
        )
        self._means.book.change(self._campaign.id, paused, line)


@dataclass
class _Batch:
    """What one attempt has in its hands."""

    means: Means
    campaign: str
    holder: str
    gone: dict[str, str | None] = field(default_factory=dict)
    doubts: int = 0

    def take(self, one: Addressee, letters: Mapping[str, Letter], at: datetime) -> None:
        """Send one message, unless it may not go, or not yet."""
        means = self.means
        reason = means.suppressions.reason(one.contact)
        if reason is not None:
            self._settle(one, "withheld", _WITHHELD[reason])
            return
        opens = next_hour(means.policy.sending, one.person.timezone, means.now())
        if opens is not None:
            means.list.release(self.campaign, [one.contact], self.holder, opens)
            return
        arm = one.arm or next(iter(letters))
        recipient = Recipient(
            contact=one.contact,
            to=one.person.address,
            to_name=one.person.name,
            arm=arm,
            values=one.person.values,
        )
        try:
            message = letters[arm].message(self.campaign, recipient, means.links, at)
        except BadInput as error:
            self._settle(one, "refused", str(error))
            return
        if not means.mailer.repeatable and not means.list.hand_over(self.campaign, one.contact, self.holder):
            return  # another worker has it
        try:
            result = means.mailer.send(message, message.key)
        except Ambiguous as error:
            self._settle(one, "uncertain", str(error))
            self._count_doubt(str(error))
        except (Throttled, MailerClosed) as error:
            wait = error.retry_after if isinstance(error, Throttled) else 0.0
            due = means.now() + timedelta(seconds=wait)
            means.list.release(self.campaign, [one.contact], self.holder, due, handed_over=True)
            raise
        except Transient as error:
            self._try_later(one, str(error))
        else:
            self.doubts = 0
            if isinstance(result, Refused):
                self._settle(one, "refused", result.reason)
                if result.about == "address":
                    means.bounced(self.campaign, one.contact, result.reason)
            else:
                self.gone[one.contact] = result.reference
                if not means.mailer.repeatable:
                    self.write_down()

    def write_down(self) -> None:
        """Say which have gone."""
        self.means.list.sent(self.campaign, self.holder, self.gone, self.means.now())
        self.gone.clear()

    def _settle(self, one: Addressee, status: RecipientStatus, note: str) -> None:
        self.means.list.settle(self.campaign, one.contact, self.holder, status, note)

    def _count_doubt(self, why: str) -> None:
        """A mailer of which nothing can be told any more must not be given the rest too."""
        self.doubts += 1
        if self.doubts >= DOUBTS:
            raise MailerClosed(f"{self.doubts} messages in a row may or may not have arrived: {why}")

    def _try_later(self, one: Addressee, why: str) -> None:
        pause = self.means.patience.pause(one.attempts + 1, random.random())  # noqa: S311
        if pause is None:
            self._settle(one, "refused", f"Given up after {one.attempts + 1} attempts: {why}")
            return
        due = self.means.now() + timedelta(seconds=pause)
        self.means.list.release(self.campaign, [one.contact], self.holder, due, note=why, handed_over=True)


def next_hour(sending: Sending, zone: str | None, now: datetime) -> datetime | None:
    """When the customer's day opens for mail, or None if it is open now."""
    try:
        place = ZoneInfo(zone or sending.timezone)
    except (KeyError, ValueError, OSError):
        place = ZoneInfo(sending.timezone)  # a customer's file may name any
    there = now.astimezone(place)
    if sending.opens <= there.time() < sending.closes:
        return None
    day = there.date() if there.time() < sending.opens else there.date() + timedelta(days=1)
    return datetime.combine(day, sending.opens, place)
