"""Campaigns as people work on them: drafted, changed, decided, watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, get_args

from agents.campaigns.campaign import (
    Addressee,
    Brief,
    Campaign,
    CampaignLine,
    Draft,
    Offer,
    Origin,
    Person,
    RecipientStatus,
    SendCounts,
    Texts,
)
from agents.campaigns.decisions import Decider
from agents.campaigns.drafting import Drafter, Tell
from agents.campaigns.findings import findings
from agents.campaigns.measuring import CampaignStanding, measure_campaign
from agents.campaigns.previewing import Preview, pick, render, send_test
from agents.campaigns.records import audit_line, find_campaign, who_fits
from agents.domain import Decided, Decision

if TYPE_CHECKING:
    from agents.campaigns.ordering import CampaignOrder
    from agents.ports import Services

SHOWN: Final = ("refused", "uncertain")

_PREVIEWED: Final = 10_000
"""So many recipients of a campaign that is approved can be previewed."""


class CampaignDesk:
    """The campaigns of the desk. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        self._services = services
        self._book = services.campaigns
        self._drafter = Drafter(services)
        self._decider = Decider(services, self._drafter)

    def read(self, asked: str) -> Brief:
        """What somebody asks for, in our currency. Raises `BadInput` where it cannot be read or there are no data."""
        return self._drafter.read(asked)

    def read_form(self, options: Mapping[str, str], text: str = "") -> Brief:
        """As `read`, of what somebody has filled in; with words of their own, an option counts instead of theirs.

        An offer above the policy's limit raises `BadInput` too.
        """
        return self._drafter.read_form(options, text)

    def order(self, order: CampaignOrder) -> bool:
        """Have a campaign drafted and shown in the team's channel; False where it was asked for before.

        Raises `BadInput` for what could not be drafted now: an audience of nobody, an offer above the policy's limit,
        a store without data.
        """
        return self._drafter.order(order)

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
        return self._drafter.draft(asked, by, origin, tell, name=name)

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
        return self._drafter.edit(
            campaign, by, version=version, texts=texts, offer=offer, brief=brief, origin=origin, tell=tell
        )

    def decide(self, campaign: str, decision: Decision) -> Decided:
        """Approve, reject, pause, resume or stop; `decision.seen` is the version that was looked at.

        Of two at once the second is told who was first. Raises `BadInput` where the decision makes no sense.
        """
        return self._decider.decide(campaign, decision)

    def campaign(self, campaign: str) -> Campaign:
        """One campaign. Raises `BadInput` for an id that there is not."""
        return find_campaign(self._services, campaign)

    def campaigns(self, limit: int = 100) -> Sequence[CampaignLine]:
        """The campaigns, the newest first."""
        return self._book.list(limit)

    def versions(self, campaign: str) -> Sequence[Draft]:
        """Every version of a campaign, the first one first."""
        return self._book.versions(campaign)

    def standing(self, campaign: str) -> CampaignStanding:
        """How far a campaign is, what came back, and what can be concluded."""
        known = find_campaign(self._services, campaign)
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
        known = find_campaign(self._services, campaign)
        return list(render(self._services, known, pick(self._people(known), known, customers, count)))

    def send_test(self, campaign: str, address: str, by: str, origin: str = "shell") -> str:
        """Send the first subject's message, filled in for one customer, to an address of the team's.

        Gives a sentence that says where it went. Raises `BadInput` for a wrong address, and what the mailer raises.
        """
        known = find_campaign(self._services, campaign)
        [person] = pick(self._people(known), known, (), 1)
        said = send_test(self._services, known, person, address)
        line = audit_line(self._services, by, origin, "test", known, detail=address)
        self._book.change(campaign, lambda same: same, line)
        return said

    def where(self) -> str:
        """Where messages go, and whether real people get them."""
        return self._services.open_campaign_mailer().describe()

    def reaches_people(self) -> bool:
        """Whether what is approved now arrives at real people."""
        return self._services.open_campaign_mailer().reaches_people

    def _people(self, campaign: Campaign) -> list[Person]:
        """Who is written to: from the approval on those who were frozen, before it those who fit now."""
        if campaign.approved is not None:
            frozen = self._services.send_list.recipients(campaign.id, get_args(RecipientStatus), _PREVIEWED)
            return [one.person for one in frozen if one.person.address]
        chosen = who_fits(self._services, campaign)
        return [one for one in chosen.people if one.customer not in chosen.held_out]
