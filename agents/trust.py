"""How sure a model's words are: what speaks for them, and the probability that they are right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agents.policy import Thresholds
from knowledge_base.terms import FUNCTION_WORDS, stem, words

if TYPE_CHECKING:
    from knowledge_base.confidence import Calibration

MOST_QUOTES = 4  # more do not make an answer surer
MOST_FAILURES = 5

Signs = dict[str, float]


def signs_of(
    confidence: float, *, sufficient: bool, quotes: Sequence[str], answer: str, attempts: int, failures: int
) -> Signs:
    """What speaks for a model's words, by the names that the calibration of mode `model` knows.

    - standing: the logit of the confidence that the documents' own words have
    - sufficient: 1 where the model finds that the sources answer the question
    - quotes: how many passages it quotes, all of which stand in the sources
    - quoted: the share of the answer's content words that stand in those quotes
    - attempts: how many it took
    - failures: how much of what it wrote did not hold
    """
    certain = min(max(confidence, 1e-6), 1 - 1e-6)
    return {
        "standing": math.log(certain / (1 - certain)),
        "sufficient": float(sufficient),
        "quotes": float(min(len(set(quotes)), MOST_QUOTES)),
        "quoted": _share(answer, quotes),
        "attempts": float(attempts),
        "failures": float(min(failures, MOST_FAILURES)),
    }


class Trust:
    """Turns signs into a confidence: by the fit of mode `model` where there is one, else by a cautious rule.

    The rule: a model's words are as sure as the documents' own, never surer, and where it finds the sources
    insufficient the desk does not answer. Nothing is known of the other signs before a fit.
    """

    def __init__(self, open_calibration: Callable[[], Calibration], thresholds: Thresholds) -> None:
        self._open_calibration = open_calibration
        self._thresholds = thresholds

    def confidence(self, signs: Signs, before: float) -> float:
        """The probability that the words are right; `before` is that of the documents' own."""
        calibration = self._open_calibration()
        if calibration.fitted_on:
            return calibration.probability(signs)
        return before if signs["sufficient"] else min(before, max(0.0, self._thresholds.answer - 0.01))

    def would_answer(self, signs: Signs, before: float) -> bool:
        """Whether words with these signs would be said."""
        return self.confidence(signs, before) >= self._thresholds.answer


def _share(answer: str, quotes: Sequence[str]) -> float:
    content = [stem(word) for word in words(answer) if word not in FUNCTION_WORDS]
    quoted = frozenset(stem(word) for quote in quotes for word in words(quote))
    return sum(word in quoted for word in content) / len(content) if content else 0.0
