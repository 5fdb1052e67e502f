"""The parts of a text in which digits are no numbers: names of things, days, phrases that are repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from agents.weekly.claims_reading import Mention

if TYPE_CHECKING:
    from agents.weekly.claims import FactSheet

Span = tuple[int, int]

_SHORT: Final = {
    name: n
    for n, name in enumerate(re.findall(r"\w+", "jan feb mar apr may jun jul aug sep oct nov dec"), start=1)
}
_MONTH: Final = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_DAY: Final = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?\s+"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b",
        rf"\b(?:{_DAY})?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:-|–|to|and)\s*(?P<other>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}})\b)?",
        rf"\b(?:{_DAY})?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}})\b)?",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:-|–|to)\s*(?P<other>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}})\b)?",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+(?P<year>\d{{4}})\b)?",
        rf"\b{_MONTH}\s+(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<number>\d{2})\b",
    )
)
_QUOTES: Final = "“\"'‘”’"


def names_in(text: str, sheet: FactSheet) -> Iterator[tuple[int, int, str]]:
    """Where names, things called by a number, and repeated phrases stand; the longest first, none overlapping."""
    taken = [False] * len(text)
    for name, pattern in _patterns(sheet.things, sheet.numbered, sheet.verbatim):
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                yield match.start(), match.end(), name


@lru_cache(maxsize=32)
def _patterns(
    things: frozenset[str], numbered: tuple[tuple[str, str], ...], verbatim: frozenset[str]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What is looked for, in this order."""
    found = [(one, re.compile(re.escape(one))) for one in sorted(verbatim, key=len, reverse=True) if one]
    found += [
        (name, re.compile(rf"\b{re.escape(noun)}\s+#?{re.escape(name)}(?!\w)", re.IGNORECASE))
        for noun, name in sorted(numbered)
    ]
    return (
        *found,
        *((name, _name_pattern(name)) for name in sorted(things, key=lambda one: (-len(one), one)) if name),
    )


def _name_pattern(name: str) -> re.Pattern[str]:
    """How a name is found: as it is written; a plain word in any case, a name with a number only in quotes."""
    spelled = r"[\s_-]+".join(re.escape(part) for part in re.split(r"[\s_-]+", name) if part)
    if re.search(r"\d", name) and not re.fullmatch(r"[A-Za-z][A-Za-z_-]*\w*", name):
        return re.compile(rf"(?<=[{_QUOTES}]){re.escape(name)}(?=[{_QUOTES}])")
    # A name that begins with a capital letter may be a word of every day too: "New", "Loyal".
    flags = re.IGNORECASE if name == name.lower() else 0
    return re.compile(rf"(?<!\w){spelled}(?!\w)", flags)


def days_in(
    text: str, sheet: FactSheet, names: Sequence[Span]
) -> tuple[list[tuple[int, int, str]], list[Mention]]:
    """Where days and months of the sheet stand, with the name of a thing that is called by its month; and others."""
    known: list[tuple[int, int, str]] = []
    strange: list[Mention] = []
    taken = list(names)
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(first < end and start < last for first, last in taken):
                continue
            taken.append((start, end))
            if _known(match, sheet):
                known.append((start, end, match.group() if match.group() in sheet.things else ""))
            else:
                strange.append(Mention(start, end, match.group(), "plain", Decimal("NaN"), Decimal(0)))
    return known, strange


def _known(match: re.Match[str], sheet: FactSheet) -> bool:
    parts = match.groupdict()
    month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
    year = int(parts["year"]) if parts.get("year") else None
    days = [int(parts[part]) for part in ("day", "other") if parts.get(part)]
    if not days:
        every = {(one.year, one.month) for one in (*sheet.months, *sheet.days)}
        return any(found == month and year in (None, of) for of, found in every)
    return all(
        any(one.day == day and one.month == month and year in (None, one.year) for one in sheet.days)
        for day in days
    )


def _month(name: str) -> int:
    return _SHORT[name[:3].lower()]
