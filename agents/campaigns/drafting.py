"""Campaigns drafted from what somebody asks for, and changed into their next versions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from agents.campaigns import deciding
from agents.campaigns.brief import read_brief, written_brief
from agents.campaigns.campaign import (
    CAMPAIGN,
    Brief,
    Campaign,
    Draft,
    DraftProgress,
    Offer,
    Origin,
    Plan,
    Texts,
)
from agents.campaigns.reckoning import approvals_needed, check_offer
from agents.campaigns.records import audit_line, business_day, find_campaign
from agents.campaigns.wording import by_rules, follow_rules, offer_of, unusable
from agents.errors import BadInput

if TYPE_CHECKING:
    from agents.campaigns.ordering import CampaignOrder
    from agents.graphs.campaign import Drafted
    from agents.ports import Services

Tell = Callable[[DraftProgress], None]

MEASURES: Final = (
    "orders of those written to against those held out, within {days} days",
    "additional profit after offers and sending",
    "clicks of each subject, and who unsubscribes",
)


class Drafter:
    """Makes campaigns and their versions. Safe to share between threads."""

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
        check_audience(self._services, order.brief, order.id, business_day(self._services))
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
        return self._book.open(opened, audit_line(self._services, by, origin, "draft", opened))

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

        Raises `BadInput` for an outdated `version`, for texts that cannot be sent and where nothing is changed,
        `AlreadyDecided` for a campaign that does not wait any more.
        """
        known = find_campaign(self._services, campaign)
        deciding.check_open(known, version)
        deciding.check_changed(known.draft, texts=texts, offer=offer, brief=brief)
        return self._revise(known, by, texts=texts, offer=offer, brief=brief, origin=origin, tell=tell)

    def renew(self, known: Campaign, by: str, origin: str) -> Campaign:
        """Make the next version of a draft that has the audience as it is now, and all else as before."""
        return self._revise(known, by, origin=origin)

    def _revise(
        self,
        known: Campaign,
        by: str,
        *,
        texts: Texts | None = None,
        offer: Offer | None = None,
        brief: Brief | None = None,
        origin: str,
        tell: Tell | None = None,
    ) -> Campaign:
        wanted = brief or known.draft.brief
        if offer is not None:
            wanted = wanted.model_copy(update={"offer": offer})
        elif wanted.offer is None and known.draft.offer.percent:
            wanted = wanted.model_copy(update={"offer": known.draft.offer})
        given = self._reworded(known.draft, texts or known.draft.texts, wanted)
        drafted = self._run(wanted, known.id, known.currency, tell, given)
        made = self._version(known.draft.version + 1, by, wanted, drafted)
        seen = known.draft.version

        def change(now: Campaign) -> Campaign:
            deciding.check_open(now, seen)
            return deciding.new_version(now, made, self._needs(made, known.currency))

        return self._book.change(known.id, change, audit_line(self._services, by, origin, "edit", known))

    def _reworded(self, draft: Draft, texts: Texts, wanted: Brief) -> Texts:
        """Texts for what is wanted now: what the rules wrote and nobody has touched, they write anew."""
        policy = self._services.open_campaign_policy()
        offered = offer_of(wanted, policy, business_day(self._services))
        before, now = by_rules(draft.brief, draft.offer, policy), by_rules(wanted, offered, policy)
        texts = follow_rules(texts, before, now)
        if wrong := unusable(texts, offered, policy):
            raise BadInput(" ".join(wrong))
        return texts

    def _run(
        self, brief: Brief, campaign: str, currency: str, tell: Tell | None, given: Texts | None = None
    ) -> Drafted:
        from agents.graphs.campaign import CampaignGraph  # noqa: PLC0415 - LangGraph

        drafted: Drafted | None = None
        today = business_day(self._services)
        for piece in CampaignGraph(self._services).run(brief, campaign, today, currency, given):
            if isinstance(piece, DraftProgress):
                if tell is not None:
                    tell(piece)
            else:
                drafted = piece
        if drafted is None:
            raise RuntimeError("the campaign graph ended without a result")
        return drafted

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
        check_offer(offer_of(brief, policy, business_day(self._services)), policy)

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
