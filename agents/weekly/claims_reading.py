"""What numbers a text writes, in any form that people write them: $47.8K, 12%, -3 points, twelve, half, 1.5 times.

Pure; any text is valid input. A form that is not known for sure is given as a plain number, which no fact of money,
share or time can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from knowledge_base.number_words import VALUES
from knowledge_base.terms import stem

Kind = Literal["plain", "money", "percent", "points", "times", "months", "seconds"]
Phrase = tuple[str, ...]
"""The stems of some words in their order."""

_DIGITS: Final = r"(?:\d{1,3}(?:,\d{3})+(?![\d,]*\d)|\d+)(?:\.\d+)?|(?<![\d.])\.\d+"
_CURRENCIES: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CURRENCY_WORDS: Final = {
    "dollar": "USD",
    "dollars": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "pound": "GBP",
    "pounds": "GBP",
    "yen": "JPY",
    "rupees": "INR",
}
_SCALES: Final = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "bn": 1_000_000_000,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
}
_TIMES: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("day", "days"), 86_400),
    **dict.fromkeys(("week", "weeks"), 7 * 86_400),
}
_ACRONYMS: Final = "CAC|MER|LTV|NPS|AUC|AOV|CLV|KPI|SKU|RFM|ROI|GTM|VIP|YOY|WOW|MOM"
_NUMBER: Final = re.compile(
    rf"""(?P<sign>(?<![\w%)])[+\-−])?
    (?P<money>(?:US)?[$€£¥₹]\s?-?|\b(?!(?:{_ACRONYMS})\b)[A-Z]{{3}}\s(?=-?[\d.]))?
    (?P<digits>{_DIGITS})
    (?P<scale>[kKmM](?![\w])|\s?(?:mn|bn)\b|[\s-](?:hundred|thousand|million|billion)\b)?
    (?P<unit>\s?%|\s?per\s?cent\b|[\s-](?:percentage[\s-])?points?\b|\s?pp\b|\s?[x×](?!\w)|-?fold\b|\s+times\b
      |[\s-](?:months?)\b|[\s-]?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)\b|\s?s\b|\s?h\b
      |\s(?:dollars?|euros?|pounds?|yen|rupees)\b|\s(?!(?:{_ACRONYMS})\b)[A-Z]{{3}}\b)?
    """,
    re.VERBOSE,
)

_WORD: Final = "|".join(VALUES)
_SCALE: Final = "hundred|thousand|million|billion|dozen"
_WORDS: Final = re.compile(
    rf"\b(?:(?:a|an)\s(?:{_SCALE})|(?:{_WORD}))(?=fold\b|\b)(?:(?:[\s-]|\sand\s)(?:{_WORD}|{_SCALE})(?=fold\b|\b))*"
    r"(?P<unit>[\s-]per\s?cent\b|[\s-](?:percentage[\s-])?points?\b|-?fold\b|\s+times\b|[\s-]months?\b"
    r"|[\s-](?:seconds?|minutes?|hours?|days?|weeks?)\b|\s(?:dollars?|euros?|pounds?|yen|rupees)\b)?",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(
    r"\b(?:(?:one|a|an)\s+)?half\b(?![\s-]a?\s?(?:an?\s)?(?:year|hour|month|week|day))"
    r"|\b(?:(?P<many>one|a|two|three|four|nine)[\s-])(?P<part>thirds?|quarters?|fifths?|tenths?)\b(?=\s+(?:of|more|less|fewer|higher|lower|above|below))",
    re.IGNORECASE,
)
_PARTS: Final = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_CHANGES: Final = {
    "doubled": (100, 1),
    "doubling": (100, 1),
    "doubles": (100, 1),
    "tripled": (200, 1),
    "trebled": (200, 1),
    "quadrupled": (300, 1),
    "halved": (50, -1),
    "halving": (50, -1),
}
_CHANGE: Final = re.compile(rf"\b(?:{'|'.join(_CHANGES)})\b", re.IGNORECASE)
_MULTIPLES: Final = {"twice": 2, "thrice": 3, "double": 2, "triple": 3}
_MULTIPLE: Final = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)}|once(?=\s*[,.;)]|$))(?!\w)", re.IGNORECASE)
_HEDGE: Final = re.compile(r"\b(?:about|around|roughly|nearly|almost|some|approximately|circa|~)\s*$", re.I)
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\s\w]|_")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number as written: its characters, value, and half of the last place as which it is meant.

    `sign` is +1 or -1 where one is written, else 0. Percent and points are hundredths; times are seconds. `weak` is a
    word that is a number in some places only ("one", "no").
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: Decimal
    slack: Decimal
    sign: int = 0
    currency: str | None = None
    weak: bool = False


@lru_cache(maxsize=10_000)
def phrase(text: str) -> Phrase:
    """The stems of a text's words and signs."""
    return tuple(stem(token.lower()) for token in _TOKEN.findall(text))


def mentions(text: str) -> list[Mention]:
    """The numbers of a text in order; none overlaps another."""
    found: list[Mention] = []
    taken = [False] * len(text)
    for one in (*_digits(text), *_fractions(text), *_changes(text), *_in_words(text)):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = [True] * (one.end - one.start)
            found.append(one)
    for at, character in enumerate(text):  # ½, ², Ⅳ: a number that is not read is not taken for a fact
        if not taken[at] and character.isnumeric() and not character.isdecimal():
            found.append(Mention(at, at + 1, character, "plain", Decimal("NaN"), Decimal(0)))
    return sorted(found, key=lambda one: one.start)


def _digits(text: str) -> Iterator[Mention]:
    for match in _NUMBER.finditer(text):
        digits, unit = match["digits"], (match["unit"] or "").strip().strip("-").strip()
        scale = _SCALES.get((match["scale"] or "").strip(" -").lower(), 1)
        plain = digits.replace(",", "")
        value = Decimal(plain) * scale
        places = len(plain.partition(".")[2])
        slack = Decimal(scale) / (2 * Decimal(10) ** places)
        money = (match["money"] or "").strip()
        sign = (match["sign"] or "") + ("-" if money.endswith("-") else "")
        kind, factor, currency = _unit(unit, money.rstrip("- "))
        end = match.start("unit") if unit and (money or kind == "plain") else match.end()
        if match["scale"] is None and places == 0 and _HEDGE.search(text[: match.start()]):
            slack = max(slack, _trailing(plain) / 2)
        yield Mention(
            match.start(),
            end,
            text[match.start() : end],
            kind,
            value * factor,
            slack * factor,
            0 if not sign else 1 if sign == "+" else -1,
            currency,
        )


def _trailing(digits: str) -> Decimal:
    """The last place that is no zero of an about number, a tenth of it at the most."""
    zeros = len(digits) - len(digits.rstrip("0"))
    return min(Decimal(10) ** zeros, Decimal(digits) / 10)


def _unit(unit: str, money: str) -> tuple[Kind, int, str | None]:
    """The kind of a number, what its unit is in ours, and its currency."""
    low = unit.lower()
    if money:
        return "money", 1, _CURRENCIES.get(money[-1], money)
    if low in _CURRENCY_WORDS or re.fullmatch(r"[A-Z]{3}", unit):
        return "money", 1, _CURRENCY_WORDS.get(low, unit)
    if low in _TIMES:
        return "seconds", _TIMES[low], None
    kinds: tuple[tuple[str, Kind], ...] = (
        (r"%|per\s?cent", "percent"),
        (r"pp|.*points?", "points"),
        (r"x|×|times|fold", "times"),
        (r"months?", "months"),
    )
    return next((kind for form, kind in kinds if re.fullmatch(form, low)), "plain"), 1, None


def _fractions(text: str) -> Iterator[Mention]:
    """A half, two thirds, as per cents."""
    for match in _FRACTION.finditer(text):
        part = (match["part"] or "half").lower().rstrip("s")
        many = VALUES.get((match["many"] or "").lower(), 1)
        share = Decimal(100 * many) / _PARTS.get(part, 2)
        yield Mention(match.start(), match.end(), match.group(), "percent", share, Decimal("0.5"))


def _changes(text: str) -> Iterator[Mention]:
    """Doubled, halved: changes with their direction; twice: a multiple."""
    for match in _CHANGE.finditer(text):
        percent, sign = _CHANGES[match.group().lower()]
        yield Mention(
            match.start(), match.end(), match.group(), "percent", Decimal(percent), Decimal("0.5"), sign
        )
    for match in _MULTIPLE.finditer(text):
        times = _MULTIPLES.get(match.group().lower(), 1)
        yield Mention(match.start(), match.end(), match.group(), "times", Decimal(times), Decimal("0.05"))


def _in_words(text: str) -> Iterator[Mention]:
    for match in _WORDS.finditer(text):
        unit = (match["unit"] or "").strip().strip("-").strip()
        written = text[match.start() : match.start("unit") if unit else match.end()]
        kind, factor, currency = _unit(unit, "")
        value = Decimal(_read_words(written))
        yield Mention(
            match.start(),
            match.end(),
            match.group(),
            kind,
            value * factor,
            Decimal(factor) / 2,
            currency=currency,
            weak=written.lower() == "one",
        )
    for match in re.finditer(r"\b(?:no|none|nobody)\b", text, re.IGNORECASE):
        yield Mention(
            match.start(), match.end(), match.group(), "plain", Decimal(0), Decimal("0.5"), weak=True
        )


@lru_cache(maxsize=1_000)
def _read_words(written: str) -> int:
    """Twelve hundred and five: 1,205."""
    whole, part = 0, 0
    for word in re.findall(r"[a-z]+", written.lower()):
        if word in VALUES:
            part += VALUES[word]
        elif word in ("hundred", "dozen"):
            part = max(part, 1) * (100 if word == "hundred" else 12)
        elif word in _SCALES:
            whole += max(part, 1) * _SCALES[word]
            part = 0
    return whole + part
