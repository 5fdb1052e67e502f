"""Intervals that may be looked at as often as one likes, by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.always_valid import mean_difference, rate_difference
from benchmarks.experiments import A_A, GOALS, KNOWN, Scenario, covered, false_alarms


@pytest.mark.parametrize("scenario", A_A, ids=str)
def test_a_campaign_without_effect_looked_at_30_times_seldom_alarms(scenario: Scenario) -> None:
    in_orders, in_revenue = false_alarms(scenario, 1_000, 40)
    assert in_orders <= GOALS["false_alarms"]
    assert in_revenue <= GOALS["false_alarms"]


@pytest.mark.parametrize("scenario", KNOWN, ids=str)
def test_a_known_effect_lies_in_its_interval(scenario: Scenario) -> None:
    inside, in_revenue, _, wider = covered(scenario, 500, 50)
    assert inside >= GOALS["covered"]
    assert in_revenue >= GOALS["covered"]
    assert wider < 2.1, "beside an interval that holds at one look only"


def test_a_large_effect_is_found() -> None:
    *_, found, _ = covered(Scenario(20_000, 0.1, 0.06, 0.03), 200, 60)
    assert found > 0.95


def test_the_shadow_of_the_set_is_the_interval() -> None:
    """The same bounds as by searching a fine grid of both sums of rates."""
    ordered, people, control, others, planned, alpha = 30, 900, 2, 100, 0.03, 0.05
    bounds = rate_difference(ordered, people, control, others, planned_rate=planned, alpha=alpha)
    trust = [
        (math.sqrt(part**2 + 4 * part) - part) / 2
        for part in (7.8 * (1 / one) / (1 / people + 1 / others) for one in (people, others))
    ]
    weights = [
        max(one * planned * (1 - each) / each, 0.5) for one, each in zip((people, others), trust, strict=True)
    ]

    def log_mixture(count: int, weight: float, sums: np.ndarray) -> np.ndarray:
        fixed = weight * math.log(weight) + math.lgamma(weight + count) - math.lgamma(weight)
        return np.asarray(fixed - (weight + count) * np.log(weight + sums) + sums)

    ours, theirs = np.linspace(0, 120, 2_401), np.linspace(0, 60, 2_401)
    whole = (
        log_mixture(ordered, weights[0], ours)[:, None] + log_mixture(control, weights[1], theirs)[None, :]
    )
    inside = whole <= -math.log(alpha)
    differences = (ours[:, None] / people - theirs[None, :] / others)[inside]
    assert float(bounds.low) == pytest.approx(differences.min(), abs=5e-4)
    assert float(bounds.high) == pytest.approx(differences.max(), abs=5e-4)


def test_both_sides_are_treated_alike_and_more_people_tell_more() -> None:
    one = rate_difference(40, 1_000, 6, 300, planned_rate=0.03, alpha=0.05)
    other = rate_difference(6, 300, 40, 1_000, planned_rate=0.03, alpha=0.05)
    assert (float(one.low), float(one.high)) == pytest.approx((-float(other.high), -float(other.low)))
    many = rate_difference(400, 10_000, 60, 3_000, planned_rate=0.03, alpha=0.05)
    assert float(many.high - many.low) < float(one.high - one.low) / 2


def test_no_orders_at_all_are_no_effect_and_no_certainty() -> None:
    bounds = rate_difference(0, 900, 0, 100, planned_rate=0.03, alpha=0.05)
    assert -1 <= float(bounds.low) < 0 < float(bounds.high) < 0.05


def test_nobody_and_less_than_nothing_are_refused() -> None:
    for counts in ((1, 0, 1, 10), (-1, 10, 1, 10)):
        with pytest.raises(ValueError, match="counts"):
            rate_difference(*counts, planned_rate=0.03, alpha=0.05)


def test_a_mean_without_spread_still_has_a_width() -> None:
    bounds = mean_difference(1.0, 0.0, 0.0, 0.0, planned=0.25, alpha=0.05)
    assert float(bounds.low) < 1.0 < float(bounds.high)
