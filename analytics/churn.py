"""Who is about to stop buying: the probability of no order in the next days, by a classifier on a time split.

It learns at one day what happened in the days after it, is judged at a later day that it has not seen, and is then
fitted anew at that day to look ahead. Recency alone stands beside it as the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.tables import Tables, standing_at

if TYPE_CHECKING:
    from ibis import Table

Floats = NDArray[np.float64]

_OF_EACH: Final = ("first_day", "last_day", "recency", "orders", "net", "median_gap")
_MOST_TO_LEARN_FROM: Final = 40_000
_MOST_TO_JUDGE_BY: Final = 100_000
"""Of more customers every so many-th is asked: an AUC is then known to within .004, 19 times of 20."""
_EPSILON: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Quality:
    """How good probabilities are: AUC (higher is better) and Brier score (lower is better)."""

    auc: float
    brier: float


@dataclass(frozen=True)
class Churn:
    """A probability a customer by number, and how well such held; None with a reason where there is none."""

    probability: pd.Series[float] | None
    reason: str | None = None
    model: Quality | None = None
    recency_alone: Quality | None = None
    judged: int = 0
    judged_at: date | None = None


@dataclass(frozen=True, slots=True)
class _Logistic:
    """Weights on standardised features; found by Newton steps, which take milliseconds where scikit-learn's
    import alone takes seconds."""

    centre: Floats
    scale: Floats
    weights: Floats

    def probability(self, features: Floats) -> Floats:
        score = self.weights[0] + ((features - self.centre) / self.scale) @ self.weights[1:]
        result: Floats = 1 / (1 + np.exp(-np.clip(score, -35, 35)))
        return result


def _fit(features: Floats, label: Floats, penalty: float = 1.0) -> _Logistic:
    centre, scale = features.mean(axis=0), features.std(axis=0) + _EPSILON
    x = np.column_stack([np.ones(len(features)), (features - centre) / scale])
    weights = np.zeros(x.shape[1])
    ridge = penalty * np.eye(x.shape[1])
    ridge[0, 0] = 0
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -35, 35)))
        gradient = x.T @ (p - label) + ridge @ weights
        step = np.linalg.solve(x.T @ (x * (p * (1 - p) + _EPSILON)[:, None]) + ridge, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return _Logistic(centre, scale, weights)


def read_buyers(tables: Tables, day: date) -> pd.DataFrame:
    """The customers as of a day, by their number, in the order of their ids; `customer_id` and `segment` beside."""
    return _frame(tables.buyers(day).select("person", "customer_id", "segment", *_OF_EACH))


def _frame(people: Table) -> pd.DataFrame:
    """As compact as can be: there may be millions of them."""
    import pyarrow as pa  # noqa: PLC0415 - with the engine

    rows = people.to_pyarrow()
    columns = {}
    for name in rows.column_names:
        column = rows.column(name)
        if pa.types.is_date(column.type):
            columns[name] = column.cast(pa.timestamp("s")).to_pandas()
        elif name == "segment":
            columns[name] = column.dictionary_encode().to_pandas()
        elif name == "customer_id":
            columns[name] = column.to_pandas(types_mapper=pd.ArrowDtype)
        else:
            columns[name] = column.to_pandas()
    return pd.DataFrame(columns, copy=False).set_index("person").sort_index()


def predict_churn(tables: Tables, buyers: pd.DataFrame, day: date, ahead: int) -> Churn:
    """The probability that a customer does not order in the `ahead` days from `day` on. `buyers` are as of `day`.

    Of very many customers it is learnt from, and judged by, every so many-th.
    """
    judged_at, learnt_at = day - timedelta(days=ahead), day - timedelta(days=2 * ahead)
    first = buyers["first_day"].min()
    if pd.isna(first) or (pd.Timestamp(learnt_at) - first).days < ahead // 2:
        needed = 2 * ahead + ahead // 2
        return Churn(
            None,
            f"a classifier on a time split needs orders of {needed} days; the first was {_since(first, day)} ago",
        )
    every = -(-len(buyers) // _MOST_TO_JUDGE_BY)
    then, earlier = (
        _frame(standing_at(tables.documents, at, every).select("person", *_OF_EACH))
        for at in (judged_at, learnt_at)
    )
    label = _stopped(then, buyers, judged_at)
    early_label = _stopped(earlier, then, learnt_at)
    if min(early_label.sum(), label.sum()) < 25 or min((1 - early_label).sum(), (1 - label).sum()) < 25:
        return Churn(None, "too few customers have stopped, or have come back, to learn from")
    learnt = _learn(_features(earlier, learnt_at), early_label)
    alone = _learn(_recency(earlier), early_label)
    final = _learn(_features(then, judged_at), label)
    return Churn(
        pd.Series(final.probability(_features(buyers, day)), index=buyers.index),
        model=_quality(learnt.probability(_features(then, judged_at)), label),
        recency_alone=_quality(alone.probability(_recency(then)), label),
        judged=len(then),
        judged_at=judged_at,
    )


def _since(first: pd.Timestamp, day: date) -> str:
    return "never" if pd.isna(first) else f"{(pd.Timestamp(day) - first).days} days"


def _stopped(people: pd.DataFrame, later: pd.DataFrame, day: date) -> Floats:
    """1 for everybody who has not ordered from `day` until `later` was taken."""
    last = later["last_day"].reindex(people.index)
    return np.asarray(last < pd.Timestamp(day), dtype=np.float64)


def _learn(features: Floats, label: Floats) -> _Logistic:
    every = max(1, -(-len(features) // _MOST_TO_LEARN_FROM))
    return _fit(features[::every], label[::every])


def _features(people: pd.DataFrame, day: date) -> Floats:
    recency = people["recency"].to_numpy(dtype=float)
    age = (pd.Timestamp(day) - people["first_day"]).dt.days.to_numpy(dtype=float)
    orders = people["orders"].to_numpy(dtype=float)
    gap = people["median_gap"].to_numpy(dtype=float)
    usual = np.where(np.isnan(gap), age + 30, gap + 1)
    return np.column_stack(
        [
            np.log1p(recency),
            recency / 100,
            np.log1p(age),
            np.log(orders),
            np.log(orders) ** 2,
            np.log1p(np.maximum(people["net"].to_numpy(dtype=float), 0)),
            np.log1p(recency / usual),
            np.log(usual),
            np.log(orders / (age + 30)),
            (orders == 1).astype(float),
            np.log1p(recency) * np.log(orders),
        ]
    )


def _recency(people: pd.DataFrame) -> Floats:
    recency = people["recency"].to_numpy(dtype=float)
    return np.column_stack([np.log1p(recency), recency / 100])


def _quality(probability: Floats, label: Floats) -> Quality:
    ranks = pd.Series(probability).rank().to_numpy()
    positive = label.sum()
    auc = (ranks[label == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(label) - positive))
    return Quality(float(auc), float(np.mean((probability - label) ** 2)))
