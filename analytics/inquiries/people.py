"""Customers as they stood at the beginning of a day: how many, of which kinds, what they brought, the best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.customers import SEGMENTS
from analytics.figures import Assumptions, Known, money, ratio
from analytics.inquiries.query import UNKNOWN, Measured, Only, Query, Row
from analytics.inquiries.sums import within
from analytics.tables import total

if TYPE_CHECKING:
    from analytics.tables import Tables

_COLUMNS = {"segment": "segment", "country": "country", "channel": "first_channel"}


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer by id: net revenue and positive orders in the time looked at, and the segment at its end."""

    customer_id: str
    net: int
    orders: int
    last_day: date
    segment: str
    country: str | None


def measure_people(tables: Tables, query: Query, assumptions: Assumptions) -> Measured:
    """`customers` or `ltv_historic` at the end of the query's period; a channel is that of the first order."""
    import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

    people = _chosen(tables.buyers(query.period.end), query.only)
    sums = {"customers": people.count().cast("int64"), "net": total(people.net)}
    whole = people.agg(**sums)
    known, number = _value(query, whole.to_pandas().iloc[0], assumptions)
    rests_on = number if query.metric == "ltv_historic" else None
    if query.by is None:
        return Measured(known, rests_on=rests_on, sql=str(ibis.to_sql(whole)))
    grouped = people.group_by(people[_COLUMNS[query.by]].name("part")).agg(**sums)
    rows = []
    for _, each in grouped.to_pandas().iterrows():
        label = UNKNOWN if pd.isna(each["part"]) or not str(each["part"]) else str(each["part"])
        rows.append(Row(label, *_value(query, each, assumptions)))
    order = SEGMENTS.index if query.by == "segment" else str
    rows.sort(key=lambda one: order(one.label))
    return Measured(known, tuple(rows), rests_on, str(ibis.to_sql(grouped)))


def _value(query: Query, row: Any, assumptions: Assumptions) -> tuple[Known, int]:
    number = int(row["customers"])
    if query.metric == "customers":
        return Known.of(number), number
    return money(ratio(int(row["net"]) * assumptions.margin, number, "there is no such customer")), number


def _chosen(people: Any, only: tuple[Only, ...]) -> Any:
    for one in only:
        people = people.filter(people[_COLUMNS[one.kind]].isin(one.values))
    return people


def best_customers(tables: Tables, query: Query, limit: int) -> tuple[list[Customer], str]:
    """Who brought the most net revenue in the query's period, and the SQL that found them."""
    import ibis  # noqa: PLC0415 - as above

    orders = within(tables.orders, query.period)
    orders = orders.filter(orders.customer_id.notnull())
    for one in query.only:
        if one.kind in ("channel", "country"):
            orders = orders.filter(orders[one.kind].isin(one.values))
    bought = orders.positive == 1
    each = orders.group_by("customer_id").agg(
        net=total(orders.net), orders=total(orders.positive), last=orders.day.max(where=bought)
    )
    people = tables.buyers(query.period.end).select("customer_id", "segment", "country")
    joined = each.filter(each.orders > 0).join(people, "customer_id")
    wanted = query.restriction("segment")
    if wanted is not None:
        joined = joined.filter(joined.segment.isin(wanted.values))
    best = joined.order_by([joined.net.desc(), joined.customer_id]).limit(limit)
    found = [
        Customer(
            str(row["customer_id"]),
            int(row["net"]),
            int(row["orders"]),
            pd.Timestamp(row["last"]).date(),
            str(row["segment"]),
            None if pd.isna(row["country"]) else str(row["country"]),
        )
        for row in best.to_pandas().to_dict("records")
    ]
    return found, str(ibis.to_sql(best))
