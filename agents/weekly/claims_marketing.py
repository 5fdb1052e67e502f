"""What is known of channels, of moving budget and of campaigns, as facts that a text may state."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from agents.weekly.claims import End, Fact
from agents.weekly.claims_figures import Basis, constant, facts_of_figure
from agents.weekly.facts import MarketingFacts
from agents.weekly.phrases import channel, plain
from analytics.definitions import PHRASES
from analytics.figures import Figure, Number, Unit
from analytics.marketing import Campaign, Channel, Move

_MOVING: Final = ("moving", "shifting", "shift")


def facts_of_marketing(facts: MarketingFacts, known: Collection[str], basis: Basis) -> Iterator[Fact]:
    """Of every channel, of the move that is suggested, of every campaign."""
    if "marketing_spend" not in known:
        yield from facts_of_figure(total_spend(facts), basis)
    for each in facts.channels:
        yield from facts_of_channel(each, basis)
    if isinstance(facts.move, Move):
        yield from _move(facts.move, basis)
    for campaign in facts.campaigns:
        yield from _campaign(campaign, basis)


def total_spend(facts: MarketingFacts) -> Figure:
    """The spend of all channels, beside that of the week before."""
    now = [one.spend for one in facts.channels if one.spend is not None]
    before = [one.spend_before for one in facts.channels if one.spend_before is not None]
    reason = None if now else "no spend is recorded for this week"
    return Figure(
        "marketing_spend", "minor", sum(now) if now else None, sum(before) if before else None, reason
    )


def facts_of_channel(one: Channel, basis: Basis) -> Iterator[Fact]:
    """What a channel cost and brought, beside the week before."""
    rows: tuple[tuple[str, str, Unit, Number | None, Number | None], ...] = (
        ("spend", "marketing_spend", "minor", one.spend, one.spend_before),
        ("net", "net_revenue", "minor", one.net, one.net_before),
        ("orders", "orders", "count", one.orders, None),
        ("new_customers", "new_customers", "count", one.new_customers, None),
        ("roas", "roas", "ratio", one.roas.value, one.roas_before.value),
        ("cac", "cac_blended", "minor", one.cac.value, None),
    )
    for measure, metric, unit, value, before in rows:
        yield from _of_channel(one.name, measure, metric, Figure(metric, unit, value, before), basis)


def _of_channel(name: str, measure: str, metric: str, figure: Figure, basis: Basis) -> Iterator[Fact]:
    if figure.value is None:
        return
    phrases = PHRASES[metric]
    label = f"{'CAC' if measure == 'cac' else phrases[0]} of {channel(name)}"
    definition = {
        "spend": "Recorded spend of the channel in the week.",
        "net": "Net revenue of orders through the channel in the week.",
        "orders": "Orders through the channel in the week.",
        "new_customers": "New customers whose first order came through the channel.",
        "roas": "Net revenue through the channel by the spend on it.",
        "cac": "Spend on the channel by the new customers whose first order came through it.",
    }[measure]
    way = 0 if figure.change is None else (figure.change > 0) - (figure.change < 0)
    yield Fact(
        f"channel.{name}.{measure}", label, figure.value, figure.unit, phrases, of=(channel(name),), span="week",
        trend=way, period=basis.said, definition=definition,
        query=basis.query(lambda lineage: lineage.channel(measure, name)),
    )  # fmt: skip
    if figure.previous is None:
        return
    yield Fact(
        f"channel.{name}.{measure}.previous", f"{label} in the week before", figure.previous, figure.unit, phrases,
        of=(channel(name),), against="before", period="the week before", definition=definition,
        query=basis.query(lambda lineage: lineage.channel(measure, name, 1)),
    )  # fmt: skip
    if figure.change is not None:
        yield Fact(
            f"channel.{name}.{measure}.change", f"change of {label}", figure.change, "share", phrases,
            of=(channel(name),), form="change", against="before", period="on the week before",
            definition=f"By what part it differs from the week before. {definition}",
            query=basis.query(lambda lineage: lineage.channel(measure, name)),
        )  # fmt: skip


def _move(move: Move, basis: Basis) -> Iterator[Fact]:
    names = (channel(move.away_from), channel(move.towards))
    query = basis.query(
        lambda lineage: (
            "amount x (net / spend of the one - net / spend of the other), over 13 weeks\n\n"
            + "\n\n".join(
                f"-- {name}\n{lineage.channel('roas', name)}" for name in (move.towards, move.away_from)
            )
        )
    )
    what = (
        "What the average unit of spend has brought in the last 13 weeks, of the one channel less the other, with an "
        "80% interval."
    )
    yield Fact(
        "move.amount", "budget to move", move.amount, "minor", _MOVING, of=names, period="a week",
        definition="A part of the worst paid channel's spend (attribution.move_share of policies/weekly.yaml).",
        query=query,
    )  # fmt: skip
    brought = ("more net revenue", "net revenue", "revenue", *_MOVING)
    yield Fact(
        "move.gain", "net revenue that moving it should bring", move.gain, "minor", brought, of=names, form="signed",
        period="a week", definition=what, query=query,
    )  # fmt: skip
    yield Fact(
        "move.low", "lower end of what moving it should bring", move.low, "minor", brought, of=names, form="signed",
        end="low", period="a week", definition=what, query=query,
    )  # fmt: skip
    yield Fact(
        "move.high", "upper end of what moving it should bring", move.high, "minor", brought, of=names, form="signed",
        end="high", period="a week", definition=what, query=query,
    )  # fmt: skip
    yield constant(
        "move_share", "part of a channel's spend to move", basis.policy.attribution.move_share, _MOVING,
        "attribution.move_share", unit="share", of=names,
    )  # fmt: skip


def _campaign(one: Campaign, basis: Basis) -> Iterator[Fact]:
    about = (plain(one.name),)
    query = basis.query(lambda lineage: lineage.campaign(one.name))
    period = f"{one.started} to {one.ended}"
    yield Fact(
        f"campaign.{one.name}.recipients", "recipients of the campaign", one.recipients, "count", ("recipients",),
        of=about, period=period, definition="Customers to whom it was sent.", query=query,
    )  # fmt: skip
    yield Fact(
        f"campaign.{one.name}.held_out", "customers held out of the campaign", one.held_out, "count",
        ("held out", "held back"), of=about, period=period,
        definition="Customers kept back at random, to measure against.", query=query,
    )  # fmt: skip
    if one.lift.value is None or one.low is None or one.high is None:
        return
    what = "Share of recipients less share of those held out who ordered, by the recipients; 80% interval."
    effect = basis.query(
        lambda lineage: (
            "(recipients_ordered / recipients - held_out_ordered / held_out) x recipients\n\n"
            + lineage.campaign(one.name)
        )
    )
    phrases = ("extra orders", "more orders", "additional orders", "orders")
    ends: tuple[tuple[str, float, End | None], ...] = (
        ("lift", one.lift.value, None),
        ("low", one.low, "low"),
        ("high", one.high, "high"),
    )
    for name, value, end in ends:
        yield Fact(
            f"campaign.{one.name}.{name}", "extra orders of the campaign" + (f", {end} end" if end else ""),
            value * one.recipients, "count", phrases, of=about, form="signed", end=end, period=period,
            definition=what, query=effect,
        )  # fmt: skip
