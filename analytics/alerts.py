"""What is out of the ordinary: few, ranked by money, each with what drives it, and no old news.

A measure's expectation is its median over the weeks before, scaled by how the same week stood out a year ago where
that is known; the usual deviation is the median absolute one. Last week's alert comes again only if it is worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analytics.books import Books
from analytics.figures import AlertRules, Number
from analytics.period import Period

_FEWEST_WEEKS: Final = 8
_SIGMA: Final = 1.4826  # of a normal distribution, in median absolute deviations
_SEASON: Final = (0.5, 2.0)
_LEAST_CHANGE: Final = 0.10

Measure = Literal["net_revenue", "marketing_spend", "new_customers", "refunds", "orders"]


@dataclass(frozen=True, slots=True)
class Driver:
    """A channel, and its part of the difference; parts may be negative and sum to 1."""

    channel: str
    part: float


@dataclass(frozen=True, slots=True)
class Alert:
    """A measure that left its usual range; `money` is what the difference is worth, in minor units."""

    measure: Measure
    value: Number
    expected: Number
    deviations: float
    money: int
    drivers: tuple[Driver, ...]
    roas: float | None = None
    roas_before: float | None = None

    @property
    def change(self) -> float:
        """By what part it differs from what was to be expected."""
        return (self.value - self.expected) / abs(self.expected) if self.expected else 0.0


def alerts(books: Books, week: Period, rules: AlertRules) -> list[Alert]:
    """The alerts of a week, the dearest first; those that last week had as badly are left out."""
    found = _raw(books, week, rules)
    old = {(one.measure, one.deviations > 0): one for one in _raw(books, week.before(), rules)}
    news = []
    for one in found:
        before = old.get((one.measure, one.deviations > 0))
        if before is None or abs(one.money) > abs(before.money) * (1 + rules.worse_by):
            news.append(one)
    return sorted(news, key=lambda one: (-abs(one.money), one.measure))[: rules.at_most]


def _raw(books: Books, week: Period, rules: AlertRules) -> list[Alert]:
    if books.first_day is None or books.first_day >= week.start:
        return []
    worth = _order_value(books, week)
    found = []
    for measure, of, unit_worth in _measures(books, worth):
        history = [of(week.before(back), None) for back in range(1, rules.weeks + 1)]
        known = np.array([one for one in history if one is not None], dtype=float)
        value = of(week, None)
        if value is None or len(known) < _FEWEST_WEEKS:
            continue
        expected = float(np.median(known[:_FEWEST_WEEKS])) * _season(of, week)
        deviation = _SIGMA * float(np.median(np.abs(np.diff(known)))) / np.sqrt(2)
        deviation = max(deviation, 0.02 * abs(expected), 1e-9)
        off = (value - expected) / deviation
        if abs(off) < rules.deviations or abs(value - expected) < _LEAST_CHANGE * abs(expected):
            continue
        spend = measure == "marketing_spend"
        found.append(
            Alert(
                measure,
                value,
                round(expected),
                float(off),
                round((value - expected) * unit_worth),
                _drivers(books, of, week, value - float(np.median(known[:_FEWEST_WEEKS]))),
                _roas(books, week) if spend else None,
                _mean_roas(books, week) if spend else None,
            )
        )
    return found


_Of = Callable[[Period, list[str] | None], "int | None"]


def _measures(books: Books, worth: float) -> Iterator[tuple[Measure, _Of, float]]:
    """Each measure, how it is read, and what one of it is worth."""
    first = books.first_day

    def sold(measure: str) -> _Of:
        # Weeks before the first order are no weeks without orders.
        return lambda period, only: (
            None if first is None or period.start < first else books.sum(measure, period, only)
        )

    def refunds(period: Period, only: list[str] | None) -> int | None:
        if first is None or period.start < first:
            return None
        gross, discount, net = (books.sum(name, period, only) for name in ("gross", "discount", "net"))
        return gross - discount - net

    yield "net_revenue", sold("net"), 1.0
    yield "marketing_spend", books.spend, 1.0
    yield "new_customers", sold("new_customers"), worth
    yield "refunds", refunds, 1.0


def _order_value(books: Books, week: Period) -> float:
    orders = books.sum("orders", week)
    return books.sum("net", week) / orders if orders else 0.0


def _season(of: _Of, week: Period) -> float:
    """How the same week stood out from those before it a year ago; 1 where that is not known."""
    ago = week.before(52)
    then = of(ago, None)
    around = [of(ago.before(back), None) for back in range(1, _FEWEST_WEEKS + 1)]
    known = [one for one in around if one is not None]
    if then is None or len(known) < _FEWEST_WEEKS or np.median(known) <= 0 or then <= 0:
        return 1.0
    # Half of it: one week of one year is a weak witness.
    return float(np.sqrt(np.clip(then / np.median(known), *_SEASON)))


def _drivers(books: Books, of: _Of, week: Period, difference: float) -> tuple[Driver, ...]:
    """The channels by their part of the difference from the usual, the greatest first."""
    if not difference:
        return ()
    names = sorted(set(books.sold["channel"]) | set(books.spent["channel"]))
    parts = []
    for name in names:
        usual = [of(week.before(back), [name]) or 0 for back in range(1, _FEWEST_WEEKS + 1)]
        parts.append(Driver(name, ((of(week, [name]) or 0) - float(np.median(usual))) / difference))
    return tuple(sorted(parts, key=lambda one: (-one.part, one.channel))[:3])


def _roas(books: Books, week: Period) -> float | None:
    spend = books.spend(week)
    return books.sum("net", week) / spend if spend else None


def _mean_roas(books: Books, week: Period) -> float | None:
    known = [
        one for back in range(1, _FEWEST_WEEKS + 1) if (one := _roas(books, week.before(back))) is not None
    ]
    return float(np.median(known)) if known else None
