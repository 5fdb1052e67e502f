"""The rule-based words about channels, about moving budget, and about campaigns."""

from __future__ import annotations

from collections.abc import Callable

from agents.weekly.facts import MarketingFacts
from agents.weekly.phrases import STEADY, Pen, channel, plain
from agents.weekly.policy import Attribution
from analytics.figures import Known
from analytics.marketing import Campaign, Channel, Move


def marketing_words(pen: Pen, facts: MarketingFacts, attribution: Attribution) -> str:
    """The section of the specialist for marketing."""
    costly = [one for one in facts.channels if one.spend is not None]
    campaigns = [
        _campaign(pen, one) for one in facts.campaigns if pen.knows(f"campaign.{one.name}.recipients")
    ]
    if not costly:
        said = [
            "No spend is recorded for this week, so ROAS and CAC are not known.",
            _best_seller(pen, facts),
        ]
    else:
        paid = [
            one
            for one in costly
            if one.name in attribution.paid_channels and pen.knows(f"channel.{one.name}.spend")
        ]
        said = [_spend(pen), _ranking(pen, paid, attribution), _cost(pen, paid), _move(pen, facts.move)]
    return " ".join(one for one in (*said, *campaigns) if one)


def _best_seller(pen: Pen, facts: MarketingFacts) -> str:
    best = max(facts.channels, key=lambda one: one.net, default=None)
    if best is None or best.name == "unknown" or best.net <= 0 or not pen.knows(f"channel.{best.name}.net"):
        return ""
    return f"Most net revenue came through {channel(best.name)}: {pen.money(f'channel.{best.name}.net')}."


def _spend(pen: Pen) -> str:
    text = f"Spend was {pen.money('marketing_spend')}"
    if not pen.knows("marketing_spend.change"):
        return f"{text}."
    if abs(pen.value("marketing_spend.change")) < STEADY:
        return f"{text}, as in the week before."
    return f"{text}, {pen.up_or_down('marketing_spend.change')} on the week before."


def _ranking(pen: Pen, paid: list[Channel], attribution: Attribution) -> str:
    ranked = sorted(
        (one for one in paid if one.roas.value is not None), key=lambda one: -(one.roas.value or 0)
    )
    if not ranked:
        return ""
    parts = []
    for one in ranked:
        name = f"channel.{one.name}.roas"
        before = (
            f" (the week before {pen.ratio(f'{name}.previous')})" if pen.knows(f"{name}.previous") else ""
        )
        parts.append(f"{channel(one.name)} {pen.ratio(name)}{before}")
    first = "Net revenue by unit of spend (ROAS)"
    listed = f", best first: {', '.join(parts)}" if len(parts) > 1 else f": {parts[0]}"
    return f"{first}{listed}; attribution: {attribution.window}."


def _cost(pen: Pen, paid: list[Channel]) -> str:
    """Where a new customer costs least and most."""
    known = sorted((one for one in paid if one.cac.value is not None), key=lambda one: one.cac.value or 0)
    if len(known) < 2:
        return ""
    least, most = (
        f"{channel(one.name)} ({pen.money(f'channel.{one.name}.cac')})" for one in (known[0], known[-1])
    )
    return f"CAC was lowest through {least} and highest through {most}."


def _move(pen: Pen, move: Move | Known) -> str:
    if isinstance(move, Known) or not pen.knows("move.amount"):
        return ""
    to, away, amount = channel(move.towards), channel(move.away_from), pen.money("move.amount")
    low, high = pen.money("move.low"), pen.money("move.high")
    if move.low <= 0:
        return (
            f"Moving {amount} a week from {away} to {to} would not surely pay: it may bring {low} to {high} of net "
            "revenue a week."
        )
    return (
        f"Moving {amount} a week from {away} to {to} should bring {low} to {high} more net revenue a week, if the next "
        "unit brings what the average one did."
    )


def _campaign(pen: Pen, one: Campaign) -> str:
    name = f"campaign.{one.name}"
    sent = pen.count(f"{name}.recipients", "recipient", "recipients")
    text = f"Campaign “{plain(one.name)}” ({sent}, {pen.count(f'{name}.held_out')} held out)"
    if not pen.knows(f"{name}.low", f"{name}.high"):
        return f"{text}: {one.lift.reason}."
    ends: Callable[[str], str] = lambda end: pen.signed(f"{name}.{end}")  # noqa: E731
    if pen.value(f"{name}.low") < 0 < pen.value(f"{name}.high"):
        return f"{text}: too early to say, between {ends('low')} and {ends('high')} extra orders."
    return f"{text}: {ends('low')} to {ends('high')} extra orders against those held out."
