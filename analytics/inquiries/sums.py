"""What was sold and spent over any period, restricted and in parts: sums of integers, the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.inquiries.query import GRAINS, UNKNOWN, Dimension, Query, bucket_label
from analytics.period import Period
from analytics.tables import month_number, total

if TYPE_CHECKING:
    from analytics.tables import Tables

WHOLE = ""
"""The key of sums that are not in parts."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over a period; money in minor units. `spend` is None where none is recorded."""

    gross: int = 0
    discount: int = 0
    net: int = 0
    orders: int = 0
    new_customers: int = 0
    customers: int = 0
    units: int = 0
    spend: int | None = None

    @property
    def refunds(self) -> int:
        """What was given back."""
        return self.gross - self.discount - self.net

    @property
    def returning(self) -> int:
        """Customers who ordered, and had ordered before the period."""
        return self.customers - self.new_customers


@dataclass(frozen=True)
class Read:
    """Sums by the labels of their parts, and the SQL that gave them."""

    parts: Mapping[str, Sums]
    sql: str

    @property
    def whole(self) -> Sums:
        """The sums of what is not in parts; of nothing, zeros."""
        return self.parts.get(WHOLE, Sums())


def read_sums(tables: Tables, query: Query, *, spend: bool) -> Read:
    """The sums that a query needs. Raises what the engine raises."""
    sold = _by_product(tables, query) if _of_products(query) else _by_order(tables, query)
    parts = {
        label: Sums(
            **{name: int(row[name]) for name in ("gross", "discount", "net", "orders") if name in row},
            **{name: int(row[name]) for name in ("new_customers", "customers", "units") if name in row},
        )
        for label, row in _rows(sold, query.by)
    }
    statements = [_sql(sold)]
    if spend and query.by not in ("country", "segment", "product"):
        spent = _spend(tables, query)
        statements.append(_sql(spent))
        for label, row in _rows(spent, query.by):
            parts[label] = replace(parts.get(label, Sums()), spend=int(row["amount"]))
    return Read(parts, ";\n\n".join(statements))


def within(table: Any, period: Period) -> Any:
    """The rows of a table whose day lies in a period."""
    return table.filter(table.day >= period.start, table.day < period.end)


def part_key(day: Any, by: Dimension) -> Any:
    """The number of the stretch of time that a day lies in; weeks begin on Monday."""
    import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

    if by == "year":
        return day.year().cast("int64")
    if by == "quarter":
        return (day.year() * 4 + (day.month() - 1) // 3).cast("int64")
    if by == "month":
        return month_number(day)
    days = day.delta(ibis.date(1970, 1, 5), unit="day").cast("int64")
    return (days // 7).cast("int64") if by == "week" else days


def _of_products(query: Query) -> bool:
    return query.by == "product" or query.restriction("product") is not None


def _narrowed(tables: Tables, query: Query) -> Any:
    """The orders that a query is about."""
    orders = within(tables.orders, query.period)
    for one in query.only:
        if one.kind == "segment":
            people = tables.buyers(query.period.end)
            chosen = people.filter(people.segment.isin(one.values))
            orders = orders.filter(orders.customer_id.isin(chosen.customer_id))
        elif one.kind in ("channel", "country"):
            orders = orders.filter(orders[one.kind].isin(one.values))
    if query.by == "segment":
        people = tables.buyers(query.period.end).select(buyer="customer_id", segment="segment")
        orders = orders.left_join(people, orders.customer_id == people.buyer)
    return orders


def _by_order(tables: Tables, query: Query) -> Any:
    orders = _narrowed(tables, query)
    bought = orders.positive == 1
    sums = {
        "gross": total(orders.gross),
        "discount": total(orders.discount),
        "net": total(orders.net),
        "orders": total(orders.positive),
        "new_customers": total(orders.positive, orders.seq == 1),
        "customers": orders.customer_id.nunique(where=bought).cast("int64"),
    }
    return _grouped(orders, query.by, sums)


def _by_product(tables: Tables, query: Query) -> Any:
    """Of the lines of positive orders: what is discounted or refunded is known by order alone."""
    orders = _narrowed(tables, query)
    orders = orders.filter(orders.gross > 0).select(order="document", bought="day", buyer="customer_id")
    lines = tables.sales.filter(tables.sales.part == "sale")
    wanted = query.restriction("product")
    if wanted is not None:
        lines = lines.filter(lines.product.isin(wanted.values))
    lines = lines.select("document", "product", "quantity", "amount")
    joined = lines.join(orders, lines.document == orders.order)
    named = joined.select("document", "product", "quantity", "amount", "buyer", day="bought")
    sums = {
        "gross": total(named.amount),
        "units": total(named.quantity),
        "orders": named.document.nunique().cast("int64"),
        "customers": named.buyer.nunique().cast("int64"),
    }
    return _grouped(named, query.by, sums)


def _spend(tables: Tables, query: Query) -> Any:
    spend = within(tables.spend, query.period)
    wanted = query.restriction("channel")
    if wanted is not None:
        spend = spend.filter(spend.channel.isin(wanted.values))
    spent = _grouped(spend, query.by, {"amount": total(spend.amount), "lines": spend.count()})
    return spent.filter(spent.lines > 0)


def _grouped(table: Any, by: Dimension | None, sums: Mapping[str, Any]) -> Any:
    if by is None:
        return table.agg(**sums)
    key = part_key(table.day, by) if by in GRAINS else table[by]
    return table.group_by(key.name("part")).agg(**sums)


def _rows(expression: Any, by: Dimension | None) -> list[tuple[str, Mapping[str, Any]]]:
    """Label and values of each part, in the order of the labels."""
    frame: pd.DataFrame = expression.to_pandas()
    found = []
    for row in frame.to_dict("records"):
        label = WHOLE
        if by is not None:
            part = row.pop("part")
            unknown = part is None or bool(pd.isna(part))
            label = UNKNOWN if unknown or not str(part) else str(part)
            if by in GRAINS:
                label = bucket_label(by, int(part))
        found.append((label, {str(name): value for name, value in row.items()}))
    return sorted(found, key=lambda one: one[0])


def _sql(expression: Any) -> str:
    import ibis  # noqa: PLC0415 - as above

    return str(ibis.to_sql(expression))
