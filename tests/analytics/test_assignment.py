"""Chance by hash: stable, uniform, and of its own for each purpose and campaign."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.assignment import hold_out, pick_arm, uniform

PEOPLE = [f"C{number:05d}" for number in range(20_000)]


def test_the_same_texts_have_the_same_place_for_ever() -> None:
    assert uniform("winback-1", "holdout", "C00001") == 0.048488699939760016
    assert uniform("winback-1", "holdout", "C00001") != uniform("winback-1", "arm", "C00001")
    assert uniform("winback-1", "holdout", "C00001") != uniform("winback-2", "holdout", "C00001")


def test_places_are_uniform_and_those_of_two_purposes_independent() -> None:
    ours = np.array([uniform("one", "holdout", each) for each in PEOPLE])
    arms = np.array([uniform("one", "arm", each) for each in PEOPLE])
    later = np.array([uniform("two", "holdout", each) for each in PEOPLE])
    for places in (ours, arms, later):
        counts = np.histogram(places, bins=20, range=(0, 1))[0]
        chi_square = ((counts - 1_000) ** 2 / 1_000).sum()
        assert chi_square < 43.8, "the 99.9% point of chi square with 19 degrees"
    assert abs(np.corrcoef(ours, arms)[0, 1]) < 0.025
    assert abs(np.corrcoef(ours, later)[0, 1]) < 0.025


@pytest.mark.parametrize(
    ("people", "share", "held"), [(127, 0.1, 13), (30, 0.1, 3), (2, 0.1, 1), (20, 0.25, 5)]
)
def test_at_least_the_share_is_held_out(people: int, share: float, held: int) -> None:
    assert len(hold_out(PEOPLE[:people], "c", share)) == held


def test_the_holdout_does_not_hang_on_order_and_hardly_on_who_else_is_there() -> None:
    whole = hold_out(PEOPLE[:1_000], "c")
    assert hold_out(reversed(PEOPLE[:1_000]), "c") == whole
    assert len(whole ^ hold_out(PEOPLE[:1_001], "c")) <= 2
    assert len(whole & hold_out(PEOPLE[:1_000], "other")) < 30


def test_one_customer_alone_cannot_be_compared_with_anybody() -> None:
    assert hold_out(["C1"], "c") == frozenset()
    assert hold_out([], "c") == frozenset()


@pytest.mark.parametrize("share", [0.0, 0.09, 0.6, float("nan")])
def test_a_holdout_too_small_or_too_large_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="holdout"):
        hold_out(PEOPLE, "c", share)


def test_arms_come_in_their_shares_whoever_is_held_out() -> None:
    shares = {"a": 0.6, "b": 0.3, "c": 0.1}
    held = hold_out(PEOPLE, "c")
    for people in (held, set(PEOPLE) - held):
        picked = [pick_arm(each, "c", shares) for each in people]
        found = {name: picked.count(name) / len(picked) for name in shares}
        assert found == pytest.approx(shares, abs=0.035)
    with pytest.raises(ValueError, match="no arm"):
        pick_arm("C1", "c", {})
