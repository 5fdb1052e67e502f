"""Days as the team counts them, and the moments between which they lie."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agents.errors import BadInput

LONGEST_DAYS = 400


def today(zone: str) -> date:
    """The present day of a time zone."""
    return datetime.now(ZoneInfo(zone)).date()


def beginning(day: date, zone: str) -> datetime:
    """The moment at which a day begins there."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def end(day: date, zone: str) -> datetime:
    """The moment at which a day has ended there."""
    return beginning(day + timedelta(days=1), zone)


def period(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The moments that enclose the days from `first` to `last`. Raises `BadInput` for one that cannot be."""
    if last < first:
        raise BadInput(f"The period ends ({last}) before it begins ({first}).")
    if (last - first).days >= LONGEST_DAYS or first.year < 2000 or last.year > 2900:
        raise BadInput(f"A period has at most {LONGEST_DAYS} days.")
    return beginning(first, zone), end(last, zone)
