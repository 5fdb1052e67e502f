"""How good rankings and confidences are. Pure: arrays in, numbers out; `None` where a figure has no meaning."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def hit_at(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """1 if one of the first `depth` documents is a gold one, else 0."""
    return float(any(each in gold for each in ranked[:depth]))


def ndcg_at(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Normalised discounted cumulative gain with binary relevance, in [0, 1] (Järvelin & Kekäläinen 2002)."""
    gain = sum(1 / math.log2(rank + 2) for rank, each in enumerate(ranked[:depth]) if each in gold)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(gold))))
    return gain / ideal if ideal else 0.0


def auroc(confidence: ArrayLike, positive: ArrayLike) -> float | None:
    """The probability that a positive has more confidence than a negative, ties half (Hanley & McNeil 1982)."""
    scores, labels = _pair(confidence, positive)
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        return None
    ranks = _average_ranks(scores)
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def aurc(confidence: ArrayLike, right: ArrayLike) -> float | None:
    """The area under risk over coverage, most confident first; smaller is better (Geifman & El-Yaniv 2017)."""
    scores, labels = _pair(confidence, right)
    if not len(scores):
        return None
    wrong = ~labels[np.argsort(-scores, kind="stable")]
    return float(np.mean(np.cumsum(wrong) / np.arange(1, len(wrong) + 1)))


def ece(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> float | None:
    """Expected calibration error over bins of equal mass, in [0, 1] (Naeini et al. 2015; Nixon et al. 2019)."""
    scores, labels = _pair(confidence, right)
    if not len(scores):
        return None
    parts = [part for part in np.array_split(np.argsort(scores, kind="stable"), bins) if len(part)]
    gaps = [abs(scores[part].mean() - labels[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(scores))


def percentile(values: ArrayLike, share: float) -> float | None:
    """The value below which `share` (0 to 1) of `values` lie, interpolated; `None` for no values."""
    numbers = np.asarray(values, float)
    return float(np.quantile(numbers, share)) if numbers.size else None


def _pair(scores: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    numbers, truths = np.asarray(scores, float), np.asarray(labels, bool)
    if numbers.shape != truths.shape or numbers.ndim != 1:
        raise ValueError(f"one score a label is needed; got shapes {numbers.shape} and {truths.shape}")
    return numbers, truths


def _average_ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing the mean of theirs."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[places])
