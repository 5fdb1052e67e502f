"""The invented shop: the same every time, and never mixed with a real one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agents.errors import BadInput
from apps.importing import load_sample
from ingest.order_sample import make_sample
from integrations import open_warehouse
from tests.business import import_into, rows_of, settings_of, write_csv

LAST = date(2026, 11, 15)
ORDER = (("order_id", "date", "price", "currency"), (1, "2026-01-05", 10, "EUR"))


def test_the_same_last_day_gives_the_same_shop() -> None:
    first, second = make_sample(LAST), make_sample(LAST)
    assert all(first.tables[name].equals(second.tables[name]) for name in first.tables)
    assert first.customers == 1850
    assert first.tables["spend"]["channel"].unique().to_pylist() == [
        "organic",
        "email",
        "paid_social",
        "paid_search",
        "affiliate",
    ]


def test_a_sample_gives_way_to_the_first_real_rows(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    load_sample(settings, LAST, if_empty=False)
    assert open_warehouse(settings).standing().sample == LAST
    import_into(settings, write_csv(tmp_path / "orders.csv", *ORDER), "orders")
    standing = open_warehouse(settings).standing()
    assert (standing.sample, standing.currency) == (None, "EUR")
    assert rows_of(settings, "sales", "order_id") == [("1",)]
    assert rows_of(settings, "spend", "channel") == []


def test_real_data_are_never_replaced_by_a_sample(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    import_into(settings, write_csv(tmp_path / "orders.csv", *ORDER), "orders")
    with pytest.raises(BadInput, match="real data"):
        load_sample(settings, LAST, if_empty=False)
    assert load_sample(settings, LAST, if_empty=True)["loaded"] is False
    assert rows_of(settings, "sales", "order_id") == [("1",)]
