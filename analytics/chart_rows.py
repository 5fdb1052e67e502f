"""What the charts of a report show, as rows: small, plain, and kept with the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from analytics.books import Books
from analytics.currency import minor_units
from analytics.customers import Cohort, Segment
from analytics.forecast import Forecast
from analytics.marketing import Channel
from analytics.period import Period

Cell = str | int | float | None
Rows = Sequence[Mapping[str, Cell]]
"""Money in whole units of the currency, weeks and months as text, which no time zone can move."""

_WEEKS: Final = 26
_SPEND_WEEKS: Final = 13
_COHORTS: Final = 13


def revenue_rows(books: Books, week: Period, currency: str) -> Rows:
    """Net revenue a week, of the last 26 and of the same weeks a year before where they are known."""
    rows: list[Mapping[str, Cell]] = []
    for back in range(_WEEKS - 1, -1, -1):
        for name, at in (("this year", week.before(back)), ("a year before", week.before(back + 52))):
            if books.first_day is not None and at.start >= books.first_day:
                sold = books.sum("net", at) / minor_units(currency)
                rows.append({"week": _day(week.before(back)), "net": sold, "of": name})
    return rows


def spend_rows(books: Books, week: Period, currency: str) -> Rows:
    """Spend a week by channel, of the last 13."""
    rows: list[Mapping[str, Cell]] = []
    for back in range(_SPEND_WEEKS - 1, -1, -1):
        at = week.before(back)
        for name in sorted(set(books.spent["channel"])):
            spent = books.spend(at, [name])
            if spent is not None:
                rows.append({"week": _day(at), "channel": name, "spend": spent / minor_units(currency)})
    return rows


def segment_rows(segments: Sequence[Segment]) -> Rows:
    """How many customers each segment has, which share, and by how many it has moved since a week ago."""
    return [
        {"segment": one.name, "customers": one.customers, "share": one.share, "moved": one.moved}
        for one in segments
    ]


def channel_rows(channels: Sequence[Channel], currency: str) -> Rows:
    """What each channel cost and brought in the week and the one before; `reason` says why a ratio is not known."""
    units = minor_units(currency)
    return [
        {
            "channel": one.name,
            "spend": None if one.spend is None else one.spend / units,
            "spend_before": None if one.spend_before is None else one.spend_before / units,
            "net": one.net / units,
            "net_before": one.net_before / units,
            "roas": one.roas.value,
            "roas_before": one.roas_before.value,
            "new_customers": one.new_customers,
            "cac": None if one.cac.value is None else one.cac.value / units,
            "reason": one.roas.reason or one.cac.reason,
        }
        for one in channels
    ]


def cohort_rows(cohorts: Sequence[Cohort]) -> Rows:
    """Which share of each of the last cohorts bought in the months after its first."""
    return [
        {"cohort": one.month, "month": month, "retention": share}
        for one in cohorts[-_COHORTS:]
        for month, share in enumerate(one.retention)
        if 0 < month < _COHORTS
    ]


def forecast_rows(books: Books, forecast: Forecast, currency: str) -> Rows:
    """Net revenue of the last twelve months, and the forecast of this one with its interval."""
    units = minor_units(currency)
    rows: list[Mapping[str, Cell]] = []
    month = forecast.month
    for _ in range(12):
        month = (month - timedelta(days=1)).replace(day=1)
        end = (month + timedelta(days=32)).replace(day=1)
        if books.first_day is not None and month >= books.first_day.replace(day=1):
            sold = books.sum("net", Period(month, end)) / units
            rows.insert(0, {"month": _month(month), "net": sold, "low": None, "high": None, "of": "sold"})
    if forecast.value is not None and forecast.low is not None and forecast.high is not None:
        ahead = {"net": forecast.value / units, "low": forecast.low / units, "high": forecast.high / units}
        rows.append({"month": _month(forecast.month), "of": "forecast", **ahead})
    return rows


def _day(week: Period) -> str:
    """The Monday of a week as charts write it."""
    return f"{week.start.day} {week.start:%b %y}"


def _month(day: date) -> str:
    return f"{day:%b %y}"
