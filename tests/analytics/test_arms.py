"""Arms find the best one on real data, and say how sure they are."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.arms import Arm, best_probabilities, fixed_shares, next_shares, standings
from benchmarks.experiments import GOALS, HILLSTROM, read_hillstrom, replay
from tests.shared_data import missing


def test_thompson_sampling_beats_random_arms_on_hillstroms_test() -> None:
    if not HILLSTROM.is_file():
        missing("the data set shared/data/retail is not here; a plain clone lacks it")
    log = read_hillstrom()
    thompson = np.mean([replay(log, seed, thompson=True) for seed in range(20)])
    at_random = np.mean([replay(log, seed, thompson=False) for seed in range(20)])
    assert at_random == pytest.approx(0.1468, abs=0.001)
    assert thompson >= GOALS["thompson"]


def test_the_same_outcomes_give_the_same_shares() -> None:
    log = [Arm("a", 40, 3), Arm("b", 41, 6), Arm("c", 39, 2)]
    assert next_shares(log) == next_shares(list(log))


@pytest.mark.parametrize(
    "arms",
    [
        [Arm("a", 400, 30), Arm("b", 400, 40), Arm("c")],
        [Arm("a", 90_000, 3_000), Arm("b", 90_000, 3_100), Arm("c", 30_000, 1_030)],
        [Arm("a", 10, 0), Arm("b", 10, 10)],
        [Arm("a"), Arm("b"), Arm("c"), Arm("d")],
    ],
)
def test_the_chance_to_be_the_best_is_that_of_many_draws(arms: list[Arm]) -> None:
    chance = np.random.default_rng(8)
    draws = np.array([chance.beta(one.successes + 1, one.sent - one.successes + 1, 200_000) for one in arms])
    drawn = np.bincount(draws.argmax(axis=0), minlength=len(arms)) / 200_000
    found = best_probabilities(arms)
    assert list(found.values()) == pytest.approx(list(drawn), abs=0.005)
    assert sum(found.values()) == pytest.approx(1)


def test_every_arm_keeps_its_minimum_and_the_best_gets_the_rest() -> None:
    shares = next_shares([Arm("a", 5_000, 500), Arm("b", 5_000, 100), Arm("c", 5_000, 100)], 0.05)
    assert shares == pytest.approx({"a": 0.90, "b": 0.05, "c": 0.05}, abs=1e-6)


def test_a_fixed_split_is_equal_or_as_wished() -> None:
    assert fixed_shares(["a", "b"]) == {"a": 0.5, "b": 0.5}
    assert fixed_shares(["a", "b"], {"a": 3, "b": 1}) == {"a": 0.75, "b": 0.25}


def test_an_arm_that_went_to_nobody_has_no_rate_but_a_chance() -> None:
    sent, fresh = standings([Arm("a", 200, 10), Arm("b")])
    assert (sent.rate.value, sent.low < 0.05 < sent.high) == (0.05, True)
    assert fresh.rate.value is None
    assert fresh.rate.reason == "it has gone to nobody yet"
    assert fresh.best > sent.best
    assert standings([]) == []


def test_impossible_arms_are_refused() -> None:
    with pytest.raises(ValueError, match="11 successes of 10"):
        Arm("a", 10, 11)
    with pytest.raises(ValueError, match="same name"):
        best_probabilities([Arm("a"), Arm("a")])
    with pytest.raises(ValueError, match="cannot have"):
        next_shares([Arm("a"), Arm("b"), Arm("c")], 0.4)
    for split in ({"a": float("nan")}, {"a": 0.0}, {"a": -1.0, "b": 2.0}):
        with pytest.raises(ValueError, match="weights"):
            fixed_shares(["a", "b"], split)
