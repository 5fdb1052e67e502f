"""Campaigns as people work on them: drafted, changed, decided, watched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, get_args
from zoneinfo import ZoneInfo

from agents.campaigns import deciding
from agents.campaigns.brief import read_brief, written_brief
from agents.campaigns.campaign import (
    CAMPAIGN,
    Addressee,
    Approval,
    Brief,
    Campaign,
    CampaignLine,
    Draft,
    DraftProgress,
    Offer,
    Origin,
    Person,
    Plan,
    RecipientStatus,
    SendCounts,
    Texts,
)
from agents.campaigns.findings import findings
from agents.campaigns.measuring import CampaignStanding, measure_campaign
from agents.campaigns.previewing import Preview, pick, render, send_test
from agents.campaigns.reckoning import approvals_needed, check_offer
from agents.campaigns.wording import by_rules, offer_of, offer_values, unusable
from agents.domain import Decided, Decision
from agents.errors import AlreadyDecided, BadInput
from agents.team import AuditLine

if TYPE_CHECKING:
    from agents.campaigns.choosing import Chosen
    from agents.campaigns.ordering import CampaignOrder
    from agents.graphs.campaign import Drafted
    from agents.ports import Services

Tell = Callable[[DraftProgress], None]

MEASURES: Final = (
    "orders of those written to against those held out, within {days} days",
    "additional profit after offers and sending",
    "clicks of each subject, and who unsubscribes",
)
SHOWN: Final = ("refused", "uncertain")


_PREVIEWED: Final = 10_000
"""So many recipients of a campaign that is approved can be previewed."""


class CampaignDesk:
    """The campaigns of the desk. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        self._services = services
        self._book = services.campaigns

    def read(self, asked: str) -> Brief:
        """What somebody asks for, in our currency. Raises `BadInput` where it cannot be read or there are no data."""
        return read_brief(asked, self._standing()[0])

    def read_form(self, options: Mapping[str, str], text: str = "") -> Brief:
        """As `read`, of what somebody has filled in; with words of their own, an option counts instead of theirs.

        An offer above the policy's limit raises `BadInput` too.
        """
        brief = written_brief(text, options, self._standing()[0])
        self._check_offer(brief)
        return brief

    def order(self, order: CampaignOrder) -> bool:
        """Have a campaign drafted and shown in the team's channel; False where it was asked for before.

        Raises `BadInput` for what could not be drafted now: an audience of nobody, an offer above the policy's limit,
        a store without data.
        """
        from agents.campaigns.choosing import check_audience  # noqa: PLC0415 - the engines

        self._standing()
        self._check_offer(order.brief)
        check_audience(self._services, order.brief, order.id, self._today())
        return self._services.campaign_orders.add(order)

    def draft(
        self,
        asked: str | Brief,
        by: str,
        origin: Origin = "shell",
        tell: Tell | None = None,
        *,
        name: str | None = None,
    ) -> Campaign:
        """Draft a campaign from what somebody asks for; `tell` hears how far it is.

        `name` is the id that it shall have; where one of that name is there already, it is given instead. Raises
        `BadInput` for a brief that cannot be read, an audience of nobody, and a store without data.
        """
        known = None if name is None else self._book.campaign(name)
        if known is not None:
            return known
        currency, sample = self._standing()
        brief = asked if isinstance(asked, Brief) else read_brief(asked, currency)
        campaign = name or f"{CAMPAIGN}{secrets.token_hex(5)}"
        drafted = self._run(brief, campaign, currency, tell)
        now = self._services.now()
        made = self._version(1, by, brief, drafted)
        opened = Campaign(
            id=campaign,
            created=now,
            by=by,
            origin=origin,
            sample=sample,
            currency=currency,
            status="pending",
            draft=made,
            needs=self._needs(made, currency),
        )
        return self._book.open(opened, self._audit(by, origin, "draft", opened))

    def edit(
        self,
        campaign: str,
        by: str,
        *,
        version: int | None = None,
        texts: Texts | None = None,
        offer: Offer | None = None,
        brief: Brief | None = None,
        origin: str = "shell",
        tell: Tell | None = None,
    ) -> Campaign:
        """Make the next version of a draft: other texts, another offer, another audience.

        Raises `BadInput` for an outdated `version` and for texts that cannot be sent, `AlreadyDecided` for a
        campaign that does not wait any more.
        """
        known = self.campaign(campaign)
        deciding.check_open(known, version)
        wanted = brief or known.draft.brief
        if offer is not None:
            wanted = wanted.model_copy(update={"offer": offer})
        elif wanted.offer is None and known.draft.offer.percent:
            wanted = wanted.model_copy(update={"offer": known.draft.offer})
        given = texts or known.draft.texts
        policy = self._services.open_campaign_policy()
        offered = offer_of(wanted, policy, self._today())
        if wrong := unusable(given, offered, policy):
            raise BadInput(" ".join(wrong))
        if (
            given.concept == by_rules(known.draft.brief, offered, policy).concept
        ):  # it names the days of the brief
            given = given.model_copy(update={"concept": by_rules(wanted, offered, policy).concept})
        drafted = self._run(wanted, campaign, known.currency, tell, given)
        made = self._version(known.draft.version + 1, by, wanted, drafted)
        seen = known.draft.version

        def change(now: Campaign) -> Campaign:
            deciding.check_open(now, seen)
            return deciding.new_version(now, made, self._needs(made, known.currency))

        return self._book.change(campaign, change, self._audit(by, origin, "edit", known))

    def decide(self, campaign: str, decision: Decision) -> Decided:
        """Approve, reject, pause, resume or stop; `decision.seen` is the version that was looked at.

        Of two at once the second is told who was first. Raises `BadInput` where the decision makes no sense.
        """
        known = self.campaign(campaign)
        try:
            decided = self._approve if decision.verb == "approve" else self._change
            done = decided(known, decision)
        except AlreadyDecided:
            first = self.campaign(campaign)
            return Decided(
                review=campaign,
                status="already_decided",
                by=first.decided_by or first.by,
                text=first.reason,
            )
        return Decided(review=campaign, status="done", by=decision.by, text=_outcome(done))

    def campaign(self, campaign: str) -> Campaign:
        """One campaign. Raises `BadInput` for an id that there is not."""
        found = self._book.campaign(campaign)
        if found is None:
            raise BadInput(f"There is no campaign {campaign!r} here. `gtm campaign list` shows them all.")
        return found

    def campaigns(self, limit: int = 100) -> Sequence[CampaignLine]:
        """The campaigns, the newest first."""
        return self._book.list(limit)

    def versions(self, campaign: str) -> Sequence[Draft]:
        """Every version of a campaign, the first one first."""
        return self._book.versions(campaign)

    def standing(self, campaign: str) -> CampaignStanding:
        """How far a campaign is, what came back, and what can be concluded."""
        known = self.campaign(campaign)
        counts = self._services.send_list.counts(campaign)
        measured = measure_campaign(self._services, known)
        results = None if measured is None else measured.results
        arms = () if measured is None else measured.arms
        return CampaignStanding(
            campaign=known,
            counts=counts,
            outcomes=self._services.mail_outcomes.counts(campaign),
            arms=arms,
            results=results,
            words=findings(known, counts, results, arms),
        )

    def counts(self, campaign: str) -> SendCounts:
        """How far the sending of a campaign is; cheap, as measuring what came back is not."""
        return self._services.send_list.counts(campaign)

    def recipients(
        self, campaign: str, statuses: Sequence[RecipientStatus] = SHOWN, limit: int = 1000
    ) -> Sequence[Addressee]:
        """Recipients of these statuses: those that were refused and those of whom nobody can tell, unless said."""
        return self._services.send_list.recipients(campaign, statuses, limit)

    def previews(self, campaign: str, customers: Sequence[str] = (), count: int = 3) -> list[Preview]:
        """The messages of some customers, or of the first of a fixed shuffle, in the arms one after the other."""
        known = self.campaign(campaign)
        return list(render(self._services, known, pick(self._people(known), known, customers, count)))

    def send_test(self, campaign: str, address: str, by: str, origin: str = "shell") -> str:
        """Send the first subject's message, filled in for one customer, to an address of the team's.

        Gives a sentence that says where it went. Raises `BadInput` for a wrong address, and what the mailer raises.
        """
        known = self.campaign(campaign)
        [person] = pick(self._people(known), known, (), 1)
        said = send_test(self._services, known, person, address)
        self._book.change(campaign, lambda same: same, self._audit(by, origin, "test", known, address))
        return said

    def where(self) -> str:
        """Where messages go, and whether real people get them."""
        return self._services.open_campaign_mailer().describe()

    def reaches_people(self) -> bool:
        """Whether what is approved now arrives at real people."""
        return self._services.open_campaign_mailer().reaches_people

    def _approve(self, known: Campaign, decision: Decision) -> Campaign:
        reason = (decision.text or "").strip() or None
        deciding.check_open(known, decision.seen)
        deciding.check_approval(known, decision.by, reason)
        seen, draft = known.draft.version, known.draft
        if wrong := unusable(draft.texts, draft.offer, self._services.open_campaign_policy()):
            raise BadInput(" ".join(wrong))
        frozen: Iterator[Addressee] = iter(())
        if deciding.enough(known):
            chosen = self._choose(known)
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

        line = self._audit(decision.by, decision.origin, "approve", known, reason or "")
        return self._book.change(known.id, change, line, frozen)

    def _renew(self, known: Campaign, by: str, origin: str, chosen: Chosen) -> None:
        """The audience has changed since it was shown: make the version that shows it, and approve nothing."""
        changed = self.edit(known.id, by, version=known.draft.version, origin=origin)
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

        line = self._audit(decision.by, decision.origin, decision.verb, known, reason or "")
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

    def _people(self, campaign: Campaign) -> list[Person]:
        """Who is written to: from the approval on those who were frozen, before it those who fit now."""
        if campaign.approved is not None:
            frozen = self._services.send_list.recipients(campaign.id, get_args(RecipientStatus), _PREVIEWED)
            return [one.person for one in frozen if one.person.address]
        chosen = self._choose(campaign)
        return [one for one in chosen.people if one.customer not in chosen.held_out]

    def _run(
        self, brief: Brief, campaign: str, currency: str, tell: Tell | None, given: Texts | None = None
    ) -> Drafted:
        from agents.graphs.campaign import CampaignGraph  # noqa: PLC0415 - LangGraph

        drafted: Drafted | None = None
        for piece in CampaignGraph(self._services).run(brief, campaign, self._today(), currency, given):
            if isinstance(piece, DraftProgress):
                if tell is not None:
                    tell(piece)
            else:
                drafted = piece
        if drafted is None:
            raise RuntimeError("the campaign graph ended without a result")
        return drafted

    def _choose(self, campaign: Campaign) -> Chosen:
        from agents.campaigns.choosing import choose  # noqa: PLC0415 - the engines

        subjects = campaign.draft.texts.subjects
        return choose(self._services, campaign.draft.brief, campaign.id, self._today(), subjects)

    def _version(self, version: int, by: str, brief: Brief, drafted: Drafted) -> Draft:
        policy = self._services.open_campaign_policy()
        return Draft(
            version=version,
            made=self._services.now(),
            by=by,
            brief=brief,
            texts=drafted["texts"],
            offer=drafted["offer"],
            audience=drafted["chosen"].audience,
            prospects=drafted["prospects"],
            plan=Plan(
                a_minute=policy.sending.a_minute,
                opens=f"{policy.sending.opens:%H:%M}",
                closes=f"{policy.sending.closes:%H:%M}",
                holdout_share=policy.audience.holdout,
                arms=policy.audience.arms,
            ),
            measures=tuple(one.format(days=policy.economics.window_days) for one in MEASURES),
        )

    def _check_offer(self, brief: Brief) -> None:
        policy = self._services.open_campaign_policy()
        check_offer(offer_of(brief, policy, self._today()), policy)

    def _needs(self, draft: Draft, currency: str) -> int:
        policy = self._services.open_campaign_policy()
        recipients = draft.audience.eligible - draft.audience.holdout
        return approvals_needed(recipients, draft.prospects, policy, currency)

    def _standing(self) -> tuple[str, bool]:
        standing = self._services.open_warehouse().standing()
        if not standing.filled:
            raise BadInput(
                "There are no business data yet. Import some, as in `gtm data import orders.csv --kind orders`, or "
                "load a sample with `gtm data sample`."
            )
        policy = self._services.open_weekly_policy()
        return standing.currency or policy.currency, standing.sample is not None

    def _today(self) -> date:
        zone = ZoneInfo(self._services.open_weekly_policy().timezone)
        return self._services.now().astimezone(zone).date()

    def _audit(self, by: str, origin: str, what: str, campaign: Campaign, detail: str = "") -> AuditLine:
        return AuditLine(
            at=self._services.now(),
            who=by,
            origin=origin,
            what=f"campaign {what}",
            subject=campaign.id,
            detail=detail,
        )


def _outcome(campaign: Campaign) -> str:
    given = sum(one.version == campaign.draft.version for one in campaign.approvals)
    if campaign.status == "pending":
        return f"{given} of {campaign.needs} approvals; another person has to approve it too"
    return campaign.status
