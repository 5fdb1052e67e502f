"""The numbers of a real shop, as they are published and as they were measured once for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from analytics.churn import predict_churn, read_buyers
from analytics.clv import predict_worth
from analytics.customers import cohorts, segments
from analytics.tables import Tables, total
from integrations import open_warehouse
from integrations.settings import Settings

END = date(2011, 12, 10)


@pytest.fixture(scope="module")
def tables(online_retail: Settings) -> Iterator[Tables]:
    with open_warehouse(online_retail).reading() as found:
        yield found


def test_every_line_invoice_and_penny_is_there(tables: Tables) -> None:
    sales = tables.sales
    known = sales.filter(sales.customer_id.notnull())
    assert sales.count().to_pandas() == 541_909
    assert known.document.nunique().to_pandas() == 22_190
    assert known.customer_id.nunique().to_pandas() == 4_372
    assert total(sales.amount).to_pandas() == 974_774_793


def test_what_is_no_product_is_no_gross_revenue(tables: Tables) -> None:
    orders, sales = tables.orders, tables.sales
    sold = total(sales.amount, sales.part == "sale").to_pandas()
    assert total(orders.gross).to_pandas() <= sold < 1_027_300_000
    discounts = total(-sales.amount, sales.part == "discount").to_pandas()
    refunds = total(-sales.amount, sales.part == "refund").to_pandas()
    assert discounts == 569_622
    assert total(orders.net).to_pandas() == sold - discounts - refunds


def test_the_cohort_of_december_2010_stays_as_known(tables: Tables) -> None:
    found = cohorts(tables.orders, END)
    first = found[0]
    assert (first.month, first.size) == ("2010-12", 885)
    assert round(first.retention[1], 3) == 0.366
    assert len(first.retention) == 12, "December 2011 is not over, and masked"
    assert found[-1].retention == ()


def test_segments_hold_every_buyer_once_and_move(tables: Tables) -> None:
    buyers, before = read_buyers(tables, END), read_buyers(tables, date(2011, 12, 3))
    found = segments(buyers, before)
    assert sum(one.customers for one in found) == len(buyers) == 4_338
    assert sum(one.moved or 0 for one in found) == len(buyers) - len(before)
    assert sum(one.share for one in found) == pytest.approx(1)


def test_the_classifier_beats_recency_on_customers_that_it_has_not_seen(tables: Tables) -> None:
    found = predict_churn(tables, read_buyers(tables, END), END, 90)
    assert found.model is not None
    assert found.recency_alone is not None
    assert found.model.auc >= 0.74
    assert found.recency_alone.auc == pytest.approx(0.68, abs=0.01)
    assert found.model.brier < found.recency_alone.brier


def test_a_model_of_worth_that_degenerates_says_so(tables: Tables) -> None:
    buyers = read_buyers(tables, END)
    known = (buyers["first_day"].max() - buyers["first_day"]).dt.days + 1
    found = predict_worth(buyers, known, 0.5, 0.1)
    assert found.predicted is None
    assert found.reason is not None
    assert "degenerates" in found.reason
