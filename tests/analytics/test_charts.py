"""Charts are Vega-Lite that can be drawn without a browser, also of nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import charts
from analytics.books import Books, read_books
from analytics.chart_rows import cohort_rows, forecast_rows, revenue_rows, segment_rows, spend_rows
from analytics.customers import Cohort, Segment
from analytics.forecast import Forecast
from analytics.period import last_complete_week
from apps.importing import load_sample
from integrations import open_warehouse
from tests.business import settings_of

WEEK = last_complete_week(date(2026, 6, 17))
FORECAST = Forecast(date(2026, 6, 1), 10, 100_00, 80_00, 130_00)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    settings = settings_of(Path(tmp_path_factory.mktemp("shop")))
    load_sample(settings, WEEK.last, if_empty=False)
    with open_warehouse(settings).reading() as tables:
        return read_books(tables, WEEK.end)


def every_chart(books: Books) -> list[charts.Specification]:
    return [
        charts.revenue_chart(revenue_rows(books, WEEK, "USD"), "USD"),
        charts.spend_chart(spend_rows(books, WEEK, "USD"), "USD"),
        charts.forecast_chart(forecast_rows(books, FORECAST, "USD"), "USD"),
        charts.segments_chart(segment_rows([Segment("Loyal", 3, 1.0, 500, 1)]), "USD"),
        charts.cohorts_chart(cohort_rows([Cohort("2026-04", 9, (1.0, 0.4))]), "USD"),
    ]


def test_every_chart_is_drawn(books: Books) -> None:
    for specification in every_chart(books):
        json.dumps(specification, allow_nan=False)
        assert charts.png(specification, 0.5).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", charts.CHARTS)
def test_a_chart_of_nothing_is_empty_and_not_broken(name: str) -> None:
    assert charts.png(charts.CHARTS[name]([], "USD"), 0.5).startswith(b"\x89PNG")


def test_the_books_of_a_shop_that_has_sold_nothing_give_no_rows() -> None:
    none = pd.DataFrame(
        columns=["day", "channel", "gross", "discount", "net", "orders", "new_customers", "amount"]
    )
    none["day"] = pd.to_datetime(none["day"])
    empty = Books(none, none, none, none)
    assert revenue_rows(empty, WEEK, "USD") == spend_rows(empty, WEEK, "USD") == []


def test_the_weeks_of_a_chart_show_what_the_books_hold(books: Books) -> None:
    last = [one for one in revenue_rows(books, WEEK, "USD") if one["of"] == "this year"][-1]
    assert last["week"] == "8 Jun 26"
    assert last["net"] == books.sum("net", WEEK) / 100
