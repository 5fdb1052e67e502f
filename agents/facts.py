"""What a text states exactly: numbers with their units, times, links and names. Pure; any text is valid input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from knowledge_base.number_words import SMALL, TENS, VALUES
from knowledge_base.terms import FUNCTION_WORDS, stem

_UNIT_WORDS = {
    "second": "second seconds sec secs",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "%": "% percent per-cent",
    "$": "$ usd dollar dollars",
    "€": "€ eur euro euros",
    "£": "£ gbp pound-sterling",
    "cent": "cent cents",
    "gram": "g gram grams",
    "kilogram": "kg kilogram kilograms kilo kilos",
    "milligram": "mg milligram milligrams",
    "ounce": "oz ounce ounces",
    "pound": "lb lbs pound pounds",
    "millilitre": "ml millilitre millilitres milliliter milliliters",
    "litre": "l litre litres liter liters",
    "cup": "cup cups",
    "tablespoon": "tbsp tablespoon tablespoons",
    "teaspoon": "tsp teaspoon teaspoons",
    "celsius": "°c celsius",
    "fahrenheit": "°f fahrenheit",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "metre": "m metre metres meter meters",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "mile": "mile miles",
    "inch": "inch inches",
    "calorie": "kcal calorie calories",
    "point": "point points",
    **{
        month: f"{month} {month[:3]}"
        for month in "january february march april june july august september october november december".split()  # noqa: SIM905
    },
    "may ": "may",
}
_UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_QUALIFIERS = frozenset(("business", "working", "calendar", "fluid", "trading"))

_SCALES = {
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "million": Decimal(1_000_000),
    "dozen": Decimal(12),
}

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()\[\]\"'`]+|[^\s<>()\[\]\"'`:]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|co|example|shop|de|uk|eu)\b(?:/[^\s<>()\[\]\"'`]*)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})(?:\s*([ap])\.?m\b\.?)?|\b(\d{1,2})\s*([ap])\.?m\b\.?", re.IGNORECASE)
_TOKEN = re.compile(r"°[CFcf]?|[$€£%]|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[-–—]|[.!?…](?=\s|$)|\S")
_NUMBER = re.compile(r"\d")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_AROUND = 3  # words to either side in which a number's unit may stand


Value = Decimal | str
"""What a number means; a string where only its digits count."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, the values it may mean ("1.500" is 1500 or 1.5), and the units next to it."""

    text: str
    values: frozenset[Value]
    unit: str | None
    near: frozenset[str]
    """Stems of the words around it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a text states exactly. Names and links are in lower case, times in minutes after midnight."""

    quantities: tuple[Quantity, ...] = ()
    times: frozenset[int] = frozenset()
    links: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    vocabulary: frozenset[str] = field(default_factory=frozenset)


def facts(text: str) -> Facts:
    """The facts of a text."""
    links = frozenset(match.group().rstrip(".,;:!?").lower() for match in _LINK.finditer(text))
    bare = _LINK.sub(" ", text)
    times = frozenset(_minutes(match) for match in _TIME.finditer(bare))
    tokens = _TOKEN.findall(_TIME.sub(" ", bare))
    return Facts(
        quantities=tuple(_quantities(tokens)),
        times=times,
        links=links,
        names=tuple(dict.fromkeys(_names(tokens))),
        vocabulary=frozenset(stem(token.lower()) for token in tokens if token[0].isalpha()),
    )


def _minutes(match: re.Match[str]) -> int:
    """A time of day; without a.m. or p.m. it is read as written."""
    hour, minute, half = (
        match.group(1) or match.group(4),
        match.group(2) or "0",
        match.group(3) or match.group(5),
    )
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    return hours * 60 + int(minute)


def _quantities(tokens: list[str]) -> Iterator[Quantity]:
    at = 0
    while at < len(tokens):
        values, length = _value(tokens, at)
        if values:
            yield _quantity(tokens, at, length, values)
        at += max(1, length)


def _quantity(tokens: list[str], at: int, length: int, values: frozenset[Value]) -> Quantity:
    after = _words_after(tokens, at + length)
    before = tokens[at - 1].lower() if at else ""
    unit = _UNITS.get(before) if before in ("$", "€", "£") or _UNITS.get(before) in _MONTHS else None
    for position, word in enumerate(after):
        if unit is not None:
            break
        if word in _UNITS and (position == 0 or after[position - 1] in _QUALIFIERS):
            qualifier = f"{after[position - 1]} " if position else ""
            unit = qualifier + _UNITS[word]
    near = frozenset(stem(word) for word in after if word not in FUNCTION_WORDS)
    return Quantity("".join(tokens[at : at + length]), values, unit, near)


_MONTHS = frozenset(_UNIT_WORDS) & frozenset(
    "january february march april june july august september october november december".split()  # noqa: SIM905
) | {"may "}


def _words_after(tokens: list[str], start: int) -> list[str]:
    """The next words, over a range's other end ("6 to 10 days", "7-day"), not over the sentence's end."""
    found: list[str] = []
    at = start
    while at < len(tokens) and len(found) < _AROUND:
        token = tokens[at].lower()
        if token in (".", "!", "?", "…", ";", "|"):
            break
        values, length = _value(tokens, at)
        if values and not found:
            at += length  # the other end of a range
            continue
        if token not in ("-", "–", "—", "to", "and", "or", "(", ")", "*", "**"):
            found.append(token)
        at += 1
    return found


def _value(tokens: list[str], at: int) -> tuple[frozenset[Value], int]:
    """What the number at a place may mean and how many tokens it takes; empty where there is none."""
    token = tokens[at].lower()
    if _NUMBER.match(token):
        return _scaled(read_number(token), tokens, at)
    if token not in VALUES:
        return frozenset(), 1
    value, length = Decimal(VALUES[token]), 1
    compound = tokens[at + 1 : at + 3]
    if token in TENS and len(compound) == 2 and compound[0] == "-" and compound[1].lower() in SMALL[1:10]:
        value, length = value + VALUES[compound[1].lower()], 3
    values, taken = _scaled(frozenset((value,)), tokens, at + length - 1)
    if token == "one" and taken == 1:  # noqa: S105 - "this one" is no number, "one day" is
        following = tokens[at + 1].lower() if at + 1 < len(tokens) else ""
        if following not in _UNITS:
            return frozenset(), 1
    return values, length + taken - 1


def _scaled(values: frozenset[Value], tokens: list[str], at: int) -> tuple[frozenset[Value], int]:
    scale = _SCALES.get(tokens[at + 1].lower()) if at + 1 < len(tokens) else None
    if scale is None:
        return values, 1
    return frozenset(value * scale for value in values if isinstance(value, Decimal)), 2


@lru_cache(maxsize=10_000)
def read_number(text: str) -> frozenset[Value]:
    """The values that digits with points and commas may mean; with a zero before them they are a label."""
    if text[0] == "0" and text[1:2].isdigit():
        return frozenset((text,))
    readings = {text.replace(",", "")}
    if "," in text:
        readings.add(text.replace(".", "").replace(",", "."))
    if _GROUPED.fullmatch(text):
        readings.add(re.sub(r"[.,]", "", text))
    found: set[Value] = set()
    for reading in readings:
        try:
            found.add(Decimal(reading).normalize())
        except InvalidOperation:
            continue
    return frozenset(found)


def _names(tokens: list[str]) -> Iterator[str]:
    """Capitalised words inside sentences, and at their beginning where a second one follows."""
    begins = True
    for at, token in enumerate(tokens):
        if token in (".", "!", "?", "…", ":", "*", "**", "-", "|", "“", '"', "("):
            begins = begins or token not in ("-", "(", "“", '"')
            continue
        if token[0].isupper() and token.lower() not in FUNCTION_WORDS:
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            paired = following[:1].isupper() and following.lower() not in FUNCTION_WORDS
            if not begins or paired:
                yield token.lower().replace("’", "'").removesuffix("'s")
        begins = False
