"""Turns of phrase of answers: periods, lists, restrictions, values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from agents.inquiry.spans import Span, grain_of
from analytics.countries import country_name
from analytics.currency import minor_units, written
from analytics.figures import Number, Unit
from analytics.inquiries.query import UNKNOWN, Dimension, Only
from analytics.period import Period


def day_words(day: date) -> str:
    """A day: 3 March 2026."""
    return f"{day.day} {day:%B %Y}"


def days_words(period: Period) -> str:
    """The days of a period, the first and the last: 1 to 31 March 2026."""
    first, last = period.start, period.last
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_words(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {day_words(last)}"
    return f"{day_words(first)} to {day_words(last)}"


def period_words(span: Span) -> str:  # noqa: PLR0911 - a sentence a kind
    """A period as the end of a sentence: in March 2026, in the week of 9 to 15 November 2026."""
    period = span.period
    if span.whole:
        return "in all the time known"
    grain = grain_of(period)
    if grain == "day":
        return f"on {day_words(period.start)}"
    if grain == "week":
        return f"in the week of {days_words(period)}"
    if grain == "month":
        return f"in {period.start:%B %Y}"
    if grain == "quarter":
        which = ("first", "second", "third", "fourth")[(period.start.month - 1) // 3]
        return f"in the {which} quarter of {period.start.year}"
    if grain == "year":
        return f"in {period.start.year}"
    return f"from {days_words(period)}"


def short_period(span: Span) -> str:
    """A period without its preposition, for charts and tables."""
    grain = grain_of(span.period)
    if grain in ("month", "quarter", "year"):
        return period_words(span).removeprefix("in ").removeprefix("the ")
    return "all the time known" if span.whole else days_words(span.period)


def only_words(only: Sequence[Only]) -> str:
    """Restrictions as the middle of a sentence: from Germany through email."""
    said = []
    for kind, lead in (
        ("product", "of"),
        ("segment", "of"),
        ("country", "from"),
        ("channel", "through"),
        ("topic", "about"),
    ):
        labels = [one.label for one in only if one.kind == kind]
        if labels:
            said.append(f"{lead} {listed(labels, 'and')}" + (" customers" if kind == "segment" else ""))
    return " ".join(said)


def listed(words: Sequence[str], last: str) -> str:
    """Words as a list in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def label_words(label: str, by: Dimension | None) -> str:  # noqa: PLR0911 - as above
    """A part's label as people say it."""
    if label == UNKNOWN:
        return "not known"
    if by == "channel":
        return label.replace("_", " ")
    if by == "country":
        return country_name(label)
    if by == "month":
        return f"{date(int(label[:4]), int(label[5:7]), 1):%B %Y}"
    if by in ("week", "day"):
        day = date.fromisoformat(label)
        return f"week of {day_words(day)}" if by == "week" else day_words(day)
    if by == "quarter":
        return f"{label[5:]} {label[:4]}"
    return label


def value_words(value: Number, unit: Unit, currency: str) -> str:
    """A value as a person writes it."""
    if unit == "minor":
        return written(value, currency)
    if unit == "share":
        return f"{value:.1%}".replace(".0%", "%")
    if unit == "ratio":
        return f"{value:.2f}"
    if unit == "months":
        return f"{value:.1f} months"
    if unit == "seconds":
        return seconds_words(float(value))
    return f"{round(value):,}"


def seconds_words(seconds: float) -> str:
    """Seconds as people say them."""
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size * 1.5:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.1f} seconds" if seconds < 10 else f"{seconds:.0f} seconds"


def signed_words(amount: Number, unit: Unit, currency: str) -> str:
    """An amount with its sign, also where it is above zero."""
    if unit == "minor" and abs(amount) >= 100 * minor_units(currency):
        amount = round(amount)
    words = value_words(abs(amount), unit, currency)
    return f"+{words}" if amount > 0 else f"-{words}" if amount < 0 else words
