"""What customers asked over any period, restricted by topic or country, and how pleased they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.figures import Known, ratio
from analytics.inquiries.query import GRAINS, UNKNOWN, Measured, Query, Row, bucket_label
from analytics.inquiries.sums import part_key, within
from analytics.period import Period
from analytics.support import PROXY_DAYS, pleased

if TYPE_CHECKING:
    from analytics.tables import Tables


@dataclass(frozen=True, slots=True)
class Pleased:
    """The NPS proxy with its 95% interval, and how many customers and tickets there are to know it from."""

    value: Known
    low: float | None
    high: float | None
    rated: int
    tickets: int
    customers: int
    sql: str


def measure_tickets(tables: Tables, query: Query) -> Measured:
    """Volume, shares and the median seconds to a first answer; shares rest on the number of tickets."""
    import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

    whole = _sums(tables, replace(query, by=None))
    row = whole.to_pandas().iloc[0]
    known, number = _value(query.metric, row), int(row["volume"])
    rests_on = None if query.metric == "support_volume" else number
    if query.by is None:
        return Measured(known, rests_on=rests_on, sql=str(ibis.to_sql(whole)))
    grouped = _sums(tables, query)
    rows = []
    for _, each in grouped.to_pandas().iterrows():
        label = UNKNOWN if pd.isna(each["part"]) else each["part"]
        if query.by in GRAINS:
            label = bucket_label(query.by, int(each["part"]))
        rows.append(Row(str(label), _value(query.metric, each), int(each["volume"])))
    rows.sort(key=lambda one: one.label)
    return Measured(known, tuple(rows), rests_on, str(ibis.to_sql(grouped)))


def _value(metric: str, row: Any) -> Known:
    number, none = int(row["volume"]), "there was no ticket"
    if metric == "support_volume":
        return Known.of(number)
    if metric == "first_response_time":
        seconds = row["seconds"]
        return Known.unknown("no first answer is timed") if pd.isna(seconds) else Known.of(float(seconds))
    return ratio(int(row[metric.removeprefix("support_")]), number, none)


def _sums(tables: Tables, query: Query) -> Any:
    tickets = _chosen(tables, query)
    sums = {
        "volume": tickets.count().cast("int64"),
        "answered": tickets.count(where=tickets.answered_by == "bot").cast("int64"),
        "escalated": tickets.count(where=tickets.status == "escalated").cast("int64"),
        "resolved": tickets.count(where=tickets.status == "resolved").cast("int64"),
        "seconds": tickets.first_response_seconds.median().cast("float64"),
    }
    if query.by is None:
        return tickets.agg(**sums)
    key = part_key(tickets.day, query.by) if query.by in GRAINS else tickets.topic
    return tickets.group_by(key.name("part")).agg(**sums)


def _chosen(tables: Tables, query: Query) -> Any:
    tickets = within(tables.tickets, query.period)
    for one in query.only:
        if one.kind == "topic":
            tickets = tickets.filter(tickets.topic.isin(one.values))
        elif one.kind == "country":
            tickets = tickets.filter(tickets.customer_id.isin(_people(tables, one.values).customer_id))
    return tickets


def _people(tables: Tables, countries: tuple[str, ...]) -> Any:
    """Everybody who lives there, or has ordered from there."""
    lives = tables.customers.filter(tables.customers.country.isin(countries)).select("customer_id")
    orders = tables.orders.filter(tables.orders.customer_id.notnull())
    ordered = orders.filter(orders.country.isin(countries)).select("customer_id")
    return lives.union(ordered, distinct=True)


def measure_pleased(tables: Tables, query: Query) -> Pleased:
    """Positive less negative shares over each customer's last rated ticket in the 90 days up to the period's end.

    The same as the weekly report's where nothing is restricted; unknown below 30 customers who rated.
    """
    import ibis  # noqa: PLC0415 - as above

    end = query.period.end
    tickets = _chosen(tables, replace(query, period=Period(end - timedelta(days=PROXY_DAYS), end)))
    rated = tickets.filter(tickets.satisfaction.notnull(), tickets.customer_id.notnull())
    latest = ibis.window(group_by=rated.customer_id, order_by=[rated.day.desc(), rated.ticket_id.desc()])
    last = rated.mutate(nth=ibis.row_number().over(latest)).filter(lambda table: table.nth == 0)
    sums = last.agg(
        rated=last.count().cast("int64"),
        up=last.count(where=last.satisfaction == "positive").cast("int64"),
        down=last.count(where=last.satisfaction == "negative").cast("int64"),
    )
    row = sums.to_pandas().iloc[0]
    number, up, down = (int(row[name]) for name in ("rated", "up", "down"))
    asked = int(tickets.count().to_pandas())
    country = query.restriction("country")
    people = tables.buyers(end)
    if country is not None:
        people = _people(tables, country.values)
    counted = int(people.count().to_pandas())
    sql = str(ibis.to_sql(sums))
    value, interval = pleased(number, up, down)
    low, high = interval or (None, None)
    return Pleased(value, low, high, number, asked, counted, sql)
