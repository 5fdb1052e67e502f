"""Stretches of time: what comes before one, and whether it is a month, a week or none of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from analytics.inquiries.query import Grain
from analytics.period import Period, month_of

Ago = Literal["before", "year"]
_IN_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time somebody has named; `whole` where no day bounds it."""

    period: Period
    grain: Grain | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Today where the business is, and the days that its data cover."""

    today: date
    first: date | None = None
    last: date | None = None

    @property
    def anchor(self) -> date:
        """The day after the last one that data can be expected of."""
        if self.last is None:
            return self.today
        return min(self.today, self.last + timedelta(days=1))


def before(span: Span, ago: Ago = "before") -> Span:
    """What a period is compared with: the stretch before it, or the same a year ago."""
    start, end = span.period.start, span.period.end
    if ago == "year":
        if span.grain == "week" or (span.grain is None and (end - start).days % 7 == 0):
            return Span(span.period.before(52), span.grain)
        return Span(Period(_years_back(start), _years_back(end)), span.grain)
    grain = grain_of(span.period)
    if grain in ("month", "quarter", "year"):
        months = _IN_MONTHS[grain]
        return Span(Period(months_back(start, months), start), grain)
    if span.grain in ("month", "quarter", "year"):  # under way: as many days of the one before
        began = months_back(start, _IN_MONTHS[span.grain])
        return Span(Period(began, min(began + (end - start), start)), span.grain)
    if span.grain == "week":
        return Span(span.period.before(), "week")
    return Span(Period(start - (end - start), start), span.grain)


def grain_of(period: Period) -> Grain | None:
    """Whether a period is exactly one day, week, month, quarter or year."""
    start, end = period.start, period.end
    if end - start == timedelta(days=1):
        return "day"
    if end - start == timedelta(days=7) and start.weekday() == 0:
        return "week"
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        if months == 1:
            return "month"
        if months == 3 and start.month % 3 == 1:
            return "quarter"
        if months == 12 and start.month == 1:
            return "year"
    return None


def unit_of(unit: str, day: date) -> Period:
    """The day, week, month, quarter or year that a day lies in."""
    if unit == "day":
        return Period(day, day + timedelta(days=1))
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7))
    if unit == "month":
        return month_of(day)
    if unit == "quarter":
        start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return Period(start, months_back(start, -3))
    return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1))


def units_back(unit: str, day: date, count: int) -> Period:
    """The unit so many before the one that a day lies in."""
    if unit in ("day", "week"):
        return unit_of(unit, day - timedelta(days=count * (7 if unit == "week" else 1)))
    start = months_back(unit_of(unit, day).start, count * _IN_MONTHS[unit])
    return unit_of(unit, start)


def _years_back(day: date, years: int = 1) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def months_back(start: date, months: int) -> date:
    number = start.year * 12 + start.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
