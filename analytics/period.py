"""The week a report is about. Weeks start on Monday; a day given as `end` is the first one after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, but not including, `end`."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)

    def before(self, weeks: int = 1) -> Period:
        """The same days so many weeks earlier; 52 weeks keep the weekdays of a year ago."""
        return Period(self.start - weeks * WEEK, self.end - weeks * WEEK)


def last_complete_week(as_of: date) -> Period:
    """The last week, Monday to Sunday, that was over when `as_of` began."""
    monday = as_of - timedelta(days=as_of.weekday())
    return Period(monday - WEEK, monday)


def month_of(day: date) -> Period:
    """The month of a day."""
    start = day.replace(day=1)
    return Period(start, (start + timedelta(days=32)).replace(day=1))
