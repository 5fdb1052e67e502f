"""What the month will bring: AutoETS and DynamicOptimizedTheta with their own intervals, and how often such held.

The days that are left of the month are one block. History is cut into blocks of the same length, backwards from now,
each day first weighed by what its weekday usually sells; the next block is what is foretold, one step ahead, so the
model's own interval is the interval of the sum. Hyndman and Khandakar (2008); Fiorucci et al. (2016). A model takes its
own variance for the truth, so its interval is too narrow where blocks are few: it is stretched, or drawn in, by the
factor that would have covered as many of the earlier blocks as it promises (split conformal prediction with scaled
errors; Lei et al., 2018). The coverage is measured by foretelling earlier blocks from what was known before each,
factor included (Gneiting and Raftery, 2007).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.books import Books, weekday_weights
from analytics.period import Period, month_of

Floats = NDArray[np.float64]

MODELS: Final = ("AutoETS", "DynamicOptimizedTheta")
_FEWEST_BLOCKS: Final = 10
_LONGEST_BLOCK: Final = 14
_ORIGINS: Final = 40
_FEWEST_MISSES: Final = 9
_LEAST_WIDTH: Final = 1e-6
_MOST_BLOCKS: Final = 160


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one model did on earlier blocks: the share of them within its interval, its mean relative error, and the
    mean interval score (lower is better), by which models are chosen: it weighs width and misses."""

    model: str
    covered: float
    error: float
    score: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The net revenue of a month in minor units: so far, and as foretold with an interval of `level`.

    `coverage` is that of the chosen model over `origins` earlier blocks; unknown values have a `reason`.
    """

    month: date
    so_far: int
    value: int | None = None
    low: int | None = None
    high: int | None = None
    level: float = 0.8
    model: str | None = None
    coverage: float | None = None
    origins: int = 0
    beside: tuple[Coverage, ...] = ()
    reason: str | None = None


class _Model(Protocol):
    def forecast(self, y: Floats, h: int, level: list[float]) -> dict[str, Any]:
        """The mean and the bounds of the next `h` values."""


def forecast_month(books: Books, week: Period, level: float, days_at_least: int) -> Forecast:
    """The month of the day after the week, from what was known at the week's end."""
    month = month_of(week.end)
    so_far = books.sum("net", Period(month.start, week.end)) if month.start < week.end else 0
    left = list(pd.date_range(week.end, month.last, freq="D"))
    sold = books.daily("net", week.end)
    if len(sold) < days_at_least:
        return Forecast(
            month.start, so_far, reason=f"{len(sold)} days of orders are known; {days_at_least} are needed"
        )
    weights = np.array(weekday_weights(books, week)) * 7
    factor = float(sum(weights[day.weekday()] for day in left)) / len(left)
    # A block is two weeks at most: of longer ones there would be too few to learn from.
    length = min(len(left), _LONGEST_BLOCK)
    blocks = _blocks(sold, weights, length)
    if len(blocks) < _FEWEST_BLOCKS:
        return Forecast(
            month.start, so_far, reason=f"{len(blocks)} stretches of {length} days are too few to learn from"
        )
    steps = -(-len(left) // length)
    judged = [_judge(name, blocks, level) for name in MODELS]
    best, stretch = min(judged, key=lambda one: one[0].score)
    mean, low, high = _stretched(_ahead(best.model, blocks, steps, level), stretch)
    # With two blocks left the errors of both are added as if they came together: too wide rather than too narrow.
    scale = factor * len(left) / (length * steps)
    value, low_sum, high_sum = (float(each.sum()) * scale for each in (mean, low, high))
    return Forecast(
        month.start,
        so_far,
        round(so_far + value),
        round(so_far + low_sum),
        round(so_far + high_sum),
        level,
        best.model,
        best.covered,
        min(_ORIGINS, len(blocks) - _FEWEST_BLOCKS + 1),
        tuple(one for one, _ in judged),
    )


def _blocks(sold: pd.Series[int] | pd.Series[float], weights: Floats, length: int) -> Floats:
    """Sums of stretches of `length` days that end where the series ends, oldest first."""
    plain = sold.to_numpy(dtype=float) / np.maximum(weights[pd.DatetimeIndex(sold.index).dayofweek], 0.2)
    whole = len(plain) // length * length
    blocks: Floats = plain[len(plain) - whole :].reshape(-1, length).sum(axis=1)
    return blocks[-_MOST_BLOCKS:]


def _ahead(name: str, blocks: Floats, steps: int, level: float) -> tuple[Floats, Floats, Floats]:
    found = _model(name).forecast(blocks, steps, level=[level * 100])
    low, high = (next(found[key] for key in found if key.startswith(side)) for side in ("lo", "hi"))
    return np.asarray(found["mean"]), np.asarray(low), np.asarray(high)


def _stretched(ahead: tuple[Floats, Floats, Floats], factor: float) -> tuple[Floats, Floats, Floats]:
    mean, low, high = ahead
    return mean, mean - factor * (mean - low), mean + factor * (high - mean)


def _factor(misses: Sequence[float], level: float) -> float:
    """By how much intervals have to be stretched to hold `level` of such misses; 1 while these are too few."""
    if len(misses) < _FEWEST_MISSES:
        return 1.0
    place = math.ceil((len(misses) + 1) * level)
    return float(sorted(misses)[min(place, len(misses)) - 1])


def _judge(name: str, blocks: Floats, level: float) -> tuple[Coverage, float]:
    """One step ahead from each of the last origins, knowing nothing of what came later; and the factor from now on."""
    first = max(_FEWEST_BLOCKS - 1, len(blocks) - _ORIGINS)
    inside, errors, scores = [], [], []
    misses: list[float] = []
    """How far each block lay from its forecast, by the model's own distance to the bound on that side."""
    for origin in range(first, len(blocks)):
        ahead = _ahead(name, blocks[:origin], 1, level)
        (mean,), (low,), (high,) = _stretched(ahead, _factor(misses, level))
        actual = blocks[origin]
        inside.append(low <= actual <= high)
        errors.append(abs(mean - actual))
        scores.append(high - low + 2 / (1 - level) * max(low - actual, actual - high, 0))
        own = mean - ahead[1][0] if actual < mean else ahead[2][0] - mean
        misses.append(abs(mean - actual) / max(own, _LEAST_WIDTH * abs(mean), 1e-9))
    typical = float(np.mean(np.abs(blocks[first:]))) or 1.0
    judged = Coverage(
        name, float(np.mean(inside)), float(np.mean(errors)) / typical, float(np.mean(scores)) / typical
    )
    return judged, _factor(misses, level)


def _model(name: str) -> _Model:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsforecast import models  # noqa: PLC0415 - seconds, and only for a forecast

    model: _Model = getattr(models, name)(season_length=1)
    return model
