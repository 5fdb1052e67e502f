"""How good retrieval and confidence are. All functions are pure; shares and rates are in [0, 1]."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def hit_at(k: int, ranked: Sequence[str], gold: Collection[str]) -> float:
    """1 if one of the first `k` distinct ranked documents is gold, else 0."""
    return float(any(document in gold for document in list(dict.fromkeys(ranked))[:k]))


def ndcg_at(k: int, ranked: Sequence[str], gold: Collection[str]) -> float:
    """Normalised discounted cumulative gain over distinct documents with binary relevance.

    DCG = sum of rel_i / log2(i + 1) over ranks i = 1..k, divided by that of an ideal ranking (Jarvelin and
    Kekalainen 2002). 0 where nothing is gold.
    """
    documents = list(dict.fromkeys(ranked))[:k]
    gain = sum(1 / math.log2(i + 2) for i, document in enumerate(documents) if document in gold)
    ideal = sum(1 / math.log2(i + 2) for i in range(min(k, len(set(gold)))))
    return gain / ideal if ideal else 0.0


def auroc(scores: ArrayLike, positive: ArrayLike) -> float | None:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.

    Mann-Whitney U over the number of pairs (Hanley and McNeil 1982). None where a class is empty.
    """
    values, labels = _pair(scores, positive)
    ones, zeros = int(labels.sum()), int((1 - labels).sum())
    if not ones or not zeros:
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    upper = np.cumsum(counts)
    ranks = (upper - (counts - 1) / 2)[inverse]
    return float((ranks[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def aurc(confidence: ArrayLike, right: ArrayLike) -> float | None:
    """Area under the risk-coverage curve: the mean, over every coverage, of the error among the most confident.

    Geifman and El-Yaniv 2017; equal confidences share their mean error, so that order cannot matter. None
    where there are no rows.
    """
    values, labels = _pair(confidence, right)
    if not len(values):
        return None
    levels, inverse = np.unique(-values, return_inverse=True)
    errors = np.bincount(inverse, weights=1 - labels, minlength=len(levels))
    sizes = np.bincount(inverse, minlength=len(levels))
    smooth = (errors / sizes)[np.repeat(np.arange(len(levels)), sizes)]
    return float(np.mean(np.cumsum(smooth) / np.arange(1, len(values) + 1)))


def ece(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> float | None:
    """Expected calibration error over bins of equal mass: mean |share right - mean confidence|.

    Nguyen and O'Connor 2015, adaptive binning: rows sorted by confidence, cut into `bins` runs whose sizes
    differ by at most one, weighted by size. None where there are no rows.
    """
    values, labels = _pair(confidence, right)
    if not len(values):
        return None
    order = np.argsort(values, kind="stable")
    runs = [run for run in np.array_split(order, min(bins, len(order))) if len(run)]
    gaps = [abs(labels[run].mean() - values[run].mean()) * len(run) for run in runs]
    return float(sum(gaps) / len(values))


def answered_share(confidence: ArrayLike, threshold: float) -> float | None:
    """The share of questions answered at a threshold; None where there are no questions."""
    values = np.asarray(confidence, dtype=np.float64)
    return float((values >= threshold).mean()) if len(values) else None


def wrong_answer_rate(confidence: ArrayLike, right: ArrayLike, threshold: float) -> float | None:
    """The share of the answers given at a threshold that are not right; None where none is given."""
    values, labels = _pair(confidence, right)
    given = values >= threshold
    return float(1 - labels[given].mean()) if given.any() else None


def percentile(values: ArrayLike, share: float) -> float | None:
    """The value that `share` of all values do not exceed, interpolated; None where there are no values."""
    array = np.asarray(values, dtype=np.float64)
    return float(np.quantile(array, share)) if len(array) else None


def _pair(scores: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.asarray(scores, dtype=np.float64)
    marks = np.asarray(labels, dtype=np.float64)
    if values.shape != marks.shape or values.ndim != 1:
        raise ValueError(
            f"Scores and labels must be two lists of one length, not {values.shape}, {marks.shape}."
        )
    return values, marks
