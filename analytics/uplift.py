"""What a win-back mail may be believed to do, before and after campaigns of one's own.

The model: the effect of campaign k, in orders a recipient, is drawn from Normal(mu, tau^2), and its holdout shows it
with a known error; the next campaign is drawn from the same. mu is the business's own average, tau how much its
campaigns differ. The posterior is exact on a grid of tau; of mu it is normal (Gelman et al., "Bayesian Data
Analysis", 3rd ed., section 5.4; Roever, 2020, on priors of tau).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ibis import Table

Floats = NDArray[np.float64]

_GRID: Final = 400


@dataclass(frozen=True, slots=True)
class Measured:
    """One finished campaign against its holdout: customers, and how many of them ordered, on both sides."""

    recipients: int
    recipients_ordered: int
    held_out: int
    held_out_ordered: int

    def __post_init__(self) -> None:
        sides = (self.recipients_ordered, self.recipients), (self.held_out_ordered, self.held_out)
        if any(not 0 <= ordered <= people for ordered, people in sides):
            raise ValueError(f"impossible counts of a campaign: {sides}")

    @property
    def usable(self) -> bool:
        """Whether both sides have anybody."""
        return self.recipients > 0 and self.held_out > 0

    @property
    def effect(self) -> float:
        """Orders a recipient more than without the mail."""
        return self.recipients_ordered / self.recipients - self.held_out_ordered / self.held_out

    @property
    def error(self) -> float:
        """The standard error; both sides' rates are drawn to the common one, as a side without orders is no rock."""
        people = self.recipients + self.held_out
        common = (self.recipients_ordered + self.held_out_ordered + 0.5) / (people + 1)

        def variance(ordered: int, of: int) -> float:
            rate = (ordered + 5 * common) / (of + 5)
            return rate * (1 - rate) / of

        return math.sqrt(
            variance(self.recipients_ordered, self.recipients)
            + variance(self.held_out_ordered, self.held_out)
        )


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before any campaign: mu is about `mean` with `error`, tau is half-normal with `differ`."""

    mean: float
    error: float
    differ: float
    source: str


HILLSTROM: Final = Prior(
    mean=189 / 21_387 - 122 / 21_306,
    error=0.0032,
    differ=0.002,
    source="Hillstrom's e-mail test (women's e-mail: +0.31 points of conversion within two weeks)",
)
"""The women's e-mail of Hillstrom's test (64,000 customers; standard error 0.08 points). Another shop, product and
offer may do nothing at all, so `error` is as large as the effect; its two mails differed by 0.37 points, hence
`differ`."""


@dataclass(frozen=True, slots=True)
class Belief:
    """The effect of the next campaign in orders a recipient: about normal, from `campaigns` of one's own."""

    mean: float
    error: float
    campaigns: int
    source: str

    def interval(self, level: float) -> tuple[float, float]:
        """The range that holds the effect with this probability."""
        from scipy.special import ndtri  # noqa: PLC0415 - half a second

        away = float(ndtri((1 + level) / 2)) * self.error
        return self.mean - away, self.mean + away

    @property
    def weak(self) -> bool:
        """Whether it is more likely than one in ten that the mail does nothing or harm."""
        return self.mean < 1.2816 * self.error


def believe(results: Iterable[Measured] = (), prior: Prior = HILLSTROM) -> Belief:
    """What is believed of the next campaign, after these of one's own; those without two sides tell nothing."""
    own = [one for one in results if one.usable]
    effects = np.array([one.effect for one in own])
    errors = np.array([one.error for one in own])
    tau = np.linspace(0, 4 * prior.differ, _GRID)
    spread = errors[:, None] ** 2 + tau[None, :] ** 2  # a row a campaign, a column a tau
    precision = 1 / prior.error**2 + (1 / spread).sum(axis=0)
    mean = (prior.mean / prior.error**2 + (effects[:, None] / spread).sum(axis=0)) / precision
    # The posterior of tau: its prior by the likelihood of the effects, mu integrated out.
    fit = (np.log(spread) + (effects[:, None] - mean) ** 2 / spread).sum(axis=0)
    fit += (mean - prior.mean) ** 2 / prior.error**2 + np.log(precision) + (tau / prior.differ) ** 2
    weight = np.exp(-0.5 * (fit - fit.min()))
    weight /= weight.sum()
    variance = 1 / precision + tau**2
    middle = float(weight @ mean)
    whole = float(weight @ (variance + (mean - middle) ** 2))
    return Belief(middle, math.sqrt(whole), len(own), prior.source if not own else _said(len(own)))


def _said(campaigns: int) -> str:
    own = "one campaign of your own" if campaigns == 1 else f"{campaigns} campaigns of your own"
    return f"{own}, beginning from Hillstrom's e-mail test"


def measured(campaigns: Table, kinds: Sequence[str] | None = None) -> list[Measured]:
    """The results that the store's table of campaigns knows, of all segments or of some."""
    chosen = campaigns if kinds is None else campaigns.filter(campaigns.segment.isin(tuple(kinds)))
    columns = ("recipients", "recipients_ordered", "held_out", "held_out_ordered")
    frame = chosen.order_by(chosen.key).select(*columns).to_pandas()
    return [Measured(*(int(each) for each in row)) for row in frame.dropna().itertuples(index=False)]
