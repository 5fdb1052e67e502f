"""Tables of a few rows, written down in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import ibis
import pyarrow as pa

from analytics import tables as marts
from analytics.schema import TABLES
from analytics.tables import Tables

Row = Mapping[str, Any]

_KINDS: Final = {"int64": pa.int64(), "string": pa.string(), "date": pa.date32()}


def tables_of(**rows: Sequence[Row]) -> Tables:
    """The tables with these rows; what a row leaves out is null, tables that are not named are empty."""
    made = {}
    for name, columns in TABLES.items():
        numbered = [{"key": at, "digest": 0, **row} for at, row in enumerate(rows.get(name, ()))]
        schema = pa.schema([(column, _KINDS[kind]) for column, kind in columns.items()])
        made[name] = ibis.memtable(pa.Table.from_pylist(numbered, schema))
    people = marts.people(made["sales"])
    orders = marts.orders(made["sales"], people)
    return Tables(orders=orders, buyers=lambda day: marts.buyers(orders, people, day), **made)


def sale(
    customer: str, day: date, *products: str, amount: int = 2_000, order: str | None = None
) -> list[Row]:
    """The lines of an order, a product each; the first is the dearest."""
    number = order or f"{customer}-{day}"
    return [
        {
            "document": number,
            "order_id": number,
            "customer_id": customer,
            "day": day,
            "sku": product.upper(),
            "product": product,
            "quantity": 1,
            "part": "sale",
            "amount": amount - at,
        }
        for at, product in enumerate(products)
    ]
