"""Intervals that hold however often one looks, and whenever one stops: confidence sequences.

A campaign is looked at while its orders come in, so a look is a moment of the calendar, not one more recipient. Until
any moment the orders of one side less what its buyers' rates let expect are a martingale; both intervals rest on that.

* Orders: exact at any count, also 0. Under a rate that sums to L, the Gamma mixture of Poisson likelihood ratios is a
  martingale that starts at 1 and so exceeds 1 / alpha with probability alpha at most (Ville; Howard, Ramdas,
  McAuliffe and Sekhon, 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences"). The pairs of both
  sides' L at which the product of two such mixtures stays below 1 / alpha are a convex set; its shadow on the
  difference is the interval. An asymptotic one, as below, would give false alarms where a holdout has few orders.
* Money: amounts have no known bound, so the interval is asymptotic (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
  2024, "Time-uniform central limit theory and asymptotic confidence sequences"), a normal mixture in the variance that
  has come in so far. It is for who has enough orders on both sides.

All is vectorised: numbers or arrays of one shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TUNED: Final = (
    8.3  # where a mixture is narrowest at 95%: expected by prior weight (Howard et al., section 3.5)
)
_SHARED: Final = 7.8  # the same for two mixtures that share one alpha, a side of all the variance
_LEAST_WEIGHT: Final = 0.5
_STEPS: Final = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """The ends of intervals."""

    low: Floats
    high: Floats


def rate_difference(
    treated: Any, treated_people: Any, control: Any, control_people: Any, *, planned_rate: float, alpha: float
) -> Bounds:
    """The interval of (orders a person, treated) - (orders a person, control) from counts of who has ordered.

    `planned_rate`, orders a person as foreseen before the first, makes the interval narrow there; it is valid anyway.
    """
    arguments = (treated, treated_people, control, control_people)
    one, many, other, others = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in arguments))
    if (one < 0).any() or (other < 0).any() or (many <= 0).any() or (others <= 0).any():
        raise ValueError("counts are 0 or more, of one person at least")
    up = _Side(one, many, _weight(many, others, planned_rate))
    down = _Side(other, others, _weight(others, many, planned_rate))
    return Bounds(np.clip(-_highest(down, up, alpha), -1, 1), np.clip(_highest(up, down, alpha), -1, 1))


@dataclass(frozen=True, slots=True)
class _Side:
    """One side: its orders, its people, and the weight of the prior of its mixture, in orders."""

    count: Floats
    people: Floats
    weight: Floats

    def constant(self) -> Floats:
        """The part of the mixture's logarithm in which the sum of rates does not stand."""
        from scipy.special import gammaln  # noqa: PLC0415 - half a second

        weight, count = self.weight, self.count
        constant: Floats = weight * np.log(weight) + gammaln(weight + count) - gammaln(weight)
        return constant

    def varying(self, rates: Floats) -> Floats:
        """The other part."""
        varying: Floats = rates - (self.weight + self.count) * np.log(self.weight + rates)
        return varying

    def at(self, slope: Floats) -> Floats:
        """The sum of rates at which the mixture's logarithm has this slope a person; 0 where it has it nowhere."""
        rates: Floats = np.maximum((self.weight + self.count) / (1 - slope / self.people) - self.weight, 0)
        return rates


def _highest(up: _Side, down: _Side, alpha: float) -> Floats:
    """The largest difference of rates in the set: where its edge and the difference have the same slope."""
    room = -np.log(alpha) - up.constant() - down.constant()
    near, far = np.zeros_like(up.count), up.people
    for _ in range(_STEPS):
        slope = (near + far) / 2
        inside = up.varying(up.at(slope)) + down.varying(down.at(-slope)) <= room
        near, far = np.where(inside, slope, near), np.where(inside, far, slope)
    highest: Floats = up.at(near) / up.people - down.at(-near) / down.people
    return highest


def _weight(people: Floats, others: Floats, planned: float) -> Floats:
    """The prior's weight that makes the interval narrow: light on the side of few people, whose noise counts most."""
    part = _SHARED * (1 / people) / (1 / people + 1 / others)
    trust = (np.sqrt(part**2 + 4 * part) - part) / 2
    weight: Floats = np.maximum(people * planned * (1 - trust) / trust, _LEAST_WEIGHT)
    return weight


def mean_difference(
    treated: Any, treated_variance: Any, control: Any, control_variance: Any, *, planned: float, alpha: float
) -> Bounds:
    """The asymptotic interval of a difference of two means a person.

    A variance is the sum of the squares of what each person brought, by the square of the number of persons.
    `planned` is the sum of both as foreseen; there the interval is narrow.
    """
    spread = np.asarray(treated_variance, dtype=float) + np.asarray(control_variance, dtype=float)
    prior = max(planned / _TUNED, 1e-12)
    width = np.sqrt((spread + prior) * (np.log((spread + prior) / prior) - 2 * np.log(alpha)))
    middle = np.asarray(treated, dtype=float) - np.asarray(control, dtype=float)
    return Bounds(middle - width, middle + width)
