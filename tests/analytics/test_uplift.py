"""What is believed of a win-back mail, before and after one's own results."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.uplift import HILLSTROM, Measured, Prior, believe, measured
from benchmarks.experiments import HILLSTROM as FILE
from tests.analytics.small_shop import TablesOf
from tests.shared_data import missing


def test_before_any_own_result_it_is_hillstroms_and_says_so() -> None:
    found = believe()
    assert found.mean == pytest.approx(0.0031, abs=0.0001)
    assert (found.campaigns, found.weak) == (0, True)
    assert "Hillstrom" in found.source
    low, high = found.interval(0.8)
    assert low < 0 < high, "another shop's mail may do nothing at all"


def test_the_prior_is_what_hillstroms_data_say() -> None:
    if not FILE.is_file():
        missing("the data set shared/data/retail is not here; a plain clone lacks it")
    log = pd.read_csv(FILE)
    rates = log.groupby("segment")["conversion"].mean()
    assert HILLSTROM.mean == pytest.approx(rates["Womens E-Mail"] - rates["No E-Mail"], abs=1e-12)


def test_own_results_take_over_as_they_come() -> None:
    one = Measured(300, 24, 33, 1)
    large = Measured(20_000, 400, 2_000, 20)
    first, later, latest = believe([one]), believe([large] * 3), believe([large] * 12)
    assert believe().mean < first.mean < later.mean < latest.mean < 0.0101
    assert believe().error > first.error > later.error > latest.error
    assert (later.campaigns, later.weak) == (3, False)
    assert later.source == "3 campaigns of your own, beginning from Hillstrom's e-mail test"


def test_campaigns_that_differ_leave_more_doubt_than_alike_ones() -> None:
    def campaign(extra: int) -> Measured:
        return Measured(20_000, 400 + extra, 20_000, 400)

    alike = believe([campaign(100)] * 4)
    differing = believe([campaign(extra) for extra in (-100, 0, 200, 300)])
    assert differing.error > 1.15 * alike.error


def test_the_posterior_is_that_of_many_draws() -> None:
    """By weighing draws from the prior with the likelihood of the results."""
    prior = Prior(0.004, 0.004, 0.003, "test")
    results = [Measured(3_000, 150, 600, 21), Measured(2_000, 60, 400, 10), Measured(5_000, 200, 500, 16)]
    chance = np.random.default_rng(4)
    mu = chance.normal(prior.mean, prior.error, 400_000)
    tau = np.abs(chance.normal(0, prior.differ, 400_000))
    log = np.zeros(len(mu))
    for one in results:
        spread = one.error**2 + tau**2
        log += -0.5 * (np.log(spread) + (one.effect - mu) ** 2 / spread)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean = float(weight @ mu)
    error = math.sqrt(float(weight @ (tau**2 + (mu - mean) ** 2)))
    found = believe(results, prior)
    assert found.mean == pytest.approx(mean, abs=0.00005)
    assert found.error == pytest.approx(error, rel=0.01)


def test_a_holdout_without_orders_is_no_certainty() -> None:
    assert Measured(100, 5, 10, 0).error > 0.02


def test_campaigns_without_a_holdout_tell_nothing() -> None:
    assert believe([Measured(300, 24, 0, 0), Measured(0, 0, 20, 1)]) == believe()
    with pytest.raises(ValueError, match="impossible"):
        Measured(10, 11, 5, 0)


def test_results_come_from_the_table_of_campaigns(tables_of: TablesOf) -> None:
    row = {"started": date(2026, 1, 1), "ended": date(2026, 1, 14), "channel": "email"}
    counts = {"recipients": 300, "recipients_ordered": 24, "held_out": 33, "held_out_ordered": 1}
    tables = tables_of(
        campaigns=[
            {**row, **counts, "campaign": "a", "segment": "At Risk"},
            {**row, **counts, "campaign": "b", "segment": "Loyal", "recipients": 400},
            {**row, "campaign": "c", "segment": "At Risk", "recipients": 9},
        ]
    )
    assert measured(tables.campaigns) == [Measured(300, 24, 33, 1), Measured(400, 24, 33, 1)]
    assert measured(tables.campaigns, ["At Risk"]) == [Measured(300, 24, 33, 1)]
