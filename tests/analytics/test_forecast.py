"""The month ahead: an interval that is measured, and silence where there is too little to go by."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.books import Books
from analytics.forecast import _ahead, _factor, _judge, forecast_month
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


def test_the_interval_is_stretched_where_the_models_own_is_too_narrow_and_drawn_in_where_too_wide() -> None:
    """Few blocks and their noise known exactly: a model that takes its own variance for the truth covers too few."""
    chance = np.random.default_rng(3)
    shops = [1000 + chance.normal(0, 200, 50) for _ in range(8)]
    judged = [_judge("AutoETS", blocks, 0.8) for blocks in shops]
    own = [
        low[0] <= blocks[at] <= high[0]
        for blocks in shops
        for at in range(9, len(blocks))
        for _, low, high in [_ahead("AutoETS", blocks[:at], 1, 0.8)]
    ]
    covered = float(np.mean([one.covered for one, _ in judged]))
    assert abs(covered - 0.8) < abs(float(np.mean(own)) - 0.8)
    assert 0.74 <= covered <= 0.86
    assert all(0.3 < factor < 3 for _, factor in judged)


@pytest.mark.parametrize(
    ("misses", "level", "factor"),
    [
        ([], 0.8, 1.0),
        ([5.0] * 8, 0.8, 1.0),  # too few to go by
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.8, 0.8),  # eight of nine, and one to come
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 9.0], 0.95, 9.0),
    ],
)
def test_the_factor_is_the_one_that_would_have_held(misses: list[float], level: float, factor: float) -> None:
    assert _factor(misses, level) == factor
