"""Metrics against examples worked by hand and, for the area under the curve, scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from knowledge_base import metrics

RANKED = ["b", "b", "a", "c"]


def test_hits_count_distinct_documents() -> None:
    assert metrics.hit_at(1, RANKED, {"a"}) == 0
    assert metrics.hit_at(2, RANKED, {"a"}) == 1


def test_ndcg_discounts_by_rank() -> None:
    ideal = 1 + 1 / math.log2(3)
    assert metrics.ndcg_at(5, RANKED, {"a", "c"}) == pytest.approx((1 / math.log2(3) + 0.5) / ideal)
    assert metrics.ndcg_at(5, RANKED, set()) == 0


def test_auroc_counts_ties_half() -> None:
    assert metrics.auroc([0.1, 0.5, 0.5, 0.9], [0, 1, 0, 1]) == pytest.approx(3.5 / 4)
    assert metrics.auroc([0.1, 0.2], [1, 1]) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60))
def test_auroc_agrees_with_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    scores, labels = [score for score, _ in rows], [label for _, label in rows]
    expected = roc_auc_score(labels, scores) if len(set(labels)) == 2 else None
    assert metrics.auroc(scores, labels) == (pytest.approx(expected) if expected is not None else None)


def test_aurc_is_the_mean_error_over_all_coverages() -> None:
    assert metrics.aurc([0.9, 0.8, 0.7], [1, 0, 1]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_aurc_does_not_depend_on_the_order_of_equal_confidences() -> None:
    assert metrics.aurc([0.5, 0.5], [1, 0]) == metrics.aurc([0.5, 0.5], [0, 1]) == pytest.approx(0.5)


def test_ece_weighs_the_gap_of_each_bin() -> None:
    assert metrics.ece([0.2, 0.4, 0.6, 0.8], [0, 0, 1, 1], bins=2) == pytest.approx(0.3)
    assert metrics.ece([], []) is None


def test_ece_of_a_calibrated_forecast_is_nought() -> None:
    assert metrics.ece([0.5] * 4, [1, 0, 1, 0], bins=1) == 0


def test_wrong_answers_are_counted_among_given_ones_only() -> None:
    assert metrics.wrong_answer_rate([0.9, 0.8, 0.1], [1, 0, 0], 0.7) == 0.5
    assert metrics.wrong_answer_rate([0.1], [1], 0.7) is None
    assert metrics.answered_share([0.9, 0.8, 0.1, 0.7], 0.7) == 0.75


def test_percentiles_are_interpolated() -> None:
    assert metrics.percentile([1, 2, 3], 0.5) == 2
    assert metrics.percentile(np.array([]), 0.5) is None


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        metrics.ece([0.1], [1, 0])
