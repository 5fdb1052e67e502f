"""One number of a report: what it is, what it was, and why it is not known where it is not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["minor", "count", "ratio", "share", "months", "seconds", "days"]
"""`minor` is money in minor units; a `share` of 0.12 is 12%."""

Number = int | float


@dataclass(frozen=True, slots=True)
class Known:
    """A number, or the reason why there is none."""

    value: Number | None
    reason: str | None = None

    @classmethod
    def of(cls, value: Number) -> Known:
        """A number that is known; one that is not finite raises `ValueError`."""
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number to report")
        return cls(value)

    @classmethod
    def unknown(cls, reason: str) -> Known:
        """None, and why."""
        return cls(None, reason)


def ratio(above: Known | Number, below: Known | Number, zero: str) -> Known:
    """One number by another; unknown where either is, and where the lower one is 0, for the reason `zero`."""
    above, below = _known(above), _known(below)
    if above.value is None or below.value is None:
        return Known.unknown(above.reason or below.reason or zero)
    if below.value == 0:
        return Known.unknown(zero)
    return Known.of(above.value / below.value)


def money(known: Known) -> Known:
    """The same, rounded to whole minor units."""
    return known if known.value is None else Known.of(round(known.value))


def _known(given: Known | Number) -> Known:
    return given if isinstance(given, Known) else Known.of(given)


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric of a report under the name that DEFINITIONS gives it; `previous` is that of the week before."""

    name: str
    unit: Unit
    value: Number | None
    previous: Number | None = None
    reason: str | None = None

    @property
    def change(self) -> float | None:
        """By what part it has changed, a share by how much; None where either is unknown, or nothing was before."""
        if self.value is None or self.previous is None:
            return None
        if self.unit == "share":
            return self.value - self.previous
        if not self.previous:
            return None
        return (self.value - self.previous) / abs(self.previous)


Values = Mapping[str, Known]


def figures(units: Mapping[str, Unit], now: Values, before: Values) -> list[Figure]:
    """Figures in the order of `units`, of two sets of values."""
    return [
        Figure(name, unit, now[name].value, before[name].value if name in before else None, now[name].reason)
        for name, unit in units.items()
        if name in now
    ]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the numbers are counted with; the policy of the business says it."""

    margin: float = 0.5
    discount_rate: float = 0.1
    paid_channels: frozenset[str] = frozenset()
    cost_lines: frozenset[str] = frozenset({"marketing_spend", "cash_out"})
    move_share: float = 0.1
    churn_days: int = 90
    churn_alarm: float = 0.8
    customers_at_least: int = 500
    days_at_least: int = 180
    interval: float = 0.8
    alerts: AlertRules = field(default_factory=lambda: AlertRules())  # noqa: PLW0108 - defined below


@dataclass(frozen=True, slots=True)
class AlertRules:
    """What counts as out of the ordinary."""

    at_most: int = 4
    deviations: float = 3.0
    worse_by: float = 0.25
    weeks: int = 26
