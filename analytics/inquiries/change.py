"""Why a measure changed: its change in parts that sum to it exactly, whichever way it is cut.

A product is parted by the mean of both periods (Bennet, 1920): a change of orders is worth the mean order value, a
change of the order value holds for the mean number of orders. A ratio is parted into what its upper and its lower
number did in the same way. Each channel, country or topic has its own part of either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.inquiries.sums import Sums

Amount = float
"""In the measure's own unit; whole minor units and counts are whole numbers."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause has added to a measure, or taken from it."""

    label: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class _Ratio:
    above: Callable[[Sums], int]
    below: Callable[[Sums], int]
    above_label: str
    below_label: str


_ADDITIVE: Final[Mapping[str, Callable[[Sums], int]]] = {
    "gross_revenue": lambda sums: sums.gross,
    "discounts": lambda sums: sums.discount,
    "refunds": lambda sums: sums.refunds,
    "net_revenue": lambda sums: sums.net,
    "orders": lambda sums: sums.orders,
    "units": lambda sums: sums.units,
    "new_customers": lambda sums: sums.new_customers,
    "marketing_spend": lambda sums: sums.spend or 0,
}
_COST: Final = _Ratio(
    lambda sums: sums.spend or 0, lambda sums: sums.new_customers, "spend", "the number of new customers"
)
_RETURN: Final = _Ratio(lambda sums: sums.net, lambda sums: sums.spend or 0, "net revenue", "spend")
_RATIOS: Final[Mapping[str, _Ratio]] = {
    "average_order_value": _Ratio(
        lambda sums: sums.gross, lambda sums: sums.orders, "gross revenue", "the number of orders"
    ),
    "cac_blended": _COST,
    "cac_paid": _COST,
    "roas": _RETURN,
    "mer": _RETURN,
}
_WHOLE: Final = frozenset({*_ADDITIVE, "average_order_value", "cac_blended", "cac_paid"})
"""The measures that are counted in whole units."""


def explainable(metric: str) -> bool:
    """Whether a measure's change can be parted."""
    return metric in _ADDITIVE or metric in _RATIOS


def causes(metric: str, now: Sums, before: Sums) -> tuple[Part, ...]:
    """The change by what the measure is made of; () where it is not made of anything."""
    if metric in _RATIOS:
        return _of_ratio(metric, now, before)
    if metric == "orders":
        return (
            Part("first orders", now.new_customers - before.new_customers),
            Part("repeat orders", _again(now) - _again(before)),
        )
    if metric not in ("gross_revenue", "net_revenue"):
        return ()
    parts = _of_gross(now, before)
    if metric == "gross_revenue":
        return parts
    return (
        *parts,
        Part("discounts", before.discount - now.discount),
        Part("refunds", before.refunds - now.refunds),
    )


def by_part(metric: str, now: Mapping[str, Sums], before: Mapping[str, Sums]) -> tuple[Part, ...]:
    """The change by channels, countries or the like: the greatest part first."""
    labels = sorted({*now, *before})
    if metric in _ADDITIVE:
        of = _ADDITIVE[metric]
        found = [Part(one, of(now.get(one, Sums())) - of(before.get(one, Sums()))) for one in labels]
    elif metric in _RATIOS:
        found = _ratio_parts(metric, labels, now, before)
    else:
        found = []
    return tuple(sorted(found, key=lambda one: (-abs(one.amount), one.label)))


def _again(sums: Sums) -> int:
    return sums.orders - sums.new_customers


def _of_gross(now: Sums, before: Sums) -> tuple[Part, ...]:
    """First orders of customers and repeat ones at the mean order value; the rest is the order value."""
    change = now.gross - before.gross
    known = [sums.gross / sums.orders for sums in (now, before) if sums.orders]
    worth = sum(known) / len(known) if known else 0.0
    new = round((now.new_customers - before.new_customers) * worth)
    again = round((_again(now) - _again(before)) * worth)
    return (
        Part("first orders", new),
        Part("repeat orders", again),
        Part("the average order value", change - new - again),
    )


def _of_ratio(metric: str, now: Sums, before: Sums) -> tuple[Part, ...]:
    ratio = _RATIOS[metric]
    above, below = (ratio.above(now), ratio.above(before)), (ratio.below(now), ratio.below(before))
    if not below[0] or not below[1]:
        return ()
    first = (above[0] - above[1]) * (1 / below[0] + 1 / below[1]) / 2
    second = (1 / below[0] - 1 / below[1]) * (above[0] + above[1]) / 2
    return _settled(metric, [Part(ratio.above_label, first), Part(ratio.below_label, second)], above, below)


def _ratio_parts(
    metric: str, labels: Sequence[str], now: Mapping[str, Sums], before: Mapping[str, Sums]
) -> list[Part]:
    ratio = _RATIOS[metric]

    def whole(of: Callable[[Sums], int]) -> tuple[int, int]:
        return sum(map(of, now.values())), sum(map(of, before.values()))

    above, below = whole(ratio.above), whole(ratio.below)
    if not below[0] or not below[1]:
        return []
    each_above = (1 / below[0] + 1 / below[1]) / 2
    less = below[0] - below[1]
    each_below = (1 / below[0] - 1 / below[1]) * (above[0] + above[1]) / 2 / less if less else 0.0
    found = []
    for label in labels:
        one, other = now.get(label, Sums()), before.get(label, Sums())
        amount = (ratio.above(one) - ratio.above(other)) * each_above
        found.append(Part(label, amount + (ratio.below(one) - ratio.below(other)) * each_below))
    return list(_settled(metric, found, above, below))


def _settled(
    metric: str, parts: Sequence[Part], above: tuple[int, int], below: tuple[int, int]
) -> tuple[Part, ...]:
    """In whole units where the measure is: what rounding leaves over goes to the greatest part."""
    if metric not in _WHOLE or not parts:
        return tuple(parts)
    change = round(above[0] / below[0]) - round(above[1] / below[1])
    rounded = [round(one.amount) for one in parts]
    greatest = max(range(len(parts)), key=lambda at: abs(parts[at].amount))
    rounded[greatest] += change - sum(rounded)
    return tuple(Part(one.label, amount) for one, amount in zip(parts, rounded, strict=True))
