"""The confidence: monotone in its evidence, refitted with care, and read back exactly or refused."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.confidence import MIN_ROWS, Calibration, Labelled, fit
from knowledge_base.evidence import FEATURES, SIGNS

SHIPPED = Calibration.load()
BASE = dict(zip(SHIPPED.features, SHIPPED.mean, strict=True))


def rows(count: int, seed: int = 0) -> list[Labelled]:
    """Answers that are right exactly where they are similar to the question."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        similarity = chance.random()
        made.append(Labelled({**BASE, "answer_similarity": similarity}, similarity > 0.5))
    return made


@given(st.sampled_from([name for name in FEATURES if SIGNS[name]]), st.floats(0, 1), st.floats(0, 1))
def test_more_evidence_never_lowers_the_probability(name: str, first: float, second: float) -> None:
    low, high = sorted((first, second))
    less, more = (SHIPPED.probability({**BASE, name: value}) for value in (low, high))
    assert less <= more + 1e-12 if SIGNS[name] > 0 else less + 1e-12 >= more


def test_a_probability_stays_between_0_and_1_for_absurd_evidence() -> None:
    for value in (-1e9, 1e9):
        assert 0 < SHIPPED.probability(dict.fromkeys(FEATURES, value)) < 1


def test_the_shipped_coefficients_are_about_all_features() -> None:
    assert SHIPPED.features == FEATURES


def test_a_fit_learns_what_tells_right_from_wrong() -> None:
    fitted = fit(rows(200))
    assert fitted.probability({**BASE, "answer_similarity": 0.9}) > 0.8
    assert fitted.probability({**BASE, "answer_similarity": 0.1}) < 0.2


def test_few_labels_move_the_shipped_coefficients_less_than_many() -> None:
    def moved(count: int) -> float:
        fitted = fit(rows(count), prior=SHIPPED)
        return sum(abs(a - b) for a, b in zip(fitted.weights, SHIPPED.weights, strict=True))

    assert 0 < moved(MIN_ROWS) < moved(600)


def test_a_fit_keeps_the_signs_though_the_labels_deny_them() -> None:
    upside_down = [Labelled(row.evidence, not row.right) for row in rows(100)]
    assert all(
        weight * SIGNS[name] >= 0 for name, weight in zip(FEATURES, fit(upside_down).weights, strict=True)
    )


def test_the_same_rows_give_the_same_fit() -> None:
    assert fit(rows(60)) == fit(rows(60))


def test_too_few_rows_are_refused_with_the_number_needed() -> None:
    with pytest.raises(ValueError, match=f"at least {MIN_ROWS}"):
        fit(rows(MIN_ROWS - 1))


def test_rows_of_one_label_are_refused_with_what_to_add() -> None:
    with pytest.raises(ValueError, match="do not answer"):
        fit([Labelled(BASE, True)] * 40)


def test_a_saved_calibration_is_read_back_exactly(tmp_path: Path) -> None:
    SHIPPED.save(tmp_path / "c.json")
    assert Calibration.load(tmp_path / "c.json") == SHIPPED


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"features": ["luck"] * len(FEATURES)}, "unknown features"),
        ({"version": 99}, "no calibration of version"),
        ({"mean": [0.0]}, '"mean"'),
        ({"weights": ["a"] * len(FEATURES)}, '"weights"'),
        ({"scale": [0.0] * len(FEATURES)}, "scale"),
        ({"bias": None}, '"bias"'),
        ({"surplus": 1}, "no calibration of version"),
    ],
)
def test_a_calibration_that_makes_no_sense_is_refused(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    file = tmp_path / "c.json"
    SHIPPED.save(file)
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(ValueError, match=complaint) as raised:
        Calibration.load(file)
    assert str(file) in str(raised.value)


def test_a_file_that_is_not_json_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text("{")
    with pytest.raises(ValueError, match="gtm eval support SET --fit"):
        Calibration.load(file)
