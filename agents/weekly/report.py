"""The weekly report as it crosses a boundary: numbers with reasons, sections with words, and what went wrong."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import field_validator

from agents.domain import Value
from analytics.figures import Number, Unit

SpecialistName = Literal["finance", "marketing", "insights", "support"]
SPECIALISTS: tuple[SpecialistName, ...] = ("finance", "marketing", "insights", "support")
Status = Literal["ok", "watch", "unknown"]
Step = Literal["measuring", "writing", "done", "failed"]


class WeeklyPeriod(Value):
    """The week, first and last day included, and the day on which it was asked for."""

    start: date
    end: date
    as_of: date


class Metric(Value):
    """A metric by its name of DEFINITIONS. `watch` misses a target; an `unknown` one has a reason and no value."""

    name: str
    value: Number | None
    unit: Unit
    previous: Number | None
    change: float | None
    status: Status
    reason: str | None

    @field_validator("value", "previous", "change")
    @classmethod
    def finite(cls, value: Number | None) -> Number | None:
        """No number that is none."""
        if value is not None and not abs(value) < float("inf"):
            raise ValueError(f"{value} is no number")
        return value


class SegmentLine(Value):
    """One segment; `value` is its net revenue so far, in minor units."""

    name: str
    customers: int
    share: float
    value: int


class AtRisk(Value):
    """A customer who is likely to stop: how likely, what they are worth (minor units), and why it is thought.

    The reason in numbers: how often they have ordered, after how many days usually, and how long ago the last time.
    """

    customer_id: str
    probability: float
    worth: int
    why: str
    orders: int | None = None
    usual_days: float | None = None
    days_since: int | None = None


class ChurnReport(Value):
    """The early warning. Without a model everything but `reason` is None; the baseline is recency alone."""

    horizon_days: int
    threshold: float
    reason: str | None = None
    auc: float | None = None
    brier: float | None = None
    baseline_auc: float | None = None
    baseline_brier: float | None = None
    judged_customers: int | None = None
    judged_at: date | None = None
    warned: int | None = None
    warned_worth: int | None = None
    customers: tuple[AtRisk, ...] = ()


class CohortLine(Value):
    """A cohort: its month, its size, the share that bought in month 0, 1, …"""

    cohort: str
    size: int
    retention: tuple[float, ...]


class ForecastModel(Value):
    """How one model did on earlier stretches."""

    model: str
    coverage: float
    error: float


class ForecastReport(Value):
    """The net revenue of a month, in minor units, with its interval and how often such intervals held."""

    month: str
    so_far: int | None
    value: int | None = None
    low: int | None = None
    high: int | None = None
    level: float
    model: str | None = None
    coverage: float | None = None
    origins: int = 0
    models: tuple[ForecastModel, ...] = ()
    reason: str | None = None


class DriverLine(Value):
    """A channel, and its share of the difference."""

    channel: str
    share: float


class AlertLine(Value):
    """What is out of the ordinary, in numbers and in a sentence; `money` is what the difference is worth."""

    name: str
    value: Number
    expected: Number
    change: float
    money: int
    drivers: tuple[DriverLine, ...]
    text: str


class SectionText(Value):
    """A section; a failed one says so in its text."""

    status: Literal["ok", "failed"]
    text: str


class SpecialistError(Value):
    """What a specialist could not do, after how many attempts."""

    specialist: SpecialistName
    attempts: int
    error: str


class WeeklyReport(Value):
    """The whole report. `sample` is true where the business is the invented one."""

    period: WeeklyPeriod
    currency: str
    sample: bool
    metrics: tuple[Metric, ...]
    segments: tuple[SegmentLine, ...]
    churn: ChurnReport
    cohorts: tuple[CohortLine, ...]
    forecast: ForecastReport
    alerts: tuple[AlertLine, ...]
    sections: dict[str, SectionText]
    errors: tuple[SpecialistError, ...]
    seconds: float

    def as_json(self) -> dict[str, object]:
        """The fields that `gtm weekly --json` promises; `sample` stands there only where it is one."""
        found: dict[str, object] = self.model_dump(mode="json")
        if not self.sample:
            del found["sample"]
        return found


class WeeklyProgress(Value):
    """How far one specialist is."""

    specialist: SpecialistName
    step: Step
    attempt: int = 1
