"""What customers do with the mails that they get: they click, unsubscribe, come back, complain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from agents.campaigns.outcomes import Outcome, OutcomeKind
from agents.campaigns.policy import CampaignPolicy
from agents.campaigns.unsubscribing import Suppression, SuppressionReason
from agents.domain import Value
from agents.errors import BadInput

if TYPE_CHECKING:
    from agents.ports import Services

_SUPPRESSING: dict[OutcomeKind, SuppressionReason] = {
    "unsubscribed": "unsubscribed",
    "bounced": "bounced",
    "complained": "complained",
}


class MailEvent(Value):
    """What a mail service tells of one message. Of mail that is no campaign's, it knows the address alone."""

    id: str
    kind: OutcomeKind
    at: datetime
    campaign: str | None = None
    contact: str | None = None
    address: str | None = None
    detail: str = ""


class Suppressed(Value):
    """What became of a list of addresses: how many were not known for that reason, and what was none, by its place."""

    given: int
    new: int
    wrong: tuple[tuple[int, str], ...] = ()


class ContactDesk:
    """Takes in what customers do with their mails. Every event counts once, and at once."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        self._services = services

    @property
    def policy(self) -> CampaignPolicy:
        """The words and rules in force."""
        return self._services.open_campaign_policy()

    def is_subscribed(self, token: str) -> bool:
        """Whether who has this unsubscribe link still gets campaigns; `BadInput` for a link that is not ours."""
        ticket = self._services.open_links().read_unsubscribe(token)
        return self._services.suppressions.reason(ticket.contact) is None

    def unsubscribe(self, token: str) -> None:
        """Send them no more campaigns, from now on; a second time changes nothing."""
        ticket, now = self._services.open_links().read_unsubscribe(token), self._services.now()
        off = Suppression(contact=ticket.contact, reason="unsubscribed", at=now, campaign=ticket.campaign)
        self._services.suppressions.add([off])
        self._note("unsubscribed", ticket.campaign, ticket.contact, now)

    def subscribe_again(self, token: str) -> None:
        """They changed their mind: campaigns may write to them again, unless their mailbox is gone."""
        ticket = self._services.open_links().read_unsubscribe(token)
        self._services.suppressions.lift(ticket.contact)

    def clicked(self, token: str, target: str) -> None:
        """Count a click on a link of ours; `BadInput` where this target was not signed for this link."""
        ticket = self._services.open_links().read_click(token, target)
        self._note("clicked", ticket.campaign, ticket.contact, self._services.now(), target)

    def check_click(self, token: str, target: str) -> None:
        """Raises `BadInput` unless a link of ours leads to this very target."""
        self._services.open_links().read_click(token, target)

    def take(self, events: Sequence[MailEvent]) -> int:
        """Take in what a mail service tells, in any order and as often as it likes; how many were new."""
        outcomes, off = [], []
        for event in events:
            contact = event.contact or self._contact(event.address)
            if contact is None:
                continue
            if reason := _SUPPRESSING.get(event.kind):
                off.append(Suppression(contact=contact, reason=reason, at=event.at, campaign=event.campaign))
            if event.campaign is not None:
                told = event.model_dump(include={"id", "kind", "campaign", "at", "detail"})
                outcomes.append(Outcome(**told, contact=contact))
        # In this order: if we are killed between the two, the service tells it again, and nobody was written to.
        self._services.suppressions.add(off)
        return self._services.mail_outcomes.note(outcomes)

    def bounced(self, campaign: str, contact: str, why: str) -> None:
        """A mailer said while sending that this mailbox is none: write there no more."""
        now = self._services.now()
        gone = Suppression(contact=contact, reason="bounced", at=now, campaign=campaign)
        self._services.suppressions.add([gone])
        self._note("bounced", campaign, contact, now, why)

    def reason_for(self, address: str) -> SuppressionReason | None:
        """Why an address may not be written to, or None; `BadInput` where it is no address."""
        return self._services.suppressions.reason(self._services.open_links().contact(address))

    def suppress(self, addresses: Iterable[str], reason: SuppressionReason) -> Suppressed:
        """Write to none of these addresses any more, such as those who unsubscribed at an earlier mail service."""
        links, now = self._services.open_links(), self._services.now()
        off, wrong, place = {}, [], 0
        for place, address in enumerate(addresses, start=1):
            try:
                contact = links.contact(address)
            except BadInput as error:
                wrong.append((place, str(error)))
                continue
            off[contact] = Suppression(contact=contact, reason=reason, at=now)
        new = self._services.suppressions.add(list(off.values()))
        return Suppressed(given=place, new=new, wrong=tuple(wrong))

    def add_key(self) -> None:
        """From some minutes on, sign links with a new key; the old links keep working."""
        self._services.link_keys.rotate()

    def _contact(self, address: str | None) -> str | None:
        try:
            return None if address is None else self._services.open_links().contact(address)
        except BadInput:
            return None

    def _note(self, kind: OutcomeKind, campaign: str, contact: str, at: datetime, detail: str = "") -> None:
        once = f"{kind}:{campaign}:{contact}"
        outcome = Outcome(id=once, kind=kind, campaign=campaign, contact=contact, at=at, detail=detail)
        self._services.mail_outcomes.note([outcome])
