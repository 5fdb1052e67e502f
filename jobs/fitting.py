"""`gtm eval support --fit`: learns the confidence from one's own labelled questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from agents.domain import Mode, ReplyDecision
from agents.errors import BadInput
from agents.policy import Thresholds
from jobs.figures import Figures, Row, judge
from knowledge_base.confidence import Calibration, Labelled, fit

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Refit:
    """A new calibration, judged on the questions it was fitted on and, honestly, by cross-validation."""

    calibration: Calibration
    in_sample: Figures
    cross_validated: Figures


def refit(rows: Sequence[Row], thresholds: Thresholds, fitted_on: str, mode: Mode = "offline") -> Refit:
    """Fit on all rows, and judge the fit. Too few or one-sided rows raise `BadInput`.

    In mode `model` only those count in which a model was heard; the others stay as they were decided.
    Cross-validated: each fifth of the questions is judged by a fit on the other four.
    """
    usable = [row for row in rows if row.evidence]
    try:
        calibration = _fit(usable, fitted_on, mode)
        held_out: list[Row] = []
        for fold in range(FOLDS):
            others = _fit([row for row in usable if _fold(row) != fold], fitted_on, mode)
            held_out += [_again(row, others, thresholds) for row in rows if _fold(row) == fold]
    except ValueError as error:
        raise BadInput(str(error)) from error
    in_sample = judge([_again(row, calibration, thresholds) for row in rows])
    return Refit(calibration, in_sample, judge(held_out))


def _fit(rows: Sequence[Row], fitted_on: str, mode: Mode) -> Calibration:
    """From the shipped coefficients, which few questions move little and many replace."""
    labelled = [Labelled(row.evidence, row.right) for row in rows]
    return fit(labelled, prior=Calibration.load(mode=mode), fitted_on=fitted_on)


def _fold(row: Row) -> int:
    """The fold that a question is always in."""
    return blake2b(f"{row.set}/{row.id}".encode(), digest_size=4).digest()[0] % FOLDS


def _again(row: Row, calibration: Calibration, thresholds: Thresholds) -> Row:
    """The row as it would be decided with another calibration."""
    if not row.evidence:
        return row
    confidence = calibration.probability(row.evidence)
    if row.by_rule:
        return replace(row, confidence=confidence)
    decision: ReplyDecision = "escalate"
    if confidence >= thresholds.answer:
        decision = "answer"
    elif confidence >= thresholds.clarify:
        decision = "clarify"
    return replace(row, confidence=confidence, decision=decision)
