"""What is recommended comes from real purchases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.recommendations import recommend
from analytics.tables import Tables
from apps.importing import load_sample
from integrations import open_warehouse
from integrations.settings import Settings
from tests.analytics.small_shop import Row, TablesOf, sale
from tests.business import settings_of
from tests.postgres import own_database

DAY = date(2026, 6, 1)
RECENT = DAY - timedelta(days=30)


@pytest.fixture(scope="module")
def both_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Settings]]:
    homes = [Path(tmp_path_factory.mktemp(name)) for name in ("duckdb", "postgres")]
    with own_database() as url:
        found = [settings_of(homes[0]), settings_of(homes[1], url)]
        for settings in found:
            load_sample(settings, DAY - timedelta(days=1), if_empty=False)
        yield found


def crowd() -> list[Row]:
    """Tea drinkers buy assam and a whisk, in orders of their own; all others buy gift tins, which sell best."""
    lines: list[Row] = []
    for at in range(12):
        lines += sale(f"tea{at}", RECENT, "assam") + sale(f"tea{at}", RECENT + timedelta(days=3), "whisk")
    for at in range(40):
        lines += sale(f"tin{at}", RECENT, "tin")
    return lines


def advice(tables: Tables, **wanted: Any) -> dict[str, tuple[Any, ...]]:
    frame = recommend(tables, DAY, **wanted)[
        ["customer_id", "last_product", "product", "basis", "together", "buyers"]
    ]
    rows = (
        tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)
    )
    return {str(row[0]): row[1:] for row in rows}


def test_what_others_bought_with_it_comes_before_the_best_seller(tables_of: TablesOf) -> None:
    found = advice(tables_of(sales=[*crowd(), *sale("ann", RECENT, "assam")]))
    assert found["ann"] == ("assam", "whisk", "bought together", 12, 13)
    assert found["tea1"] == ("whisk", "assam", "bought together", 12, 12)


def test_too_few_who_bought_both_mean_nothing(tables_of: TablesOf) -> None:
    found = advice(tables_of(sales=[*crowd(), *sale("ann", RECENT, "assam")]), support=13)
    assert found["ann"] == ("assam", "tin", "best-seller", None, None)


def test_a_best_seller_is_no_companion_of_everything(tables_of: TablesOf) -> None:
    """Everybody buys tins, so a tin says nothing of who buys assam: no lift."""
    lines = [line for at in range(30) for line in sale(f"c{at}", RECENT, "assam", "tin")]
    lines += [line for at in range(30) for line in sale(f"d{at}", RECENT, "tin")]
    found = advice(tables_of(sales=[*lines, *sale("ann", RECENT, "assam")]))
    assert found["ann"][:3] == ("assam", "tin", "best-seller")


def test_nothing_from_the_last_order_and_nothing_that_is_no_longer_sold(tables_of: TablesOf) -> None:
    gone = DAY - timedelta(days=400)
    lines = [*crowd(), *(line for at in range(90) for line in sale(f"old{at}", gone, "retired"))]
    found = advice(tables_of(sales=[*lines, *sale("ann", RECENT, "assam", "whisk", "tin")]))
    assert found["ann"] == ("assam", None, None, None, None)
    assert found["old1"][:2] == ("retired", "tin")
    assert "retired" not in {product for _, product, *_ in found.values()}


def test_the_last_order_is_the_last_of_products_and_its_dearest_item_counts(tables_of: TablesOf) -> None:
    shipping = {**sale("ann", DAY - timedelta(days=1), "x", order="later")[0], "sku": None, "product": None}
    lines = [
        *sale("ann", RECENT, "assam", "tin"),
        *sale("ann", RECENT - timedelta(days=9), "whisk"),
        shipping,
    ]
    assert advice(tables_of(sales=[*crowd(), *lines]))["ann"] == ("assam", "whisk", "bought together", 13, 13)


def test_what_comes_later_or_goes_back_is_not_known(tables_of: TablesOf) -> None:
    later = sale("ann", DAY, "whisk")
    returned = {**sale("ann", RECENT, "tin", order="r")[0], "part": "refund", "amount": -2_000}
    found = advice(tables_of(sales=[*crowd(), *sale("ann", RECENT, "assam"), *later, returned]))
    assert found["ann"][:2] == ("assam", "whisk")
    assert advice(tables_of()) == {}


def test_only_the_people_asked_for(tables_of: TablesOf) -> None:
    tables = tables_of(sales=[*crowd(), *sale("ann", RECENT, "assam")])
    some = tables.buyers(DAY).filter(lambda people: people.customer_id.isin(["ann", "tin3"]))
    assert set(advice(tables, people=some)) == {"ann", "tin3"}


def test_both_engines_recommend_the_same_to_everybody(both_engines: list[Settings]) -> None:
    found = []
    for settings in both_engines:
        with open_warehouse(settings).reading() as tables:
            found.append(advice(tables))
    assert found[0] == found[1]
    assert len(found[0]) > 1_500
    assert all(product is not None for _, product, *_ in found[0].values())
