"""What a campaign may be expected to bring and cost, and whether finance can agree.

profit = incremental orders x value x margin - offers given - send cost. An offer is also taken by those who would have
ordered anyway, and in most win-backs they are the dearest part: it is counted for every order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from analytics.uplift import Belief

LEVEL: Final = 0.8


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happened: `hits` of `of`."""

    hits: int
    of: int

    @property
    def mean(self) -> float:
        """The rate, drawn a little to one half so that none of few is not never."""
        return (self.hits + 0.5) / (self.of + 1)

    @property
    def error(self) -> float:
        """Its standard error."""
        return math.sqrt(self.mean * (1 - self.mean) / (self.of + 2))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign is calculated with; money in minor units.

    `usual` is how often such customers order unasked within the window; `value` that of an order before the offer,
    known to within `value_error`. The offer is a share of the order, or an amount, or both 0. `fixed_cost` is what
    does not grow with the recipients. `budget` is for offers and sending; None is no limit.
    """

    recipients: int
    usual: Rate
    value: float
    value_error: float
    margin: float
    offer_share: float = 0.0
    offer_amount: int = 0
    send_cost_each: float = 0.0
    fixed_cost: int = 0
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A best guess, and the ends of its interval."""

    value: float
    low: float
    high: float


ProblemKind = Literal["nobody", "offer", "margin", "value", "cost", "budget", "rate"]


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why nothing can be calculated: what is wrong, and what to do."""

    kind: ProblemKind
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why finance says no."""

    kind: Literal["loss", "budget"]
    reason: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the campaign is expected to change, as intervals of `level`; money in minor units.

    `revenue` is net, as everywhere: of the additional orders, less all offers given. `usual_orders` come anyway.
    `cost` is what the budget is for: offers and sending. `refusals` is empty where finance agrees.
    """

    orders: Range
    usual_orders: Range
    revenue: Range
    profit: Range
    offers: Range
    send_cost: float
    cost: Range
    refusals: tuple[Refusal, ...]
    prior: Belief
    level: float = LEVEL

    @property
    def agreed(self) -> bool:
        """Whether finance has nothing against it."""
        return not self.refusals


def expect(terms: Terms, belief: Belief, level: float = LEVEL) -> Expected | Impossible:
    """What to expect of a campaign on these terms, if a mail does what is believed."""
    problem = _problem(terms)
    if problem is not None:
        return problem
    people = terms.recipients
    offer = terms.offer_share * terms.value + terms.offer_amount
    more = _Normal(people * belief.mean, people * belief.error)
    usual = _Normal(people * terms.usual.mean, people * terms.usual.error)
    value_share = terms.value_error / terms.value
    send = people * terms.send_cost_each + terms.fixed_cost
    gained = terms.value * terms.margin - offer  # what an additional order leaves
    offers = _Normal((more.mean + usual.mean) * offer, math.hypot(more.error, usual.error) * offer).and_of(
        value_share
    )
    revenue = more.times(terms.value - offer).plus(usual.times(-offer)).and_of(value_share)
    profit = more.times(gained).plus(usual.times(-offer)).and_of(value_share)
    # Fewer than none cannot order, and no order is lost that would not have come.
    orders = more.range(level, lowest=-usual.mean)
    given = offers.range(level, lowest=0.0)
    expected_profit = profit.range(level, less=send)
    cost = Range(given.value + send, given.low + send, given.high + send)
    return Expected(
        orders=orders,
        usual_orders=usual.range(level, lowest=0.0),
        revenue=revenue.range(level),
        profit=expected_profit,
        offers=given,
        send_cost=send,
        cost=cost,
        refusals=_refusals(expected_profit, cost, terms.budget),
        prior=belief,
        level=level,
    )


def _refusals(profit: Range, cost: Range, budget: int | None) -> tuple[Refusal, ...]:
    found: list[Refusal] = []
    if profit.high < 0:
        found.append(Refusal("loss", "even at the upper end of what can be expected it loses money"))
    if budget is not None and cost.high > budget:
        less = "its expected cost" if cost.value > budget else "the upper end of its expected cost"
        found.append(Refusal("budget", f"{less} is above the budget"))
    return tuple(found)


def _problem(terms: Terms) -> Impossible | None:
    """The first thing that is wrong with the terms."""
    checks: tuple[tuple[bool, ProblemKind, str], ...] = (
        (terms.recipients > 0, "nobody", "nobody is left to write to; widen the audience"),
        (
            0 <= terms.offer_share < 1,
            "offer",
            f"an offer of {_share(terms.offer_share)} is not from 0% to under 100%; choose a smaller one",
        ),
        (
            0 <= terms.offer_amount < math.inf,
            "offer",
            "an offer cannot be less than nothing; give an amount from 0 on",
        ),
        (
            0 < terms.value < math.inf and 0 <= terms.value_error < math.inf,
            "value",
            "the value of an order is not known; import orders of these customers first",
        ),
        (
            terms.offer_amount < terms.value if terms.value > 0 else True,
            "offer",
            "the offer is worth as much as a whole order, or more; choose a smaller one",
        ),
        (
            0 <= terms.margin <= 1,
            "margin",
            f"a contribution margin of {_share(terms.margin)} is not from 0% to 100%; correct it in weekly.yaml",
        ),
        (
            0 <= terms.send_cost_each < math.inf and 0 <= terms.fixed_cost < math.inf,
            "cost",
            "what sending costs cannot be less than nothing; correct it in campaigns.yaml",
        ),
        (
            0 <= terms.usual.hits <= terms.usual.of,
            "rate",
            "how often such customers order unasked is not known",
        ),
        (
            terms.budget is None or terms.budget >= 0,
            "budget",
            "a budget cannot be less than nothing; give an amount from 0 on, or none for no limit",
        ),
    )
    return next((Impossible(kind, reason) for holds, kind, reason in checks if not holds), None)


def _share(share: float) -> str:
    return f"{share:.0%}" if math.isfinite(share) else "no number"


@dataclass(frozen=True, slots=True)
class _Normal:
    """About normal: a mean and a standard error."""

    mean: float
    error: float

    def times(self, factor: float) -> _Normal:
        return _Normal(self.mean * factor, self.error * abs(factor))

    def plus(self, other: _Normal) -> _Normal:
        return _Normal(self.mean + other.mean, math.hypot(self.error, other.error))

    def and_of(self, share: float) -> _Normal:
        """Times something that is 1 to within `share`."""
        return _Normal(self.mean, math.hypot(self.error, self.mean * share, self.error * share))

    def range(self, level: float, *, less: float = 0.0, lowest: float = -math.inf) -> Range:
        from scipy.special import ndtri  # noqa: PLC0415 - half a second

        away = float(ndtri((1 + level) / 2)) * self.error
        low, high = max(self.mean - away, lowest), max(self.mean + away, lowest)
        return Range(max(self.mean, lowest) - less, low - less, high - less)
