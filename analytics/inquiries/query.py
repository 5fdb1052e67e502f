"""A question about the business as a typed query, and what is found for it. No SQL and no words come in here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, get_args

from analytics.figures import Known
from analytics.period import Period

Grain = Literal["day", "week", "month", "quarter", "year"]
Kind = Literal["channel", "country", "segment", "product", "topic"]
Dimension = Kind | Grain

GRAINS: Final[tuple[Grain, ...]] = get_args(Grain)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
UNKNOWN: Final = "unknown"
"""The label of rows for which the store does not say it."""

_MONDAY: Final = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Only:
    """A restriction: `values` are as the store writes them, `label` is as people say it."""

    kind: Kind
    values: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Query:
    """One measure over a period, restricted, and in parts where `by` says so."""

    metric: str
    period: Period
    only: tuple[Only, ...] = ()
    by: Dimension | None = None

    def over(self, period: Period) -> Query:
        """The same of another period, whole."""
        return replace(self, period=period, by=None)

    def restriction(self, kind: Kind) -> Only | None:
        """How it is restricted in one way, or None."""
        return next((one for one in self.only if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a measure: of a channel, a month and so on. `rests_on` counts what it was made of."""

    label: str
    value: Known
    rests_on: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure and its parts, and the query in SQL that gave it."""

    value: Known
    rows: tuple[Row, ...] = ()
    rests_on: int | None = None
    """Of how many orders, customers or tickets an average or a share was made; None for sums and counts."""
    sql: str = ""


def bucket_label(grain: Grain, number: int) -> str:
    """How a stretch of time is written that `sums` has numbered: 2026-03, 2026-Q1, or its first day."""
    if grain == "year":
        return f"{number:04d}"
    if grain == "quarter":
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    if grain == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    days = number * 7 if grain == "week" else number
    return (_MONDAY + timedelta(days=days)).isoformat()


def bucket_number(grain: Grain, day: date) -> int:
    """The number of the stretch that a day lies in."""
    if grain == "year":
        return day.year
    if grain == "quarter":
        return day.year * 4 + (day.month - 1) // 3
    if grain == "month":
        return day.year * 12 + day.month - 1
    days = (day - _MONDAY).days
    return days // 7 if grain == "week" else days


def bucket_start(grain: Grain, number: int) -> date:
    """The first day of a stretch."""
    if grain == "year":
        return date(number, 1, 1)
    if grain == "quarter":
        return date(number // 4, number % 4 * 3 + 1, 1)
    if grain == "month":
        return date(number // 12, number % 12 + 1, 1)
    return _MONDAY + timedelta(days=number * (7 if grain == "week" else 1))
