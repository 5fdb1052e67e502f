"""Periods as people write them, on Wednesday 18 November 2026, with data until the Sunday before."""

from __future__ import annotations

from datetime import date

import pytest

from agents.inquiry.periods import take_periods
from agents.inquiry.spans import Calendar, before

CALENDAR = Calendar(date(2026, 11, 18), date(2024, 11, 16), date(2026, 11, 15))


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("yesterday", "2026-11-17", "2026-11-17"),
        ("last week", "2026-11-09", "2026-11-15"),
        ("this week", "2026-11-16", "2026-11-18"),
        ("week before last", "2026-11-02", "2026-11-08"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("year to date", "2026-01-01", "2026-11-18"),
        ("ytd", "2026-01-01", "2026-11-18"),
        ("last 30 days", "2026-10-19", "2026-11-17"),
        ("the last 3 months", "2026-08-01", "2026-10-31"),
        ("two months ago", "2026-09-01", "2026-09-30"),
        ("in march", "2026-03-01", "2026-03-31"),
        ("in december", "2025-12-01", "2025-12-31"),
        ("in march 2025", "2025-03-01", "2025-03-31"),
        ("in march last year", "2025-03-01", "2025-03-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("in 2025", "2025-01-01", "2025-12-31"),
        ("q3", "2026-07-01", "2026-09-30"),
        ("q4 2025", "2025-10-01", "2025-12-31"),
        ("the first quarter of 2026", "2026-01-01", "2026-03-31"),
        ("since june", "2026-06-01", "2026-11-17"),
        ("from may to july", "2026-05-01", "2026-07-31"),
        ("between november and february", "2025-11-01", "2026-02-28"),
        ("on 3 march", "2026-03-03", "2026-03-03"),
        ("on march 3rd, 2025", "2025-03-03", "2025-03-03"),
        ("2026-03-01 to 2026-03-14", "2026-03-01", "2026-03-14"),
        ("week 46", "2026-11-09", "2026-11-15"),
        ("on monday", "2026-11-16", "2026-11-16"),
        ("all time", "2024-11-16", "2026-11-15"),
    ],
)
def test_a_period_in_words_is_these_days(words: str, first: str, last: str) -> None:
    [span], rest = take_periods(f"revenue {words}", CALENDAR)
    assert (span.period.start.isoformat(), span.period.last.isoformat()) == (first, last)
    assert "revenue" in rest


def test_two_periods_come_in_their_order_and_may_is_no_month_in_every_sentence() -> None:
    spans, _ = take_periods("orders in may vs april", CALENDAR)
    assert [span.period.start.month for span in spans] == [5, 4]
    assert take_periods("may i return tea", CALENDAR)[0] == ()
    assert "31" in take_periods("on 31 april", CALENDAR)[1], (
        "a day that there is not is left to be asked about"
    )


@pytest.mark.parametrize(
    ("words", "ago", "first", "last"),
    [
        ("in march", "before", "2026-02-01", "2026-02-28"),
        ("last quarter", "before", "2026-04-01", "2026-06-30"),
        ("last week", "before", "2026-11-02", "2026-11-08"),
        ("last week", "year", "2025-11-10", "2025-11-16"),
        ("in march", "year", "2025-03-01", "2025-03-31"),
        ("this month", "before", "2026-10-01", "2026-10-18"),
        ("last 30 days", "before", "2026-09-19", "2026-10-18"),
    ],
)
def test_a_period_is_held_against_the_one_before_or_a_year_ago(
    words: str, ago: str, first: str, last: str
) -> None:
    [span], _ = take_periods(words, CALENDAR)
    found = before(span, ago)  # type: ignore[arg-type]
    assert (found.period.start.isoformat(), found.period.last.isoformat()) == (first, last)
