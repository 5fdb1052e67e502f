"""What a customer will bring: BG/NBD for how often, Gamma-Gamma for how much, by maximum likelihood.

Fader, Hardie and Lee (2005), "Counting your customers the easy way"; Fader and Hardie (2013) on Gamma-Gamma. The
chance of being alive is not offered: as a churn probability it is worse than chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST_TO_FIT_TO = 20_000
_DEGENERATE = 0.02  # the mean chance to stop after an order; below it nobody is ever lost, whatever they do


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """The BG/NBD parameters, and the log-likelihood they reach."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @property
    def degenerate(self) -> bool:
        """Whether the data do not show people stopping, so that the model foretells too much."""
        return self.a / (self.a + self.b) < _DEGENERATE

    def expected_orders(self, horizon: float, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """E[orders in `horizon`] of who has `frequency` repeat orders, the last at `recency`, known for `age`."""
        from scipy.special import hyp2f1  # noqa: PLC0415 - half a second

        r, alpha, a, b, x = self.r, self.alpha, self.a, self.b, frequency
        z = horizon / (alpha + age + horizon)
        grown = hyp2f1(r + x, b + x, a + b + x - 1, z)
        first = (a + b + x - 1) / (a - 1)
        expected = first * (1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * grown)
        gone = np.where(
            x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x), 0.0
        )
        result: Floats = expected / (1 + gone)
        return result


@dataclass(frozen=True, slots=True)
class ValueModel:
    """The Gamma-Gamma parameters."""

    p: float
    q: float
    v: float

    def expected_value(self, orders: Floats, mean: Floats) -> Floats:
        """E[order value] of customers whose `orders` so far had this `mean`."""
        whole = self.p * self.v / (self.q - 1)
        weight = self.p * orders / (self.p * orders + self.q - 1)
        result: Floats = (1 - weight) * whole + weight * mean
        return result


def fit_purchases(frequency: Floats, recency: Floats, age: Floats) -> PurchaseModel:
    """Fit BG/NBD to repeat orders, time of the last, and time known (same unit). Raises `ValueError` of nobody."""
    from scipy.optimize import minimize  # noqa: PLC0415 - as above
    from scipy.special import betaln, gammaln  # noqa: PLC0415

    if not len(frequency):
        raise ValueError("nobody to fit to")
    # Customers who are alike count once, with their number.
    rows, counts = np.unique(np.column_stack([frequency, recency, age]), axis=0, return_counts=True)
    x, last, known = rows.T
    scale = float(known.max()) or 1.0
    last, known = last / scale, known / scale

    def loss(logs: Floats) -> float:
        r, alpha, a, b = np.exp(np.clip(logs, -18, 18))
        fixed = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        alive = -(r + x) * np.log(alpha + known)
        ratio = np.log(a) - np.log(b + np.maximum(x, 1) - 1)
        gone = np.where(x > 0, ratio - (r + x) * np.log(alpha + last), -np.inf)
        return float(-(counts * (fixed + np.logaddexp(alive, gone))).sum() / counts.sum())

    start = np.log([1.0, 0.5, 1.0, 2.0])
    found = minimize(
        loss, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-5, "fatol": 1e-10}
    )
    found = minimize(loss, found.x, method="L-BFGS-B")
    r, alpha, a, b = np.exp(np.clip(found.x, -18, 18))
    # Time was scaled: alpha goes back, and the density of each repeat order with it.
    likelihood = -float(found.fun) * counts.sum() - float((counts * x).sum()) * np.log(scale)
    return PurchaseModel(float(r), float(alpha * scale), float(a), float(b), float(likelihood))


def fit_values(orders: Floats, mean: Floats) -> ValueModel:
    """Fit Gamma-Gamma to the number and the mean value of repeat buyers' orders; values above 0."""
    from scipy.optimize import minimize  # noqa: PLC0415 - as above
    from scipy.special import gammaln  # noqa: PLC0415

    scale = float(np.mean(mean))
    m = mean / scale

    def loss(logs: Floats) -> float:
        p, q, v = np.exp(np.clip(logs, -10, 10))
        px = p * orders
        density = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + (px - 1) * np.log(m)
        density += px * np.log(orders) - (px + q) * np.log(orders * m + v)
        return float(-density.mean())

    found = minimize(loss, np.log([1.0, 2.0, 1.0]), method="Nelder-Mead", options={"maxiter": 2000})
    p, q, v = np.exp(np.clip(found.x, -10, 10))
    return ValueModel(float(p), float(max(q, 1.01)), float(v * scale))


@dataclass(frozen=True, slots=True)
class Worth:
    """What customers bring within a year, in minor units of margin, beside what they have brought."""

    predicted: pd.Series[float] | None
    reason: str | None
    horizon_days: int = 365


def predict_worth(buyers: pd.DataFrame, days_known: pd.Series[int], margin: float, discount: float) -> Worth:
    """E[orders in 365 days] x E[order value] x margin, discounted by half a year, of each customer.

    `buyers` has `orders`, `recency`, `net` (minor units). None with a reason where the data do not bear it.
    """
    frequency: Floats = np.asarray(buyers["orders"] - 1, dtype=np.float64)
    age: Floats = np.asarray(days_known, dtype=np.float64)
    recency = age - buyers["recency"].to_numpy(dtype=float)
    last = np.where(frequency > 0, recency, 0.0)
    every = max(1, -(-len(buyers) // _MOST_TO_FIT_TO))
    model = fit_purchases(frequency[::every], last[::every], age[::every])
    if model.degenerate:
        return Worth(
            None, "the model of repeat orders degenerates on these data: nobody seems ever to be lost"
        )
    mean = buyers["net"].to_numpy(dtype=float) / buyers["orders"].to_numpy(dtype=float)
    repeat = (frequency > 0) & (mean > 0)
    if repeat.sum() < 50:
        return Worth(None, "fewer than 50 customers have bought again")
    values = fit_values(buyers["orders"].to_numpy(dtype=float)[repeat][::every], mean[repeat][::every])
    orders = model.expected_orders(365.0, frequency, last, age)
    value = values.expected_value(buyers["orders"].to_numpy(dtype=float), np.maximum(mean, 1.0))
    worth = orders * value * margin / (1 + discount) ** 0.5
    if not np.isfinite(worth).all():
        return Worth(None, "the model of repeat orders gives no finite number on these data")
    return Worth(pd.Series(worth, index=buyers.index), None)
