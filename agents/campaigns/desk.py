"""Campaigns as people work on them: drafted, changed, decided, watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, get_args

from agents.campaigns.campaign import (
    Addressee,
    Campaign,
    CampaignLine,
    Draft,
    Person,
    RecipientStatus,
    SendCounts,
)
from agents.campaigns.decisions import Decider
from agents.campaigns.drafting import Drafter
from agents.campaigns.findings import findings
from agents.campaigns.measuring import CampaignStanding, measure_campaign
from agents.campaigns.previewing import Preview, pick, render, send_test
from agents.campaigns.records import audit_line, find_campaign, who_fits
from agents.domain import Decided, Decision

if TYPE_CHECKING:
    from agents.ports import Services

SHOWN: Final = ("refused", "uncertain")

_PREVIEWED: Final = 10_000
"""So many recipients of a campaign that is approved can be previewed."""


class CampaignDesk(Drafter):
    """The campaigns of the desk. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        super().__init__(services)
        self._decider = Decider(services, self)

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
