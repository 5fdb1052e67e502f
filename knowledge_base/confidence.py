"""The probability that an answer is right: a logistic function of its evidence, fitted on labelled questions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from knowledge_base.evidence import FEATURES, SIGNS

Mode = Literal["offline", "model"]

VERSION = 1
SHIPPED = Path(__file__).with_name("calibration.json")
MIN_ROWS = 30
MODEL_SIGNS = {"standing": 1, "sufficient": 1, "quotes": 1, "quoted": 1, "attempts": -1, "failures": -1}
"""How the probability that a model's words are right may move as each of their features grows."""

SIGNS_OF: dict[Mode, dict[str, int]] = {"offline": SIGNS, "model": MODEL_SIGNS}
"""The features of each mode, and how the probability may move as each grows."""

_KEYS = frozenset({"version", "features", "mean", "scale", "weights", "bias", "fitted_on"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """The evidence of one given answer, and whether it was right: answerable, and citing a right document.

    `weight` says how much the row counts in a fit.
    """

    evidence: Mapping[str, float]
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of the confidence: sigmoid(bias + sum of weights * (evidence - mean) / scale)."""

    features: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    fitted_on: str = ""
    version: int = VERSION
    mode: Mode = "offline"

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability in (0, 1) that an answer with this evidence is right. KeyError if a feature lacks."""
        columns = zip(self.features, self.mean, self.scale, self.weights, strict=True)
        logit = self.bias + sum(w * (evidence[name] - m) / s for name, m, s, w in columns)
        return 1.0 / (1.0 + math.exp(-min(max(logit, -30.0), 30.0)))

    def save(self, path: Path) -> None:
        """Writes the coefficients as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @staticmethod
    def load(path: Path | None = None, mode: Mode = "offline") -> Calibration:
        """The coefficients in a file, or the shipped ones. ValueError where the file is not one of that mode."""
        return shipped(mode) if path is None else _parse(path, mode)


@cache
def shipped(mode: Mode = "offline") -> Calibration:
    """The coefficients that come with the product.

    For a model's words they say what is known without labels, which is nothing beyond the documents' own standing.
    """
    if mode == "offline":
        return _parse(SHIPPED, mode)
    count = len(MODEL_SIGNS)
    only_standing = (1.0, *[0.0] * (count - 1))
    return Calibration(tuple(MODEL_SIGNS), (0.0,) * count, (1.0,) * count, only_standing, 0.0, mode="model")


def fit(
    rows: Sequence[Labelled], l2: float = 1.0, prior: Calibration | None = None, fitted_on: str = ""
) -> Calibration:
    """The coefficients that explain labelled answers best, with an L2 penalty.

    With a `prior` the fit is of its mode, and the penalty pulls towards its coefficients, so that few rows change
    little; without one it is of mode `offline`, the penalty pulls towards zero, and the bias is free. Weights keep
    the sign that each feature's meaning demands. ValueError for fewer than `MIN_ROWS` rows or for rows of one label
    only.
    """
    _check(rows)
    from scipy.optimize import minimize  # noqa: PLC0415 - dear

    mode = prior.mode if prior else "offline"
    features = prior.features if prior else FEATURES
    x = np.array([[row.evidence[name] for name in features] for row in rows])
    y = np.array([1.0 if row.right else 0.0 for row in rows])
    row_weights = np.array([row.weight for row in rows])
    if prior:
        mean, scale = np.array(prior.mean), np.array(prior.scale)
        start = np.array([*prior.weights, prior.bias])
    else:
        mean = np.average(x, axis=0, weights=row_weights)
        scale = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=row_weights))
        scale = np.where(scale > 1e-9, scale, 1.0)
        start = np.zeros(len(features) + 1)
    z = np.column_stack([(x - mean) / scale, np.ones(len(rows))])
    penalty = np.full(len(start), l2)
    penalty[-1] = l2 if prior else 0.0
    bounds = [_bound(SIGNS_OF[mode][name]) for name in features] + [(None, None)]

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logit = z @ theta
        value = row_weights @ (np.logaddexp(0.0, logit) - y * logit)
        slope = z.T @ (row_weights * (1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30))) - y))
        away = theta - start
        return float(value + penalty @ away**2 / 2), slope + penalty * away

    theta = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    if not prior:
        theta = _stretch(z, y, row_weights, theta)
    return Calibration(
        features=tuple(features),
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(theta[:-1]),
        bias=round(float(theta[-1]), 6),
        fitted_on=fitted_on,
        mode=mode,
    )


def _stretch(
    z: NDArray[np.float64],
    y: NDArray[np.float64],
    row_weights: NDArray[np.float64],
    theta: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The same direction at the length that fits best: a strong penalty keeps the weights' proportions from
    following one set, and leaves them too short (Platt 1999)."""
    from scipy.optimize import minimize  # noqa: PLC0415 - dear

    direction = z[:, :-1] @ theta[:-1]

    def loss(line: NDArray[np.float64]) -> float:
        logit = line[0] * direction + line[1]
        return float(row_weights @ (np.logaddexp(0.0, logit) - y * logit))

    slope, bias = minimize(loss, np.array([1.0, theta[-1]]), method="Nelder-Mead").x
    return np.array([*(max(slope, 0.0) * theta[:-1]), bias])


def _check(rows: Sequence[Labelled]) -> None:
    right = sum(row.right for row in rows)
    if len(rows) < MIN_ROWS:
        raise ValueError(
            f"{len(rows)} labelled questions are too few to fit the confidence: at least {MIN_ROWS} are needed; "
            "add questions, some that the documents answer and some that they do not."
        )
    if right in (0, len(rows)):
        kind = "right" if right else "wrong"
        raise ValueError(
            f"All {len(rows)} answers are {kind}, so nothing tells right from wrong: add questions that the "
            f"documents {'do not ' if right else ''}answer."
        )


def _bound(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _parse(path: Path, mode: Mode) -> Calibration:
    """Reads a calibration; every complaint names the file and says what to do."""
    remedy = "delete it to use the shipped one, or run `gtm eval support SET --fit` again"
    try:
        raw: Any = json.loads(path.read_text())
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: this calibration cannot be read ({error}); {remedy}.") from error
    if not isinstance(raw, dict) or set(raw) - {"mode"} != _KEYS or raw["version"] != VERSION:
        raise ValueError(f"{path}: this is no calibration of version {VERSION}; {remedy}.")
    if raw.get("mode", "offline") != mode:
        raise ValueError(f"{path}: this calibration is not of mode {mode}; {remedy}.")
    features = raw["features"]
    unknown = (
        [name for name in features if name not in SIGNS_OF[mode]]
        if isinstance(features, list)
        else [features]
    )
    if unknown:
        raise ValueError(f'{path}: unknown features {unknown} under "features"; {remedy}.')
    for key in ("mean", "scale", "weights"):
        values = raw[key]
        if not isinstance(values, list) or len(values) != len(features) or not all(map(_finite, values)):
            raise ValueError(f'{path}: "{key}" must list one finite number a feature; {remedy}.')
    if not _finite(raw["bias"]) or not all(value > 0 for value in raw["scale"]):
        raise ValueError(f'{path}: "bias" must be a finite number and every "scale" positive; {remedy}.')
    mean, scale, weights = (tuple(map(float, raw[key])) for key in ("mean", "scale", "weights"))
    bias, fitted_on = float(raw["bias"]), str(raw["fitted_on"])
    return Calibration(tuple(features), mean, scale, weights, bias, fitted_on, mode=mode)


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
