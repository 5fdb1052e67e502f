"""A model's words are as sure as is known: by a fit where there is one, else never surer than the documents' own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policy import load_policy
from agents.trust import Trust, signs_of
from knowledge_base.confidence import MODEL_SIGNS, Calibration, Labelled, fit

THRESHOLDS = load_policy().thresholds
PLAIN = Calibration.load(mode="model")
QUOTE = "Unopened tins may come back within 30 days."


def signs(confidence: float = 0.8, *, sufficient: bool = True, failures: int = 0) -> dict[str, float]:
    return signs_of(
        confidence,
        sufficient=sufficient,
        quotes=[QUOTE],
        answer="Tins may come back within 30 days of delivery.",
        attempts=1 + failures,
        failures=failures,
    )


def test_the_signs_are_those_that_a_fit_knows() -> None:
    assert tuple(signs()) == tuple(MODEL_SIGNS) == PLAIN.features


def test_what_stands_in_the_quotes_is_counted_by_content_words() -> None:
    assert signs()["quoted"] == pytest.approx(5 / 6)  # all but "delivery"


@given(st.floats(0.001, 0.999), st.booleans(), st.integers(0, 9))
def test_without_a_fit_words_are_never_surer_than_the_documents_own(
    before: float, sufficient: bool, failures: int
) -> None:
    trust = Trust(lambda: PLAIN, THRESHOLDS)
    sure = trust.confidence(signs(before, sufficient=sufficient, failures=failures), before)
    assert sure <= before
    assert sure == before or not sufficient
    assert sufficient or sure < THRESHOLDS.answer


def test_a_fit_learns_what_a_verdict_and_failures_are_worth() -> None:
    rows = [Labelled(signs(failures=n % 4), n % 4 < 2) for n in range(120)]
    rows += [Labelled(signs(sufficient=False), False) for _ in range(40)]
    fitted = fit(rows, prior=PLAIN, fitted_on="here")
    trust = Trust(lambda: fitted, THRESHOLDS)
    assert fitted.mode == "model"
    assert trust.confidence(signs(), 0.8) > 0.8 > trust.confidence(signs(failures=3), 0.8)
    assert trust.would_answer(signs(), 0.8)
    assert not trust.would_answer(signs(sufficient=False), 0.8)
