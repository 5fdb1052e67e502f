"""Insights' part of a draft: who is written to, who is not and why, and what is known of each for the template."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from agents.campaigns.addresses import parse_address
from agents.campaigns.campaign import ArmLine, Audience, Brief, Excluded, Person
from agents.campaigns.measuring import believed
from agents.campaigns.people import People
from agents.campaigns.policy import Choosing
from agents.errors import BadInput
from analytics.profit import Rate
from analytics.uplift import Belief

if TYPE_CHECKING:
    import pandas as pd

    from agents.ports import Services
    from analytics.audience import Audience as Found
    from analytics.audience import Contacts, Reason

REASONS: Final[dict[Reason, str]] = {
    "unsubscribed": "have unsubscribed",
    "complained": "have complained of our mail",
    "bounced": "have an address that bounces",
    "no_address": "have given no address",
    "invalid_address": "have an address that is none",
    "no_consent": "have not agreed to be written to",
    "same_address": "share an address with another customer of the campaign",
    "contacted": "got a campaign lately",
    "open_ticket": "wait for an answer to a ticket",
}


@dataclass(frozen=True)
class Chosen:
    """The audience of a draft, the people in it, and what such customers do and are worth.

    `value` is what an order of theirs brings in minor units, with its standard error; None of no orders.
    """

    audience: Audience
    people: Sequence[Person]
    held_out: frozenset[str]
    usual: Rate
    value: tuple[float, float] | None
    belief: Belief

    def with_subjects(self, subjects: Sequence[str]) -> Chosen:
        """The same people, with other subjects to be tested on them."""
        recipients = self.audience.eligible - self.audience.holdout
        return replace(self, audience=self.audience.model_copy(update={"arms": _arms(subjects, recipients)}))


def choose(services: Services, brief: Brief, campaign: str, day: date, subjects: Sequence[str]) -> Chosen:
    """Find the audience as of a day; `campaign` is the id that decides who is held out.

    Raises `BadInput` where nobody is left, with the reasons.
    """
    from analytics.audience import candidates, order_value, usual_rate  # noqa: PLC0415
    from analytics.recommendations import recommend  # noqa: PLC0415
    from analytics.uplift import measured  # noqa: PLC0415

    policy, silent = services.open_campaign_policy(), _silent(brief)
    with services.open_warehouse().reading() as tables:
        fitting = candidates(tables, day, silent_days=silent, segment=brief.segment)
        found = _found(services, brief, campaign, day, fitting.to_pandas())
        bought = recommend(tables, day, fitting).set_index("customer_id")
        usual = usual_rate(
            tables, day, policy.economics.window_days, silent_days=silent, segment=brief.segment
        )
        imported = measured(tables.campaigns)
    people = People(found.people, bought)
    held_out = frozenset(found.people.loc[found.people["held_out"], "customer_id"].astype(str))
    audience = Audience(
        why=_why(brief, silent),
        found=found.considered,
        eligible=found.eligible,
        excluded=tuple(Excluded(reason=REASONS[one.reason], count=one.count) for one in found.excluded),
        holdout=found.held_out,
        arms=_arms(subjects, found.eligible - found.held_out),
        digest=digest_of(people),
    )
    return Chosen(
        audience, people, held_out, usual, order_value(found.people), believed(services, imported, day)
    )


def check_audience(services: Services, brief: Brief, campaign: str, day: date) -> None:
    """Raises `BadInput` where `choose` would find nobody, with the reasons."""
    from analytics.audience import candidates  # noqa: PLC0415 - the engines

    with services.open_warehouse().reading() as tables:
        known = candidates(tables, day, silent_days=_silent(brief), segment=brief.segment).to_pandas()
    _found(services, brief, campaign, day, known)


def _silent(brief: Brief) -> int | None:
    """Without an order for so many days; None where that does not matter."""
    return brief.days if brief.kind == "winback" or brief.segment is None else None


def _found(services: Services, brief: Brief, campaign: str, day: date, known: pd.DataFrame) -> Found:
    from analytics.audience import find_audience  # noqa: PLC0415

    rules = services.open_campaign_policy().audience
    found = find_audience(
        known,
        day,
        campaign,
        _contacts(services, known, rules, day),
        contacted_days=rules.contacted_days,
        held_out=rules.holdout,
        consent_needed=rules.consent_needed,
        valid=_is_address,
    )
    _refuse_nobody(found, brief, _silent(brief))
    return found


def digest_of(people: Sequence[Person]) -> str:
    """The mark of exactly these people at these addresses."""
    lines = sorted(f"{one.customer}\x1f{one.address}" for one in people)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _contacts(services: Services, known: pd.DataFrame, rules: Choosing, day: date) -> Contacts:
    """What the desk knows of these customers' addresses."""
    from analytics.audience import Contacts  # noqa: PLC0415

    links = services.open_links()
    addresses = {str(one).strip().lower() for one in known["email"].dropna()}
    marks = {links.contact(one): one for one in addresses if _is_address(one)}
    suppressed = services.suppressions.reasons(list(marks))
    since = services.now() - timedelta(days=rules.contacted_days)
    lately = services.send_list.written_to(since)
    written = known.loc[known["customer_id"].isin(list(lately)), "email"].dropna()
    waiting = services.reviews.list(("pending", "taken"), 100_000)
    return Contacts(
        suppressed={marks[mark]: reason for mark, reason in suppressed.items()},
        contacted={str(one).strip().lower(): day for one in written},
        waiting=frozenset(one.contact.strip().lower() for one in waiting if one.contact),
    )


def _refuse_nobody(found: Found, brief: Brief, silent: int | None) -> None:
    if found.problem is None:
        return
    who = _why(brief, silent)
    if found.problem == "nobody":
        raise BadInput(f"Nobody fits: {who}. Choose fewer days, another segment, or none.")
    reasons = ", ".join(f"{one.count} {REASONS[one.reason]}" for one in found.excluded)
    if found.problem == "all_excluded":
        raise BadInput(f"{found.considered} customers fit, and none may be written to: {reasons}.")
    raise BadInput(
        f"Only one customer may be written to, and nobody could be held out to compare with ({reasons or who})."
    )


def _why(brief: Brief, silent: int | None) -> str:
    parts = []
    if brief.segment is not None:
        parts.append(f"customers of the segment {brief.segment}")
    if silent is not None:
        parts.append(f"{'with ' if parts else 'customers with '}no order for {silent} days or more")
    return " ".join(parts)


def _arms(subjects: Sequence[str], recipients: int) -> tuple[ArmLine, ...]:
    each, more = divmod(max(recipients, 0), len(subjects))
    return tuple(
        ArmLine(name=chr(ord("A") + at), subject=subject, recipients=each + (at < more))
        for at, subject in enumerate(subjects)
    )


def _is_address(text: str) -> bool:
    try:
        parse_address(text)
    except BadInput:
        return False
    return True
