"""Who the customers are: RFM segments and how they move, cohorts and how they stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from analytics.tables import month_number

if TYPE_CHECKING:
    import pandas as pd
    from ibis import Table

SEGMENTS: Final = ("Champions", "Loyal", "New", "Potential", "At Risk", "Hibernating", "Churned")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: how many customers, what share of all, their net revenue so far; `moved` since a week ago."""

    name: str
    customers: int
    share: float
    value: int
    moved: int | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers whose first order fell into one month, and which share of them bought in each month since.

    `retention[k]` is that of month k; month 0 is 1. The month under way is not shown.
    """

    month: str
    size: int
    retention: tuple[float, ...]


def segments(buyers: pd.DataFrame, before: pd.DataFrame) -> list[Segment]:
    """The segments of customers now, and by how many each has grown or shrunk; [] without customers."""
    if buyers.empty:
        return []
    now = buyers.groupby("segment", observed=True)["net"].agg(["count", "sum"])
    then = before["segment"].value_counts() if not before.empty else None
    return [
        Segment(
            name,
            int(now["count"].get(name, 0)),
            int(now["count"].get(name, 0)) / len(buyers),
            int(now["sum"].get(name, 0)),
            None if then is None else int(now["count"].get(name, 0)) - int(then.get(name, 0)),
        )
        for name in SEGMENTS
    ]


def cohorts(orders: Table, until: date) -> list[Cohort]:
    """The cohorts by month, oldest first, of orders or documents before `until`; an unfinished month is masked."""
    bought = orders.filter(orders.day < until, orders.seq.notnull())
    months = bought.select("person", month=month_number(bought.day)).distinct()
    first = months.group_by("person").agg(start=months.month.min())
    joined = months.join(first, "person")
    counted = joined.group_by(["start", "month"]).agg(customers=joined.person.count())
    frame = counted.to_pandas()
    over = until.year * 12 + until.month - 1  # months before this one are complete
    found: list[Cohort] = []
    for start, rows in frame.groupby("start"):
        size_of = {int(row.month): int(row.customers) for row in rows.itertuples(index=False)}
        size = size_of[int(start)]
        known = range(int(start), over)
        found.append(
            Cohort(
                f"{int(start) // 12:04d}-{int(start) % 12 + 1:02d}",
                size,
                tuple(size_of.get(month, 0) / size for month in known),
            )
        )
    return found
