"""What a campaign did, against who was held out of it: the only comparison that counts.

Everybody is counted on the side that chance gave them, also whose mail bounced or who unsubscribed: who reads is no
chance. Intervals hold at every look (analytics/always_valid.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from analytics.always_valid import mean_difference, rate_difference
from analytics.figures import Known

LEVEL: Final = 0.95
_ORDERS_AT_LEAST: Final = 5
_MOST_TIMES: Final = 4096


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over all customers of a side, and that of its customers' squares; minor units."""

    total: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """One side, in the campaign's window so far: its customers, how many have ordered, what they brought.

    `revenue` is net. `profit` is margin on what was sold and kept, less the discounts given; sending is not in it.
    Impossible counts and what is no number raise `ValueError`.
    """

    customers: int
    ordered: int
    revenue: Sum = Sum()
    profit: Sum = Sum()

    def __post_init__(self) -> None:
        if not 0 <= self.ordered <= self.customers:
            raise ValueError(f"{self.ordered} of {self.customers} customers cannot have ordered")
        if not all(
            math.isfinite(number)
            for each in (self.revenue, self.profit)
            for number in (each.total, each.squares)
        ):
            raise ValueError("what a group brought is no number")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What was expected before the first mail, and stays as it was: intervals are narrow where it holds.

    `rate` is orders a customer in the window, `value` that of an order in minor units, `margin` a share.
    `worth_knowing` is the smallest difference in orders a recipient that would change what one does.
    """

    rate: float = 0.03
    value: float = 5_000
    margin: float = 0.5
    worth_knowing: float = 0.01


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its always-valid interval; all None for the `reason`."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def times(self, factor: float, less: float = 0.0) -> Estimate:
        """The same for so many, less a fixed cost."""
        if self.value is None or self.low is None or self.high is None:
            return self
        return Estimate(self.value * factor - less, self.low * factor - less, self.high * factor - less)


@dataclass(frozen=True, slots=True)
class Effect:
    """What the campaign changed: orders a recipient, and in all more orders, net revenue and profit; minor units."""

    orders_each: Estimate
    orders: Estimate
    revenue: Estimate
    profit: Estimate
    level: float = LEVEL


Conclusion = Literal["not measured", "too early", "works", "hurts", "no difference"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be concluded, and what would settle the rest.

    "works" and "hurts" say that the interval of orders lies on one side of 0; "no difference", that it lies within
    what is worth knowing. `no_bigger_than` is the largest difference, up or down, that the interval still admits.
    `pays` says the same of profit. `more_recipients` (mail and holdout together) and `more_weeks` are 0 where it is
    settled, and unknown for a reason.
    """

    conclusion: Conclusion
    no_bigger_than: Known
    pays: Literal["yes", "no", "not known"]
    more_recipients: Known
    more_weeks: Known


def measure(
    treated: Group, held_out: Group, foreseen: Foreseen, *, send_cost: float = 0.0, level: float = LEVEL
) -> Effect:
    """The effect on all treated customers together. `send_cost` is what was paid in all for sending."""
    if not treated.customers or not held_out.customers:
        lacking = "nobody was held out" if treated.customers else "nobody was written to"
        unknown = Estimate(reason=f"{lacking}, so nothing can be measured")
        return Effect(unknown, unknown, unknown, unknown, level)
    alpha = 1 - level
    bounds = rate_difference(
        treated.ordered,
        treated.customers,
        held_out.ordered,
        held_out.customers,
        planned_rate=foreseen.rate,
        alpha=alpha,
    )
    value = treated.ordered / treated.customers - held_out.ordered / held_out.customers
    each = Estimate(value, float(bounds.low), float(bounds.high))
    many = treated.customers
    revenue = compare_money(treated, held_out, foreseen, level=level)
    profit = compare_money(treated, held_out, foreseen, of_profit=True, level=level)
    return Effect(each, each.times(many), revenue.times(many), profit.times(many, send_cost), level)


def compare_money(
    treated: Group, held_out: Group, foreseen: Foreseen, *, of_profit: bool = False, level: float = LEVEL
) -> Estimate:
    """The difference of revenue, or profit, a customer; unknown while a side has so few orders that their spread
    says nothing."""
    fewest = min(treated.ordered, held_out.ordered)
    if fewest < _ORDERS_AT_LEAST:
        return Estimate(
            reason=f"amounts can be compared from {_ORDERS_AT_LEAST} orders on each side; one has {fewest}"
        )
    sides = (treated, held_out)
    sums = [side.profit if of_profit else side.revenue for side in sides]
    # A side of few orders may look calm by chance; it is taken to spread as both together do, at least.
    pooled = sum(each.squares for each in sums) / sum(side.customers for side in sides)
    variances = [
        max(each.squares / side.customers, pooled) / side.customers
        for each, side in zip(sums, sides, strict=True)
    ]
    means = [each.total / side.customers for each, side in zip(sums, sides, strict=True)]
    amount = foreseen.value * (foreseen.margin if of_profit else 1.0)
    planned = foreseen.rate * amount**2 * sum(1 / side.customers for side in sides)
    bounds = mean_difference(means[0], variances[0], means[1], variances[1], planned=planned, alpha=1 - level)
    return Estimate(means[0] - means[1], float(bounds.low), float(bounds.high))


def conclude(
    treated: Group,
    held_out: Group,
    effect: Effect,
    foreseen: Foreseen,
    *,
    believed: float | None = None,
    recipients_a_week: float | None = None,
) -> Verdict:
    """What the effect lets one say. `believed` is the best guess of orders a recipient, prior included; without it
    the estimate is taken. `recipients_a_week` is how many new ones there are."""
    each = effect.orders_each
    if each.value is None or each.low is None or each.high is None:
        unknown = Known.unknown(each.reason or "nothing was measured")
        return Verdict("not measured", unknown, "not known", unknown, unknown)
    largest = max(abs(each.low), abs(each.high))
    conclusion = _conclusion(each.low, each.high, foreseen.worth_knowing)
    more = Known.of(0)
    if conclusion == "too early":
        guess = each.value if believed is None else believed
        more = more_to_settle(treated, held_out, foreseen, guess, 1 - effect.level)
    return Verdict(conclusion, Known.of(largest), _pays(effect.profit), more, _weeks(more, recipients_a_week))


def _conclusion(low: float, high: float, worth_knowing: float) -> Conclusion:
    if low > 0:
        return "works"
    if high < 0:
        return "hurts"
    return "no difference" if max(-low, high) < worth_knowing else "too early"


def _pays(profit: Estimate) -> Literal["yes", "no", "not known"]:
    if profit.low is not None and profit.low > 0:
        return "yes"
    return "no" if profit.high is not None and profit.high < 0 else "not known"


def _weeks(more: Known, a_week: float | None) -> Known:
    if more.value is None or more.value == 0:
        return more
    if a_week is None or not a_week > 0:
        return Known.unknown("it is not known how many new recipients a week brings")
    return Known.of(math.ceil(more.value / a_week))


def more_to_settle(treated: Group, held_out: Group, foreseen: Foreseen, guess: float, alpha: float) -> Known:
    """How many more customers, in the same split, would settle it in five of six cases if `guess` is the effect."""
    people = treated.customers + held_out.customers
    share = held_out.customers / people
    seen = treated.ordered + held_out.ordered
    rate = (seen + people * foreseen.rate * 0.1) / (people * 1.1)  # what was foreseen counts for a tenth
    base = min(max(rate - guess * (1 - share), 1e-4), 1 - 1e-4)
    mailed = min(max(base + guess, 1e-4), 1 - 1e-4)
    times = 1.0
    while times <= _MOST_TIMES and not _would_settle(people * times, share, (mailed, base), foreseen, alpha):
        times *= 2
    if times > _MOST_TIMES:
        return Known.unknown(
            f"a difference so small would take more than {people * _MOST_TIMES:,} recipients"
        )
    lower, upper = times / 2, times
    for _ in range(12):
        middle = (lower + upper) / 2
        settled = _would_settle(people * middle, share, (mailed, base), foreseen, alpha)
        lower, upper = (lower, middle) if settled else (middle, upper)
    return Known.of(max(_rounded_up(people * (upper - 1)), 1))


def _would_settle(
    people: float, share: float, rates: tuple[float, float], foreseen: Foreseen, alpha: float
) -> bool:
    """Whether so many would do, even if chance moves the estimate by one standard error the wrong way."""
    mailed, held = people * (1 - share), people * share
    bounds = rate_difference(
        mailed * rates[0], mailed, held * rates[1], held, planned_rate=foreseen.rate, alpha=alpha
    )
    error = math.sqrt(rates[0] / mailed + rates[1] / held)
    low, high = float(bounds.low), float(bounds.high)
    within = max(-low, high) + error < foreseen.worth_knowing
    return low > error or high < -error or within


def _rounded_up(number: float) -> int:
    """To two figures: it is a guess."""
    scale = int(10 ** max(math.floor(math.log10(max(number, 1))) - 1, 0))
    return math.ceil(number / scale) * scale
