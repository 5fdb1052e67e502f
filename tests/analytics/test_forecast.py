"""The month ahead: an interval that is measured, and silence where there is too little to go by."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.books import Books
from analytics.forecast import forecast_month
from analytics.period import Period, last_complete_week

WEEK = last_complete_week(date(2026, 6, 17))


def steady_books(days: int, noise: float = 400.0) -> Books:
    """A shop that sells about 100.00 on weekdays and half of it on Sundays."""
    chance = np.random.default_rng(5)
    first = WEEK.end - timedelta(days=days)
    dates = pd.date_range(first, WEEK.last, freq="D")
    usual = np.where(dates.dayofweek == 6, 5_000, 10_000)
    net = (usual + chance.normal(0, noise, len(dates))).astype(int)
    sold = pd.DataFrame(
        {"day": dates, "channel": "email", "net": net, "gross": net, "discount": 0, "orders": 5}
    )
    sold["new_customers"] = 1
    empty = pd.DataFrame(columns=["day", "channel", "amount", "month", "item"])
    return Books(sold, empty, empty, empty)


def test_a_steady_shop_goes_on_as_before_and_the_interval_holds() -> None:
    found = forecast_month(steady_books(500), WEEK, 0.8, 180)
    june = sum(5_000 if (date(2026, 6, day)).weekday() == 6 else 10_000 for day in range(1, 31))
    assert found.value == pytest.approx(june, rel=0.03)
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert found.so_far < found.low < found.value < found.high
    assert found.origins >= 20
    assert 0.6 <= (found.coverage or 0) <= 1
    assert {one.model for one in found.beside} == {"AutoETS", "DynamicOptimizedTheta"}


def test_days_that_are_past_are_counted_not_foretold() -> None:
    books = steady_books(500)
    assert forecast_month(books, WEEK, 0.8, 180).so_far == books.sum(
        "net", Period(date(2026, 6, 1), WEEK.end)
    )


def test_below_the_gate_there_is_a_reason_in_place_of_a_number() -> None:
    found = forecast_month(steady_books(90), WEEK, 0.8, 180)
    assert (found.value, found.low, found.coverage) == (None, None, None)
    assert found.reason == "90 days of orders are known; 180 are needed"
