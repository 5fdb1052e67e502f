"""The model of repeat orders gives what its authors published."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.clv import fit_purchases, fit_values


def cdnow() -> pd.DataFrame:
    """The 2,357 customers of the CDNOW sample until the end of September 1997, a purchase day once."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"
    names = ["master", "customer", "day", "discs", "value"]
    found = pd.read_csv(file, sep=r"\s+", header=None, names=names, dtype={"day": str})
    found["day"] = pd.to_datetime(found["day"])
    return found[found["day"] <= "1997-09-30"]


def test_the_published_fit_on_the_cdnow_sample_is_reproduced() -> None:
    days = (
        cdnow().drop_duplicates(["customer", "day"]).groupby("customer")["day"].agg(["min", "max", "count"])
    )
    last = pd.Timestamp("1997-09-30")
    model = fit_purchases(
        np.asarray(days["count"] - 1, dtype=np.float64),
        np.asarray((days["max"] - days["min"]).dt.days / 7, dtype=np.float64),
        np.asarray((last - days["min"]).dt.days / 7, dtype=np.float64),
    )
    assert len(days) == 2_357
    assert model.r == pytest.approx(0.243, abs=0.0005)
    assert model.alpha == pytest.approx(4.414, abs=0.002)
    assert model.a == pytest.approx(0.793, abs=0.001)
    assert model.b == pytest.approx(2.426, abs=0.003)
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert not model.degenerate


def test_expected_orders_grow_with_the_horizon_and_fall_with_silence() -> None:
    model = fit_purchases(
        *(
            np.array(each, dtype=float)
            for each in zip(*[(2, 20, 30), (0, 0, 30), (5, 28, 30), (1, 3, 39)] * 40, strict=True)
        )
    )
    two = np.array([3.0, 3.0])
    near, far = (
        model.expected_orders(days, two, np.array([29.0, 29.0]), np.array([30.0, 30.0]))[0]
        for days in (5.0, 50.0)
    )
    assert 0 < near < far
    silent = model.expected_orders(50.0, two, np.array([5.0, 29.0]), np.array([30.0, 30.0]))
    assert silent[0] < silent[1]


def test_a_value_of_few_orders_is_drawn_to_that_of_all() -> None:
    chance = np.random.default_rng(3)
    worth = chance.gamma(6, 5, 800)
    orders = chance.integers(1, 9, 800).astype(float)
    mean = np.array(
        [chance.gamma(4 * count, each / (4 * count)) for count, each in zip(orders, worth, strict=True)]
    )
    model = fit_values(orders, mean)
    once, often = model.expected_value(np.array([1.0, 40.0]), np.array([90.0, 90.0]))
    assert worth.mean() < once < often < 90.5
