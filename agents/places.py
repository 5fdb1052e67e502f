"""Finds postal addresses: a street with its number, a post office box, a state or town with its code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_STREETS: Final = (
    r"street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|terrace|highway|hwy|parkway|pkwy"
    r"|crescent|mews"
)
_ORDINARY_WORDS_TOO: Final = r"Way|Place|Pl|Square|Sq|Circle|Cir|Trail|Trl|Close|Loop|Alley|Row"
"""Streets by a word that is often none: they count with capitals, and with no further word right behind."""
_STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND"
    "|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR|AE|AP|AA"
)
_NO_STREET_WORDS: Final = (
    r"(?:a|an|the|to|of|in|on|by|for|and|or|is|are|at|with|from|per|my|your|our|their|this|that|any|each|every"
    r"|hours?|days?|weeks?|months?|minutes?|mins?|years?|times?|business|cups?|grams?|g|kg|oz|ml|lbs?|pounds?"
    r"|miles?|km|percent|dollars?|items?|orders?|parcels?|pouch(?:es)?|tins?|bottles?|small|different)\b"
)
_UNIT: Final = (
    r"(?:,?\s+(?:apt|apartment|unit|suite|ste|flat|floor|fl|room|rm|#)\.?\s*#?\s*(?=\w*\d|[A-Z]\b)\w{1,6})?"
)
_REST: Final = (
    rf"(?:,?\s+(?:[A-Z][\w.'-]+\s){{0,3}}[A-Z][\w.'-]+,?\s+(?:{_STATES})\.?\s+\d{{5}}(?:-\d{{4}})?\b)?"
)
_STREET = re.compile(
    rf"(?<![\w.,$€£-])\d{{1,5}}[A-Za-z]?\s+(?:(?!{_NO_STREET_WORDS})(?!(?:{_STREETS})\b)[^\W\d_][\w.'-]*\s+"
    rf"|\d{{1,3}}(?:st|nd|rd|th)\s+){{1,4}}?(?:{_STREETS})\b\.?(?:\s+[NSEW]{{1,2}}\b)?(?i:{_UNIT}){_REST}",
    re.IGNORECASE,
)
_NAMED_STREET = re.compile(
    r"(?<![\w.,$€£-])\d{1,5}[A-Za-z]?(?:\s+[A-Z][\w.'-]*){1,3}?"
    rf"\s+(?:{_ORDINARY_WORDS_TOO})\b\.?(?!\s[^\W\d_])(?i:{_UNIT}){_REST}"
)
_STREET_BEFORE_NUMBER = re.compile(
    r"\b[^\W\d_]*(?:straße|strasse|str\.|gasse|allee|damm|ufer|(?<=[^\W\d_]{3})weg|(?<=[^\W\d_]{3})platz)\s+"
    r"\d{1,4}\s?[a-z]?\b(?:,?\s+\d{4,5}\s+[A-ZÄÖÜ][\w-]+)?"
    r"|\b(?:rue|via|calle|rua|avenida|plaza|piazza|viale)\s+(?:[^\W\d_][\w'-]*\s+){1,4}?,?\s?\d{1,4}\b"
    r"|(?<![\w.,])\d{1,4}(?:\s?bis)?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse)\s+(?:de\s+|du\s+|des\s+|la\s+|l')*[A-ZÉ]"
    r"[\w'-]+(?:,?\s+\d{5}\s+[A-ZÉ][\w-]+)?",
    re.IGNORECASE,
)
_BOX = re.compile(r"\bP\.?\s?O\.?\s?Box\s+#?\d+\b", re.IGNORECASE)
_STATE_AND_CODE = re.compile(
    rf"\b(?:[A-Z][\w.'-]+(?:\s[A-Z][\w.'-]+){{0,2}},\s+)?(?:{_STATES})\s+\d{{5}}(?:-\d{{4}})?\b"
)
_CODE_NAMED = re.compile(
    r"\b(?:zip|post|postal)\s?-?(?:code)?(?:\s+is)?:?\s+(\d{4,5}(?:-\d{4})?)\b", re.IGNORECASE
)
_BRITISH = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
_CANADIAN = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b")


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where postal addresses, or the telling parts of one, stand in a text."""
    for pattern in (
        _STREET,
        _NAMED_STREET,
        _STREET_BEFORE_NUMBER,
        _BOX,
        _STATE_AND_CODE,
        _BRITISH,
        _CANADIAN,
    ):
        yield from (match.span() for match in pattern.finditer(text))
    yield from (match.span(1) for match in _CODE_NAMED.finditer(text))
