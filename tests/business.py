"""Business files and stores for tests."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from apps.importing import import_business_file
from ingest.orders import ImportReport
from integrations import open_warehouse
from integrations.settings import Settings


def settings_of(home: Path, analytics_url: str | None = None) -> Settings:
    """The settings of a home that takes nothing from the environment."""
    return Settings(home=home, database_url=None, policies=None, analytics_url=analytics_url)


def write_csv(file: Path, *rows: Sequence[object]) -> Path:
    """A CSV file; the first row names the columns."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def import_into(
    settings: Settings, file: Path, kind: str, mapping: str = "generic", currency: str | None = None
) -> ImportReport:
    """Import a file without telling anybody how far it is."""
    return import_business_file(settings, file, kind, mapping, currency=currency, tell=lambda *_: None)


def few_orders(settings: Settings, folder: Path) -> None:
    """A store with some orders of autumn 2026, on which a report is made in a moment."""
    rows = [
        (number, f"2026-{10 + number % 2}-{number + 5:02}", f"c{number % 4}", "email", "12.50")
        for number in range(12)
    ]
    header = ("order_id", "date", "customer_id", "channel", "price")
    import_into(settings, write_csv(folder / "few_orders.csv", header, *rows), "orders")


def rows_of(settings: Settings, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a table of the store, sorted."""
    with open_warehouse(settings).reading() as tables:
        frame = getattr(tables, table).select(*columns).to_pandas()
    found = [
        tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)
    ]
    return sorted(found, key=repr)


def rejected(report: ImportReport) -> list[tuple[int, str]]:
    """Line number and reason of what an import has rejected."""
    assert report.rejected_file is not None
    with report.rejected_file.open(encoding="utf-8", newline="") as opened:
        return [(int(row["line_number"]), row["reason"]) for row in csv.DictReader(opened)]
