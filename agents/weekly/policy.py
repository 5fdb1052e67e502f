"""The weekly policy: margins, targets and thresholds behind the weekly report."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from agents.policy import SHIPPED, Section, Text, Weekday, known_zone_name, read_policy

Share = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]


class Finance(Section):
    """What a sale leaves over, and what the numbers should be."""

    contribution_margin: Annotated[float, Field(gt=0, le=1)]
    discount_rate_a_year: Annotated[float, Field(ge=0, lt=1)]
    cost_lines: tuple[Text, ...]
    cac_target: Positive | None = None
    ltv_cac_target: Positive = 3.0
    runway_months_at_least: Positive = 6.0


class Attribution(Section):
    """Which channel an order counts for, and which channels are paid for."""

    window: Text
    paid_channels: Annotated[tuple[Text, ...], Field(min_length=1)]
    move_share: Share


class Predictions(Section):
    """From how much data on something is foretold, and how."""

    customers_at_least: Annotated[int, Field(ge=50)]
    days_at_least: Annotated[int, Field(ge=60)]
    churn_days: Annotated[int, Field(ge=14, le=365)]
    churn_alarm: Share
    interval: Share


class Alarms(Section):
    """What counts as out of the ordinary, and how many alerts are shown."""

    at_most: Annotated[int, Field(ge=1, le=20)]
    deviations: Positive
    worse_by: Positive
    weeks_of_history: Annotated[int, Field(ge=4, le=104)]


class Inquiries(Section):
    """How questions about the numbers are answered."""

    fewest: Annotated[int, Field(ge=1)] = 5
    """Orders or customers that an average has to rest on."""


class Schedule(Section):
    """When the report is made of itself, in the policy's time zone."""

    day: Weekday
    at: time


class Wording(Section):
    """How long a model may take for all texts of a report together, and how many words a text may have."""

    deadline_seconds: Positive = 60
    section: Annotated[int, Field(ge=20, le=1000)] = 120
    summary: Annotated[int, Field(ge=20, le=1000)] = 60


class WeeklyPolicy(Section):
    """Everything that decides what the weekly report says."""

    timezone: Text
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    schedule: Schedule
    finance: Finance
    attribution: Attribution
    predictions: Predictions
    alerts: Alarms
    words: Wording = Wording()
    inquiries: Inquiries = Inquiries()

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """A zone of the IANA time zone database."""
        return known_zone_name(name)


def load_weekly_policy(folder: Path | None = None) -> WeeklyPolicy:
    """The weekly policy of a folder, or the shipped one; `BadInput` names file and key where it is wrong."""
    file = (folder or SHIPPED) / "weekly.yaml"
    return read_policy(file if file.is_file() else SHIPPED / "weekly.yaml", WeeklyPolicy)
