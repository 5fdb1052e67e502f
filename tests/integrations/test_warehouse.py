"""DuckDB and PostgreSQL hold the same business, and give the same numbers to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agents.errors import BadInput
from agents.supervisor import Supervisor
from apps.importing import load_sample
from integrations import connect, open_warehouse
from integrations.settings import Settings
from integrations.warehouse.duckdb_engine import DuckDbEngine
from integrations.warehouse.postgres_engine import PostgresEngine
from tests.business import import_into, rows_of, settings_of, write_csv
from tests.postgres import own_database

HEADER = ("order_id", "date", "customer_id", "channel", "sku", "price")
ROWS = [
    ("1", "2026-06-01", "ann", "email", "Ä", "10.005"),
    ("2", "2026-06-09", "Bob", "", "b", "20"),
    ("3", "2026-06-10", "ann", "paid_social", 'quote " and, comma', "30.10"),
]


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Settings]:
    with own_database() as url:
        yield settings_of(tmp_path / "postgres", url)


def test_both_engines_give_the_same_report_to_the_last_digit(tmp_path: Path, postgres: Settings) -> None:
    reports = []
    for settings in (settings_of(tmp_path / "duckdb"), postgres):
        load_sample(settings, date(2026, 6, 14), if_empty=False)
        services = connect(settings)
        reports.append(Supervisor(services).weekly(date(2026, 6, 17)).report.as_json())
        services.close()
    ours, theirs = ({name: part for name, part in one.items() if name != "seconds"} for one in reports)
    assert ours == theirs
    assert ours["errors"] == []


def test_both_engines_store_the_same_rows_and_know_them_again(tmp_path: Path, postgres: Settings) -> None:
    file = write_csv(tmp_path / "orders.csv", HEADER, *ROWS)
    changed = write_csv(tmp_path / "changed.csv", HEADER, *ROWS[:2], (*ROWS[2][:5], "31"))
    stored = []
    for settings in (settings_of(tmp_path / "duckdb"), postgres):
        reports = [import_into(settings, each, "orders") for each in (file, file, changed)]
        assert [(one.accepted, one.duplicates) for one in reports] == [(3, 0), (0, 3), (1, 2)]
        stored.append(rows_of(settings, "sales", "key", "digest", "sku", "channel", "amount"))
    assert stored[0] == stored[1]


def test_a_store_of_the_version_before_gets_what_it_lacks_and_keeps_its_rows(
    tmp_path: Path, postgres: Settings
) -> None:
    given = write_csv(tmp_path / "given.csv", ("customer_id", "country"), ("ann", "US"))
    fuller = write_csv(
        tmp_path / "fuller.csv", ("customer_id", "country", "email"), ("ann", "US", "ann@example.com")
    )
    for settings in (settings_of(tmp_path / "duckdb"), postgres):
        import_into(settings, given, "customers")
        _make_older(settings)
        assert rows_of(settings, "customers", "customer_id", "country", "email") == [("ann", "US", None)]
        assert import_into(settings, fuller, "customers").accepted == 1
        assert rows_of(settings, "customers", "customer_id", "email") == [("ann", "ann@example.com")]


def _make_older(settings: Settings) -> None:
    """The store as version 1 had it."""
    engine = (
        PostgresEngine(settings.analytics_url)
        if settings.analytics_url
        else DuckDbEngine(settings.analytics_file)
    )
    with engine.connected() as connection:
        for column in ("name", "email", "consent", "timezone"):
            connection.execute(f"ALTER TABLE customers DROP COLUMN {column}")
        connection.execute("UPDATE state SET value = '1' WHERE name = 'version'")


def test_a_url_that_cannot_be_used_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="postgresql://"):
        open_warehouse(settings_of(tmp_path / "home", "mysql://somewhere"))
