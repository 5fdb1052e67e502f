"""A draft in words: the same on the command line, on the card in Slack and on the control room's page."""

from __future__ import annotations

from collections.abc import Sequence

from agents.campaigns.campaign import Campaign, Draft, Prospects, Span
from analytics.currency import written

Part = tuple[str, Sequence[str]]
"""A title and its lines."""


def describe(campaign: Campaign) -> list[Part]:
    """The parts of a draft in the order in which one reads them."""
    draft = campaign.draft
    return [
        (headline(campaign), [draft.texts.concept]),
        ("Who", audience_lines(draft)),
        ("What it may bring", prospect_lines(draft.prospects, campaign.currency)),
        ("Subjects", [f"{one.name}: {one.subject}" for one in draft.audience.arms]),
        ("When", [plan_line(draft)]),
        ("What will tell whether it worked", list(draft.measures)),
        ("Approval", approval_lines(campaign)),
    ]


def headline(campaign: Campaign) -> str:
    """What it is, its version and how it stands."""
    what = "Win-back" if campaign.draft.brief.kind == "winback" else "Campaign"
    sample = ", of sample data of an invented shop" if campaign.sample else ""
    return f"{what} {campaign.id}, version {campaign.draft.version}, {campaign.status}{sample}"


def audience_lines(draft: Draft) -> list[str]:
    """Who gets it, who does not and why, and who is held out."""
    audience = draft.audience
    lines = [f"{audience.found:,} {audience.why}; {audience.eligible:,} of them may be written to."]
    lines += [f"Left out: {one.count:,} {one.reason}." for one in audience.excluded]
    written_to = audience.eligible - audience.holdout
    lines.append(f"{audience.holdout:,} are held out, to measure the effect; {written_to:,} get the mail.")
    return lines


def prospect_lines(prospects: Prospects, currency: str) -> list[str]:
    """What is expected, how sure that is, and what finance says."""
    return [*expected_lines(prospects, currency), *objection_lines(prospects)]


def expected_lines(prospects: Prospects, currency: str) -> list[str]:
    """What is expected, and how sure that is."""
    if prospects.orders is None or prospects.profit is None or prospects.revenue is None:
        return [f"Not known: {prospects.unknown}."]
    orders = f"{orders_said(prospects.orders.low)} to {orders_said(prospects.orders.high)} extra orders"
    revenue, profit = _money(prospects.revenue, currency), _money(prospects.profit, currency)
    lines = [f"{orders}, {revenue} of net revenue, {profit} of profit ({prospects.level:.0%} intervals)."]
    if prospects.cost is not None:
        lines.append(f"Offers and sending cost about {written(prospects.cost.value, currency)}.")
    evidence = "Weak evidence" if prospects.weak else "Evidence"
    lines.append(f"{evidence}: {prospects.prior}.")
    return lines


def objection_lines(prospects: Prospects) -> list[str]:
    """What finance has against it."""
    return [f"Finance says no: {each}." for each in prospects.objections]


def orders_said(number: float) -> str:
    """A number of extra orders, with its sign; below ten to a tenth, for few customers order little."""
    text = f"{number:+,.1f}" if abs(number) < 9.95 else f"{number:+,.0f}"
    return "0" if text in ("+0.0", "-0.0") else text.removesuffix(".0")


def plan_line(draft: Draft) -> str:
    """When and how fast it goes out."""
    plan = draft.plan
    return f"Between {plan.opens} and {plan.closes} of each customer's own day, at most {plan.a_minute:,.0f} a minute."


def approval_lines(campaign: Campaign) -> list[str]:
    """Who has approved, and how many are needed."""
    people = "two people have" if campaign.needs == 2 else "one person has"
    lines = [f"To be sent {people} to approve it."] if campaign.status == "pending" else []
    for one in campaign.approvals:
        outdated = (
            "" if one.version == campaign.draft.version else f" (version {one.version}, which counts no more)"
        )
        reason = f": {one.reason}" if one.reason else ""
        lines.append(f"Approved by {one.by}{outdated}{reason}.")
    return lines


def _money(span: Span, currency: str) -> str:
    return f"{written(span.low, currency)} to {written(span.high, currency)}"
