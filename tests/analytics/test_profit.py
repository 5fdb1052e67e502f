"""What a campaign may bring and cost, and when finance says no."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from analytics.profit import Expected, Impossible, Rate, Terms, expect
from analytics.uplift import Belief, believe

SURE = Belief(mean=0.02, error=0.005, campaigns=5, source="test")
TERMS = Terms(
    recipients=1_000,
    usual=Rate(300, 10_000),
    value=5_000.0,
    value_error=150.0,
    margin=0.6,
    offer_share=0.1,
    send_cost_each=2.0,
)


def expected(belief: Belief = SURE, **changes: Any) -> Expected:
    found = expect(dataclasses.replace(TERMS, **changes), belief)
    assert isinstance(found, Expected)
    return found


def test_offers_are_also_given_to_who_would_have_bought_anyway() -> None:
    found = expected()
    more, usual = 20.0, 1_000 * 300.5 / 10_001
    assert found.orders.value == pytest.approx(more)
    assert found.usual_orders.value == pytest.approx(usual)
    assert found.offers.value == pytest.approx((more + usual) * 500)
    assert found.revenue.value == pytest.approx(more * 5_000 - (more + usual) * 500)
    assert found.profit.value == pytest.approx(more * 5_000 * 0.6 - (more + usual) * 500 - 2_000)
    assert found.cost.value == pytest.approx(found.offers.value + 2_000)


def test_the_intervals_are_those_of_many_draws() -> None:
    chance = np.random.default_rng(2)
    more = 1_000 * chance.normal(SURE.mean, SURE.error, 400_000)
    usual = 1_000 * chance.normal(TERMS.usual.mean, TERMS.usual.error, 400_000)
    value = chance.normal(TERMS.value, TERMS.value_error, 400_000)
    profit = more * value * 0.6 - (more + usual) * 0.1 * value - 2_000
    low, high = np.quantile(profit, [0.1, 0.9])
    found = expected()
    assert (found.profit.low, found.profit.high) == pytest.approx((low, high), rel=0.01)
    assert (found.orders.low, found.orders.high) == pytest.approx(
        tuple(np.quantile(more, [0.1, 0.9])), rel=0.01
    )


def test_finance_agrees_where_it_may_well_pay() -> None:
    assert expected().agreed
    assert expected(believe(), offer_share=0.0).agreed, "weak evidence alone is no reason to refuse"


def test_finance_refuses_what_can_only_lose() -> None:
    found = expected(believe(), offer_share=0.3)
    assert found.profit.high < 0
    assert [one.kind for one in found.refusals] == ["loss"]


def test_finance_refuses_what_the_budget_does_not_bear() -> None:
    upper = math.ceil(expected().cost.high)
    assert expected(budget=upper).agreed
    assert [one.kind for one in expected(budget=upper - 2).refusals] == ["budget"]
    none = expected(budget=0)
    assert [one.kind for one in none.refusals] == ["budget"]
    assert none.refusals[0].reason == "its expected cost is above the budget"
    free = expected(budget=0, offer_share=0.0, send_cost_each=0.0)
    assert free.agreed, "what costs nothing needs no budget"


def test_no_more_orders_are_lost_than_would_have_come() -> None:
    found = expected(Belief(-0.05, 0.05, 1, "test"), offer_share=0.0)
    assert found.orders.low == pytest.approx(-found.usual_orders.value)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"recipients": 0}, "nobody", "nobody is left to write to"),
        ({"offer_share": 1.1}, "offer", "an offer of 110% is not from 0% to under 100%"),
        ({"offer_share": 1.0}, "offer", "100%"),
        ({"offer_share": -0.1}, "offer", "-10%"),
        ({"offer_share": NAN}, "offer", "no number"),
        ({"offer_share": 0.0, "offer_amount": 5_000}, "offer", "as much as a whole order"),
        ({"offer_amount": -1}, "offer", "less than nothing"),
        ({"margin": NAN}, "margin", "no number"),
        ({"margin": 1.5}, "margin", "150%"),
        ({"value": 0.0}, "value", "not known"),
        ({"value": NAN}, "value", "not known"),
        ({"value": INF}, "value", "not known"),
        ({"value_error": NAN}, "value", "not known"),
        ({"send_cost_each": NAN}, "cost", "less than nothing"),
        ({"usual": Rate(3, 2)}, "rate", "not known"),
        ({"budget": -1}, "budget", "less than nothing"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_a_reason(
    changes: dict[str, Any], kind: str, said: str
) -> None:
    found = expect(dataclasses.replace(TERMS, **changes), SURE)
    assert isinstance(found, Impossible)
    assert found.kind == kind
    assert said in found.reason


def test_customers_of_whom_nothing_is_known_give_numbers_all_the_same() -> None:
    found = expected(usual=Rate(0, 0))
    for one in (found.orders, found.usual_orders, found.revenue, found.profit, found.offers, found.cost):
        assert all(math.isfinite(end) for end in (one.value, one.low, one.high))
