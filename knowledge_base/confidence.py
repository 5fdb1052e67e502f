"""From evidence to the probability that an answer is right: a logistic whose coefficients are shipped, or fitted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

VERSION: Final = 1
SHIPPED: Final = Path(__file__).with_name("calibration.json")
LEAST_ROWS: Final = 30


@dataclass(frozen=True, slots=True)
class Labelled:
    """The evidence for one answer, whether it was right, and how much the row counts."""

    evidence: Mapping[str, float]
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """`probability = sigmoid(intercept + sum of weight * evidence)`; `fitted_on` says which questions taught it."""

    weights: Mapping[str, float]
    intercept: float
    fitted_on: str

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability in [0, 1] that the answer with this evidence is right."""
        missing = self.weights.keys() - evidence.keys()
        if missing:
            raise ValueError(
                f"the calibration needs the evidence {', '.join(sorted(missing))}, which was not given"
            )
        score = self.intercept + sum(weight * evidence[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-min(50.0, max(-50.0, score))))

    def save(self, path: Path) -> None:
        """Write as JSON; a reader sees the old file or the new one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "version": VERSION,
            "fitted_on": self.fitted_on,
            "intercept": round(self.intercept, 5),
            "weights": {name: round(weight, 5) for name, weight in self.weights.items()},
        }
        beside = path.with_suffix(".tmp")
        beside.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        beside.replace(path)


def load(path: Path = SHIPPED) -> Calibration:
    """The calibration of a file. Anything wrong raises `ValueError` that names the file and what to do."""
    remedy = "Delete it to use the shipped one, or run `gtm eval support SET --out FILE --fit` again."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise ValueError(f"its version is {content['version']}, needed is {VERSION}")
        weights = {str(name): float(weight) for name, weight in content["weights"].items()}
        calibration = Calibration(weights, float(content["intercept"]), str(content["fitted_on"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"The calibration {path} cannot be used: {error}. {remedy}") from error
    if not all(map(math.isfinite, (calibration.intercept, *weights.values()))):
        raise ValueError(f"The calibration {path} cannot be used: a coefficient is not a number. {remedy}")
    return calibration


def fit(
    rows: Sequence[Labelled], fitted_on: str, prior: Calibration | None = None, strength: float = 20.0
) -> Calibration:
    """The most probable coefficients for labelled answers, held near the shipped ones by `strength`.

    `strength` is worth about that many rows: with few labels the prior stands, with many it yields. Fewer than 30
    rows, or rows of one label alone, raise `ValueError`. L2-regularised maximum likelihood (L-BFGS).
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - only a fit pays for it

    labels = np.array([row.right for row in rows], float)
    if len(rows) < LEAST_ROWS or labels.min() == labels.max():
        right = int(labels.sum())
        raise ValueError(
            f"A fit needs at least {LEAST_ROWS} labelled questions with right and wrong answers among them; "
            f"here are {len(rows)}, of which {right} were answered right. Add questions."
        )
    prior = prior or load()
    names = list(prior.weights)
    values = np.array([[row.evidence[name] for name in names] for row in rows], float)
    scale = np.maximum(values.std(axis=0), 1e-3)
    counts = np.array([row.weight for row in rows], float)
    middle = np.array([*(prior.weights[name] for name in names), prior.intercept])
    design = np.column_stack([values, np.ones(len(rows))])
    spread = np.array([*scale, 0.3])  # the base rate of one's own questions is learnt sooner than the slopes

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        score = np.clip(design @ coefficients, -50, 50)
        probability = 1 / (1 + np.exp(-score))
        away = (coefficients - middle) * spread
        value = -(counts * (labels * score - np.logaddexp(0, score))).sum() + strength * (away**2).sum() / 2
        slope = design.T @ (counts * (probability - labels)) + strength * away * spread
        return float(value), slope

    found = minimize(loss, middle, jac=True, method="L-BFGS-B")
    return Calibration(dict(zip(names, map(float, found.x[:-1]), strict=True)), float(found.x[-1]), fitted_on)
