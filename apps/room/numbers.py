"""The desk's figures over a period, to look at and to take along."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from agents.domain import DayFigures, DeskFigures, Value
from apps.room.access import Admin, Desk, Viewer
from apps.room.csv_export import csv_response
from apps.room.periods import period, today

router = APIRouter()

USUAL_DAYS: Final = 30
_TOTALS: Final = [name for name in DeskFigures.model_fields if name != "days"]
_DAILY: Final = [name for name in DayFigures.model_fields if name != "day"]


class Period(Value):
    """The first and the last day, both included; without them the last 30 days."""

    first: Annotated[date | None, Field()] = None
    last: Annotated[date | None, Field()] = None

    def days(self, zone: str) -> tuple[date, date]:
        """The days that are meant."""
        last = self.last or today(zone)
        return self.first or last - timedelta(days=USUAL_DAYS - 1), last


@router.get("/figures")
def figures(desk: Desk, _: Viewer, given: Annotated[Period, Query()]) -> dict[str, Any]:
    """The figures of a period."""
    zone = desk.policy.people.timezone
    first, last = given.days(zone)
    counted = desk.figures(*period(first, last, zone))
    return {"first": first.isoformat(), "last": last.isoformat(), **counted.model_dump()}


@router.get("/figures.csv")
def export(desk: Desk, caller: Admin, given: Annotated[Period, Query()]) -> Response:
    """A row a day, and one of the whole period, in which alone some figures can be told."""
    zone = desk.policy.people.timezone
    first, last = given.days(zone)
    counted = desk.figures(*period(first, last, zone))
    desk.team.record(caller.user.full_name, caller.origin, "export", "figures", f"{first} to {last}")
    columns = _DAILY + [name for name in _TOTALS if name not in _DAILY]
    rows: list[list[object]] = [
        [day.day, *(getattr(day, name, None) for name in columns)] for day in counted.days
    ]
    rows.append([f"{first} to {last}", *(getattr(counted, name) for name in columns)])
    return csv_response(f"figures-{first}-{last}", ["day", *columns], rows)
