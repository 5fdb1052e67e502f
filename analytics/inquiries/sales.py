"""Revenue, orders, acquisition and marketing over any period, by the formulas of the weekly report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analytics.figures import Assumptions, Known, money, ratio
from analytics.inquiries.query import GRAINS, Measured, Only, Query, Row, bucket_label, bucket_number
from analytics.inquiries.sums import WHOLE, Sums, read_sums

if TYPE_CHECKING:
    from analytics.tables import Tables

_NOTHING_SPENT: Final = "nothing was spent"


def _spend(sums: Sums) -> Known:
    return Known.unknown("no spend is recorded") if sums.spend is None else Known.of(sums.spend)


FORMULAS: Final[Mapping[str, Callable[[Sums], Known]]] = {
    "gross_revenue": lambda sums: Known.of(sums.gross),
    "discounts": lambda sums: Known.of(sums.discount),
    "refunds": lambda sums: Known.of(sums.refunds),
    "net_revenue": lambda sums: Known.of(sums.net),
    "orders": lambda sums: Known.of(sums.orders),
    "units": lambda sums: Known.of(sums.units),
    "average_order_value": lambda sums: money(ratio(sums.gross, sums.orders, "there was no order")),
    "new_customers": lambda sums: Known.of(sums.new_customers),
    "active_customers": lambda sums: Known.of(sums.customers),
    "returning_customers": lambda sums: Known.of(sums.returning),
    "marketing_spend": _spend,
    "cac_blended": lambda sums: money(ratio(_spend(sums), sums.new_customers, "there was no new customer")),
    "cac_paid": lambda sums: money(ratio(_spend(sums), sums.new_customers, "there was no new customer")),
    "roas": lambda sums: ratio(sums.net, _spend(sums), _NOTHING_SPENT),
    "mer": lambda sums: ratio(sums.net, _spend(sums), _NOTHING_SPENT),
}
"""Each measure as a function of sums; DEFINITIONS say what they mean."""

_OF_SPEND: Final = frozenset({"marketing_spend", "cac_blended", "cac_paid", "roas", "mer"})
_OF_PAID: Final = frozenset({"roas", "cac_paid"})
"""Of all channels together these look at the paid ones alone; of one channel at that one."""

_RESTS_ON: Final[Mapping[str, Callable[[Sums], int]]] = {
    "average_order_value": lambda sums: sums.orders,
    "cac_blended": lambda sums: sums.new_customers,
    "cac_paid": lambda sums: sums.new_customers,
}
"""What an average was made of, where too few of it would say nothing."""


def needs_spend(metric: str) -> bool:
    """Whether a measure is made of what was spent."""
    return metric in _OF_SPEND


def of_paid(query: Query, assumptions: Assumptions) -> Query:
    """The query with the restriction to paid channels that its measure means without being told."""
    if query.metric not in _OF_PAID or query.by == "channel" or query.restriction("channel") is not None:
        return query
    paid = Only("channel", tuple(sorted(assumptions.paid_channels)), "paid channels")
    return replace(query, only=(*query.only, paid))


def measure_sales(tables: Tables, query: Query, assumptions: Assumptions, most_parts: int = 400) -> Measured:
    """A measure over its period and, where it is in parts, of each; parts of time come without gaps, oldest first.

    Raises `ValueError` for more parts of time than `most_parts`.
    """
    query = of_paid(query, assumptions)
    formula, spend = FORMULAS[query.metric], needs_spend(query.metric)
    whole = read_sums(tables, replace(query, by=None), spend=spend)
    known = formula(whole.whole)
    rests = _RESTS_ON.get(query.metric)
    rests_on = None if rests is None else rests(whole.whole)
    if query.by is None:
        return Measured(known, rests_on=rests_on, sql=whole.sql)
    parts = read_sums(tables, query, spend=spend)
    labels = _labels(query, most_parts) if query.by in GRAINS else tuple(parts.parts)
    rows = []
    for label in labels:
        sums = parts.parts.get(label, Sums())
        rows.append(Row(label, formula(sums), rests(sums) if rests is not None else sums.orders))
    return Measured(known, tuple(rows), rests_on, parts.sql)


def sums_of(tables: Tables, query: Query, assumptions: Assumptions) -> Sums:
    """All sums over the whole of a query, spend included."""
    return read_sums(tables, replace(of_paid(query, assumptions), by=None), spend=True).parts.get(
        WHOLE, Sums()
    )


def parts_of(tables: Tables, query: Query, assumptions: Assumptions) -> Mapping[str, Sums]:
    """All sums by the parts of a query, spend included where it is known by such parts."""
    return read_sums(tables, of_paid(query, assumptions), spend=True).parts


def _labels(query: Query, most: int) -> tuple[str, ...]:
    grain = query.by
    assert grain in GRAINS  # noqa: S101 - the only caller has looked
    first, last = bucket_number(grain, query.period.start), bucket_number(grain, query.period.last)
    if last - first >= most:
        raise ValueError(f"{last - first + 1} parts are more than {most}")
    return tuple(bucket_label(grain, number) for number in range(first, last + 1))
