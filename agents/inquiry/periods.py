"""Periods as people write them: last week, in March, since June, Q3 2025, 3 to 9 November, yesterday.

Weeks begin on Monday. “The last 3 months” are the last three whole ones; days end with yesterday. A month without a
year is the last one that has begun and has data. What is understood is taken out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from agents.inquiry.spans import Calendar, Span, grain_of, unit_of, units_back
from analytics.inquiries.query import Grain
from analytics.period import Period, month_of
from knowledge_base.number_words import DOZEN

TAKEN: Final = "\x00"
"""Stands in the text for what was understood."""

NAMED: Final = "\x01"
"""Stands there for a period."""

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER: Final = DOZEN | {"a": 1, "couple of": 2}

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_YEARLY = rf"(?:{_YEAR}|(?P<which>last|this|previous) year\b)"
_UNIT = r"(?P<unit>day|week|month|quarter|year)"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBER, key=len, reverse=True))})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_ORDINAL = r"(?P<ordinal>first|second|third|fourth|1st|2nd|3rd|4th)"


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    make: Callable[[date], Span]  # given the latest day at which it may begin


def take_periods(text: str, calendar: Calendar) -> tuple[tuple[Span, ...], str]:
    """The periods of a text in lower case, in its order, and the text with `NAMED` in their place."""
    atoms: list[_Atom] = []
    rest = text
    for pattern, make in _PATTERNS:
        for match in pattern.finditer(rest):
            span = make(match, calendar)
            if span is not None:
                atoms.append(_Atom(match.start(), match.end(), span))
        for atom in atoms:
            rest = rest[: atom.start] + TAKEN * (atom.end - atom.start) + rest[atom.end :]
    return _joined(sorted(atoms, key=lambda one: one.start), rest, calendar)


def _joined(atoms: list[_Atom], rest: str, calendar: Calendar) -> tuple[tuple[Span, ...], str]:
    """Ranges of two, and those that begin or end with one."""
    latest = min(calendar.today, calendar.last or calendar.today)
    found: list[Span] = []
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        lead = re.search(
            r"\b(between|from|since|starting|after|until|till|up to|before)\s+(?:the\s+)?$",
            rest[: atom.start],
        )
        word = lead.group(1) if lead else ""
        following = atoms[at + 1] if at + 1 < len(atoms) else None
        middle = rest[atom.end : following.start] if following else ""
        joins = bool(
            re.fullmatch(r"\s*(?:to|until|till|through|thru|up to|and including|-|–|—)\s*(?:the\s+)?", middle)
        )
        joins |= word == "between" and bool(re.fullmatch(r"\s*and\s*(?:the\s+)?", middle))
        if following is not None and joins:
            second = following.make(latest)
            first = atom.make(second.period.start)
            found.append(Span(Period(first.period.start, second.period.end)))
            start, end, at = (lead.start() if lead else atom.start), following.end, at + 2
        else:
            span = atom.make(latest)
            found.append(_open(span, word, calendar))
            start, end, at = (lead.start() if lead else atom.start), atom.end, at + 1
        rest = rest[:start] + NAMED * (end - start) + rest[end:]
    return tuple(found), rest


def _open(span: Span, word: str, calendar: Calendar) -> Span:
    """Since when, or until when."""
    period = span.period
    begun = min(calendar.first or period.start, period.start)
    if word in ("since", "from", "starting"):
        return Span(Period(period.start, max(calendar.today, period.end)))
    if word == "after":
        return Span(Period(period.end, max(calendar.today, period.end + timedelta(days=1))))
    if word in ("until", "till", "up to"):
        return Span(Period(begun, period.end))
    if word == "before":
        return Span(Period(min(begun, period.start - timedelta(days=1)), period.start))
    return span


def _month_number(name: str) -> int:
    return next(at for at, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def _fixed(span: Span) -> Callable[[date], Span]:
    return lambda _latest: span


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBER[word]


def _day(match: re.Match[str], _: Calendar) -> Callable[[date], Span] | None:
    """A day of a month; without a year the last one."""
    month, day, year = _month_number(match["month"]), int(match["day"]), match["year"]

    def make(latest: date) -> Span:
        found = _safe(int(year), month, day) if year else None
        if found is None:
            found = _safe(latest.year, month, day)
            if found is None or found > latest:
                found = _safe(latest.year - 1, month, day)
        return Span(unit_of("day", found or latest), "day")

    return (
        make if _safe(2024, month, day) is not None else None
    )  # a leap year: only 31 April and the like fail


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso_day(match: re.Match[str], _: Calendar) -> Callable[[date], Span] | None:
    found = _safe(int(match[1]), int(match[2]), int(match[3]))
    return None if found is None else _fixed(Span(unit_of("day", found), "day"))


def _iso_month(match: re.Match[str], _: Calendar) -> Callable[[date], Span] | None:
    found = _safe(int(match[1]), int(match[2]), 1)
    return None if found is None else _fixed(Span(month_of(found), "month"))


def _year_of(match: re.Match[str], calendar: Calendar) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    which = groups.get("which")
    return None if not which else calendar.today.year - (which != "this")


def _month(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    number, year = _month_number(match["month"]), _year_of(match, calendar)

    def make(latest: date) -> Span:
        of = year or (latest.year if date(latest.year, number, 1) <= latest else latest.year - 1)
        return Span(month_of(date(of, number, 1)), "month")

    return make


def _quarter(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    groups = match.groupdict()
    named = groups.get("ordinal")
    number = int(groups["number"]) if groups.get("number") else _ordinal(named or "first")
    year = _year_of(match, calendar)

    def make(latest: date) -> Span:
        month = number * 3 - 2
        of = year or (latest.year if date(latest.year, month, 1) <= latest else latest.year - 1)
        return Span(unit_of("quarter", date(of, month, 1)), "quarter")

    return make


def _ordinal(word: str) -> int:
    return int(word[0]) if word[0].isdigit() else ("first", "second", "third", "fourth").index(word) + 1


def _week_number(match: re.Match[str], _: Calendar) -> Callable[[date], Span] | None:
    number = int(match["number"])
    if not 1 <= number <= 53:
        return None

    def make(latest: date) -> Span:
        year = int(match["year"]) if match["year"] else latest.isocalendar().year
        start = date.fromisocalendar(year, min(number, 52 if number > 52 else number), 1)
        if not match["year"] and start > latest:
            start = date.fromisocalendar(year - 1, min(number, 52), 1)
        return Span(unit_of("week", start), "week")

    return make


def _last_many(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span] | None:
    count, unit = _number(match["count"]), match["unit"]
    if not count:
        return None
    end = calendar.today if unit == "day" else unit_of(unit, calendar.today).start
    start = (
        calendar.today - timedelta(days=count)
        if unit == "day"
        else units_back(unit, calendar.today, count).start
    )
    return _fixed(Span(Period(start, end), grain_of(Period(start, end))))


def _last(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    unit = match["unit"]
    return _fixed(Span(units_back(unit, calendar.today, 1), unit))  # type: ignore[arg-type]


def _this(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    short: dict[str | None, Grain] = {"m": "month", "y": "year", "q": "quarter", "w": "week"}
    unit: Grain = short.get(match["short"]) or match["unit"] or match["long"]  # type: ignore[assignment]
    whole = unit_of(unit, calendar.today)
    return _fixed(Span(Period(whole.start, calendar.today + timedelta(days=1)), unit))


def _ago(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    unit = match["unit"]
    count = _number(match["count"]) if "count" in match.re.groupindex else 2
    return _fixed(Span(units_back(unit, calendar.today, count), unit))  # type: ignore[arg-type]


def _named_day(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    back = {"today": 0, "yesterday": 1, "the day before yesterday": 2}[match[0]]
    return _fixed(Span(unit_of("day", calendar.today - timedelta(days=back)), "day"))


def _weekday(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    back = (calendar.today.weekday() - _DAYS.index(match["weekday"])) % 7 or 7
    return _fixed(Span(unit_of("day", calendar.today - timedelta(days=back)), "day"))


def _year(match: re.Match[str], _: Calendar) -> Callable[[date], Span]:
    return _fixed(Span(unit_of("year", date(int(match["year"]), 1, 1)), "year"))


def _next(match: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    unit = match["unit"] or "day"
    return _fixed(Span(units_back(unit, calendar.today, -1), unit))  # type: ignore[arg-type]


def _all_time(_: re.Match[str], calendar: Calendar) -> Callable[[date], Span]:
    first = calendar.first or calendar.today
    return _fixed(Span(Period(first, max(calendar.anchor, first + timedelta(days=1))), None, whole=True))


_Make = Callable[[re.Match[str], Calendar], "Callable[[date], Span] | None"]
# “May” is a month only where something says so: “may customers …” is not.
_TO_DATE = r"(?P<short>[mqyw])td\b|(?P<long>month|quarter|year|week) to date\b"
_MAY_IS_NO_MONTH = r"(?!(?<=\bmay)\s+(?:i|we|you|they|customers?|somebody|people)\b)"


def _compiled(*patterns: tuple[str, _Make]) -> tuple[tuple[re.Pattern[str], _Make], ...]:
    return tuple((re.compile(rf"(?<![\w-]){pattern}"), make) for pattern, make in patterns)


_PATTERNS: Final = _compiled(
    (r"(\d{4})-(\d\d)-(\d\d)\b", _iso_day),
    (r"((?:19|20)\d\d)-(\d\d)\b", _iso_month),
    (rf"{_YEAR}[- ]?q(?P<number>[1-4])\b", _quarter),
    (rf"(?:the )?q(?P<number>[1-4])\b(?:,? (?:of )?{_YEARLY})?", _quarter),
    (rf"(?:the )?{_ORDINAL} quarter\b(?: (?:of )?{_YEARLY})?", _quarter),
    (rf"(?:on )?(?:the )?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?", _day),
    (rf"(?:on )?{_MONTH} {_DAY}(?:,? {_YEAR})?", _day),
    (rf"{_MONTH},?(?: (?:of )?{_YEARLY})", _month),
    (rf"(?:last |this |previous )?{_MONTH}{_MAY_IS_NO_MONTH}", _month),
    (rf"(?:the )?(?:calendar )?(?:week|kw) (?P<number>\d{{1,2}})\b(?: (?:of )?{_YEAR})?", _week_number),
    (rf"(?:the )?{_UNIT} before last\b", _ago),
    (rf"{_COUNT} {_UNIT}s? ago\b", _ago),
    (rf"(?:the )?(?:last|past|previous|prior|trailing) {_COUNT} {_UNIT}s?\b", _last_many),
    (rf"(?:the )?(?:last|past|previous|prior) {_UNIT}(?:'s)?\b", _last),
    (
        rf"(?:(?:so far )?(?:this|the current|current) {_UNIT}(?:'s)?\b(?: so far)?|{_TO_DATE})",
        _this,
    ),
    (r"(?:the day before yesterday|yesterday|today)\b", _named_day),
    (rf"(?:on |last )?(?P<weekday>{'|'.join(_DAYS)})\b", _weekday),
    (rf"(?:(?:the )?(?:next|coming|upcoming|following) {_UNIT}\b|tomorrow\b)", _next),
    (r"(?:all[- ]time|of all time|ever|since the (?:very )?(?:beginning|start)|to date)\b", _all_time),
    (rf"(?:the year )?{_YEAR}", _year),
)
