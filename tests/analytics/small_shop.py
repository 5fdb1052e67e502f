"""A store of a few rows, written down in a test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pytest

from analytics.schema import TABLES
from analytics.tables import Tables
from integrations import open_warehouse
from tests.business import settings_of

Row = Mapping[str, Any]
TablesOf = Callable[..., Tables]
"""Given rows by table: a store of its own with them; what a row leaves out is null, other tables are empty."""

_KINDS: Final = {"int64": pa.int64(), "string": pa.string(), "date": pa.date32()}


@pytest.fixture
def tables_of(tmp_path: Path) -> Iterator[TablesOf]:
    with contextlib.ExitStack() as opened:
        homes = iter(range(1_000))

        def make(**rows: Sequence[Row]) -> Tables:
            home = tmp_path / f"shop{next(homes)}"
            home.mkdir()
            warehouse = open_warehouse(settings_of(home))
            warehouse.fill_with_sample(
                {name: _frame(name, rows.get(name, ())) for name in TABLES}, "USD", date.max
            )
            return opened.enter_context(warehouse.reading())

        yield make


def _frame(table: str, rows: Sequence[Row]) -> pa.Table:
    numbered = [{"key": at, "digest": 0, **row} for at, row in enumerate(rows)]
    schema = pa.schema([(column, _KINDS[kind]) for column, kind in TABLES[table].items()])
    return pa.Table.from_pylist(numbered, schema)


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
