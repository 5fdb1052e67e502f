"""Decisions carried out: each is claimed before it acts, and with the last approval everything is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.campaigns import deciding
from agents.campaigns.campaign import Addressee, Approval, Campaign
from agents.campaigns.drafting import Drafter
from agents.campaigns.records import audit_line, find_campaign, who_fits
from agents.campaigns.wording import offer_values, unusable
from agents.domain import Decided, Decision
from agents.errors import AlreadyDecided, BadInput

if TYPE_CHECKING:
    from agents.campaigns.choosing import Chosen
    from agents.ports import Services


class Decider:
    """Carries decisions out. Safe to share between threads."""

    def __init__(self, services: Services, drafter: Drafter) -> None:
        """Open nothing yet; where an audience has changed, `drafter` makes the version that shows it."""
        self._services, self._drafter = services, drafter
        self._book = services.campaigns

    def decide(self, campaign: str, decision: Decision) -> Decided:
        """Do what was decided, or tell who was first. Raises `BadInput` where it makes no sense."""
        known = find_campaign(self._services, campaign)
        try:
            decided = self._approve if decision.verb == "approve" else self._change
            done = decided(known, decision)
        except AlreadyDecided:
            first = find_campaign(self._services, campaign)
            return Decided(
                review=campaign,
                status="already_decided",
                by=first.decided_by or first.by,
                text=first.reason,
            )
        return Decided(review=campaign, status="done", by=decision.by, text=_outcome(done))

    def _approve(self, known: Campaign, decision: Decision) -> Campaign:
        reason = (decision.text or "").strip() or None
        deciding.check_open(known, decision.seen)
        deciding.check_approval(known, decision.by, reason)
        seen, draft = known.draft.version, known.draft
        if wrong := unusable(draft.texts, draft.offer, self._services.open_campaign_policy()):
            raise BadInput(" ".join(wrong))
        frozen: Iterator[Addressee] = iter(())
        if deciding.enough(known):
            chosen = who_fits(self._services, known)
            if chosen.audience.digest != draft.audience.digest:
                self._renew(known, decision.by, decision.origin, chosen)
            frozen = self._freeze(known, chosen)
        approval = Approval(
            by=decision.by,
            at=self._services.now(),
            version=seen,
            origin=decision.origin,
            reason=reason,
        )

        def change(now: Campaign) -> Campaign:
            deciding.check_open(now, seen)
            deciding.check_approval(now, decision.by, reason)
            if deciding.enough(now) != deciding.enough(known):
                raise BadInput("Somebody else has approved it at this moment. Approve again, please.")
            return deciding.approve(now, approval)

        line = audit_line(self._services, decision.by, decision.origin, "approve", known, detail=reason or "")
        return self._book.change(known.id, change, line, frozen)

    def _renew(self, known: Campaign, by: str, origin: str, chosen: Chosen) -> None:
        """The audience has changed since it was shown: make the version that shows it, and approve nothing."""
        changed = self._drafter.renew(known, by, origin)
        before, after = known.draft.audience.eligible, chosen.audience.eligible
        raise BadInput(
            f"The audience has changed since version {known.draft.version} was made: {before:,} then, {after:,} now. "
            f"Version {changed.draft.version} has the new one. Look at it, then approve that."
        )

    def _change(self, known: Campaign, decision: Decision) -> Campaign:
        now, reason = self._services.now(), (decision.text or "").strip() or None

        def change(campaign: Campaign) -> Campaign:
            match decision.verb:
                case "reject":
                    deciding.check_open(campaign, decision.seen)
                    return deciding.reject(campaign, decision.by, reason, now)
                case "pause":
                    return deciding.pause(campaign, decision.by)
                case "resume":
                    return deciding.resume(campaign)
                case "stop":
                    return deciding.stop(campaign, decision.by, now)
            raise BadInput(
                f"One cannot {decision.verb} a campaign; one can approve, reject, pause, resume or stop it."
            )

        line = audit_line(
            self._services, decision.by, decision.origin, decision.verb, known, detail=reason or ""
        )
        return self._book.change(known.id, change, line)

    def _freeze(self, campaign: Campaign, chosen: Chosen) -> Iterator[Addressee]:
        """Each recipient as they are from now on, made while they are written."""
        links = self._services.open_links()
        offered = offer_values(campaign.draft.offer)
        for person in chosen.people:
            yield Addressee(
                campaign=campaign.id,
                contact=links.contact(person.address),
                person=person.model_copy(update={"values": {**person.values, **offered}}),
                held_out=person.customer in chosen.held_out,
            )


def _outcome(campaign: Campaign) -> str:
    given = sum(one.version == campaign.draft.version for one in campaign.approvals)
    if campaign.status == "pending":
        return f"{given} of {campaign.needs} approvals; another person has to approve it too"
    return campaign.status
