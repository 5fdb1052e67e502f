"""The arms of a test, such as three subject lines: which does best, and who gets which from now on.

Each arm's rate has a Beta posterior. Beta Thompson sampling (Thompson, 1933; Chapelle and Li, 2011) gives an arm to a
customer as often as it is probably the best; here that probability is integrated rather than drawn, so that the same
outcomes give the same shares everywhere. A customer's place among the shares is a hash (analytics/assignment.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.figures import Known

MINIMUM: Final = 0.03
"""The share that every arm keeps, so that a slow start is no verdict."""

_LEVEL: Final = 0.95
_NODES: Final = 400
_REACH: Final = 8.0  # standard deviations to either side of a mean


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: to how many it went, and how many did what was hoped for. Impossible counts raise `ValueError`."""

    name: str
    sent: int = 0
    successes: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.sent:
            raise ValueError(f"arm {self.name!r} cannot have {self.successes} successes of {self.sent}")


@dataclass(frozen=True, slots=True)
class Standing:
    """How an arm does: its rate with a 95% credible interval, and the probability that it is the best of all."""

    name: str
    sent: int
    successes: int
    rate: Known
    low: float
    high: float
    best: float


def standings(arms: Sequence[Arm]) -> list[Standing]:
    """Each arm's standing, in the order given; [] of none."""
    from scipy.special import betaincinv  # noqa: PLC0415 - half a second that `gtm --help` does without

    best = best_probabilities(arms)
    tail = (1 - _LEVEL) / 2
    return [
        Standing(
            arm.name,
            arm.sent,
            arm.successes,
            Known.of(arm.successes / arm.sent) if arm.sent else Known.unknown("it has gone to nobody yet"),
            float(betaincinv(arm.successes + 1, arm.sent - arm.successes + 1, tail)),
            float(betaincinv(arm.successes + 1, arm.sent - arm.successes + 1, 1 - tail)),
            best[arm.name],
        )
        for arm in arms
    ]


def best_probabilities(arms: Sequence[Arm]) -> dict[str, float]:
    """The probability of each arm that its rate is the highest, from uniform priors; they sum to 1."""
    if len({arm.name for arm in arms}) != len(arms):
        raise ValueError("two arms have the same name")
    if not arms:
        return {}
    hits = np.array([float(arm.successes) for arm in arms])[:, None]
    misses = np.array([float(arm.sent - arm.successes) for arm in arms])[:, None]
    mean = (hits + 1) / (hits + misses + 2)
    spread = np.sqrt(mean * (1 - mean) / (hits + misses + 3))
    near = mean + spread * np.linspace(-_REACH, _REACH, _NODES)
    rate = np.unique(np.concatenate([near[(near > 0) & (near < 1)], np.linspace(0, 1, _NODES)]))
    with np.errstate(divide="ignore", invalid="ignore"):  # none of 0 at a rate of 0
        log = np.where(hits > 0, hits * np.log(rate), 0.0) + np.where(
            misses > 0, misses * np.log1p(-rate), 0.0
        )
    density = np.exp(log - log.max(axis=1, keepdims=True))
    pieces = (density[:, 1:] + density[:, :-1]) / 2 * np.diff(rate)
    below = np.cumsum(np.pad(pieces, ((0, 0), (1, 0))), axis=1)
    density, below = density / below[:, -1:], below / below[:, -1:]
    chances: list[float] = []
    for own in range(len(arms)):
        others = np.delete(below, own, axis=0).prod(axis=0)
        chances.append(float(np.trapezoid(density[own] * others, rate)))
    whole = sum(chances)
    return {arm.name: chance / whole for arm, chance in zip(arms, chances, strict=True)}


def next_shares(arms: Sequence[Arm], minimum: float = MINIMUM) -> dict[str, float]:
    """The share of the next recipients that each arm gets: `minimum` for all, the rest by Thompson sampling."""
    if not 0 <= minimum * len(arms) <= 1:
        raise ValueError(f"{len(arms)} arms cannot have {minimum} each")
    rest = 1 - minimum * len(arms)
    return {name: minimum + rest * chance for name, chance in best_probabilities(arms).items()}


def fixed_shares(names: Sequence[str], split: Mapping[str, float] | None = None) -> dict[str, float]:
    """Shares that outcomes do not move: equal, or by `split`, whose weights need not sum to 1."""
    weights = {name: 1.0 if split is None else split.get(name, 0.0) for name in names}
    whole = sum(weights.values())
    if any(not weight >= 0 for weight in weights.values()) or not 0 < whole < float("inf"):
        raise ValueError("the weights of a split are numbers from 0 on, and not all 0")
    return {name: weight / whole for name, weight in weights.items()}
