"""What a campaign changed, and what may be said of it."""

from __future__ import annotations

import pytest

from analytics.holdout import Estimate, Foreseen, Group, Sum, conclude, measure

FORESEEN = Foreseen(rate=0.04, value=5_000, margin=0.5, worth_knowing=0.01)


def group(customers: int, ordered: int, value: float = 5_000, kept: float = 2_500) -> Group:
    """So many customers, whose orders are all alike."""
    return Group(
        customers, ordered, Sum(ordered * value, ordered * value**2), Sum(ordered * kept, ordered * kept**2)
    )


def test_the_effect_is_per_recipient_and_in_all_and_sending_costs() -> None:
    effect = measure(group(18_000, 900), group(2_000, 40), FORESEEN, send_cost=36_000)
    assert effect.orders_each.value == pytest.approx(0.03)
    assert effect.orders.value == pytest.approx(540)
    assert effect.revenue.value == pytest.approx(540 * 5_000)
    assert effect.profit.value == pytest.approx(540 * 2_500 - 36_000)
    for one in (effect.orders_each, effect.orders, effect.revenue, effect.profit):
        assert one.low is not None
        assert one.high is not None
        assert one.value is not None
        assert one.low < one.value < one.high
    assert effect.orders.low == pytest.approx((effect.orders_each.low or 0) * 18_000)


@pytest.mark.parametrize(
    ("treated", "held_out", "conclusion", "settled"),
    [
        ((18_000, 900), (2_000, 40), "works", True),
        ((1_800, 60), (200, 20), "hurts", True),
        ((18_000, 720), (18_000, 720), "no difference", True),
        ((1_800, 60), (200, 3), "too early", False),
        ((114, 8), (13, 0), "too early", False),
        ((10, 0), (2, 0), "too early", False),
    ],
)
def test_what_can_be_concluded(
    treated: tuple[int, int], held_out: tuple[int, int], conclusion: str, settled: bool
) -> None:
    ours, theirs = group(*treated), group(*held_out)
    found = conclude(ours, theirs, measure(ours, theirs, FORESEEN), FORESEEN, recipients_a_week=120)
    assert found.conclusion == conclusion
    assert (found.more_recipients.value == 0) is settled
    assert found.more_weeks.value == -(-int(found.more_recipients.value or 0) // 120)


def test_no_difference_says_how_large_one_could_still_be() -> None:
    ours, theirs = group(18_000, 720), group(18_000, 720)
    found = conclude(ours, theirs, measure(ours, theirs, FORESEEN), FORESEEN)
    assert found.no_bigger_than.value is not None
    assert 0 < found.no_bigger_than.value < FORESEEN.worth_knowing


def test_so_many_more_recipients_would_have_settled_it() -> None:
    ours, theirs = group(1_800, 108), group(200, 6)
    early = conclude(ours, theirs, measure(ours, theirs, FORESEEN), FORESEEN)
    assert early.conclusion == "too early"
    assert early.more_recipients.value
    times = (2_000 + early.more_recipients.value) / 2_000
    later_ours, later_theirs = (
        group(round(one.customers * times), round(one.ordered * times)) for one in (ours, theirs)
    )
    later = conclude(later_ours, later_theirs, measure(later_ours, later_theirs, FORESEEN), FORESEEN)
    assert later.conclusion == "works"
    half = 1 + (times - 1) / 4
    some, others = (group(round(one.customers * half), round(one.ordered * half)) for one in (ours, theirs))
    assert conclude(some, others, measure(some, others, FORESEEN), FORESEEN).conclusion == "too early"


def test_what_is_believed_moves_the_guess_of_how_many_more() -> None:
    ours, theirs = group(1_800, 60), group(200, 3)
    effect = measure(ours, theirs, FORESEEN)
    hopeful = conclude(ours, theirs, effect, FORESEEN, believed=0.03).more_recipients.value
    modest = conclude(ours, theirs, effect, FORESEEN, believed=0.015).more_recipients.value
    assert hopeful
    assert modest
    assert hopeful < modest
    hopeless = Foreseen(rate=0.04, worth_knowing=0.00001)
    assert conclude(ours, theirs, effect, hopeless, believed=0.0).more_recipients.reason == (
        "a difference so small would take more than 8,192,000 recipients"
    )


def test_weeks_are_unknown_without_new_recipients() -> None:
    ours, theirs = group(1_800, 60), group(200, 3)
    found = conclude(ours, theirs, measure(ours, theirs, FORESEEN), FORESEEN, recipients_a_week=0)
    assert found.more_weeks.value is None
    assert found.more_weeks.reason == "it is not known how many new recipients a week brings"


def test_nobody_held_out_is_nothing_measured() -> None:
    for ours, theirs, reason in (
        (group(100, 5), group(0, 0), "nobody was held out"),
        (group(0, 0), group(100, 5), "nobody was written to"),
    ):
        effect = measure(ours, theirs, FORESEEN)
        found = conclude(ours, theirs, effect, FORESEEN)
        assert found.conclusion == "not measured"
        assert effect.profit == Estimate(reason=f"{reason}, so nothing can be measured")
        assert found.more_recipients.reason == f"{reason}, so nothing can be measured"


def test_amounts_of_few_orders_are_not_compared() -> None:
    effect = measure(group(1_800, 60), group(200, 3), FORESEEN)
    assert effect.revenue.value is None
    assert effect.revenue.reason == "amounts can be compared from 5 orders on each side; one has 3"
    assert effect.orders.value is not None


@pytest.mark.parametrize(("kept", "pays"), [(2_500, "yes"), (-4_000, "no"), (10, "not known")])
def test_more_orders_may_or_may_not_pay(kept: float, pays: str) -> None:
    ours, theirs = group(40_000, 2_400, kept=kept), group(10_000, 300, kept=kept)
    effect = measure(ours, theirs, FORESEEN, send_cost=10_000)
    found = conclude(ours, theirs, effect, FORESEEN)
    assert (found.conclusion, found.pays) == ("works", pays)


def test_impossible_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot have ordered"):
        Group(10, 11)
    with pytest.raises(ValueError, match="no number"):
        Group(10, 1, Sum(float("nan"), 1.0))
