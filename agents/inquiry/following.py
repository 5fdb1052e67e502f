"""Follow-ups: “and in May?” asks the last question again with one thing changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agents.inquiry.reading import Reading
from agents.inquiry.spans import Span

_POINTS_BACK: Final = re.compile(
    r"^\W*(?:and|or|but|then|now|so|also|ok(?:ay)?|what about|how about|what of|same|the same|only|just|instead"
    r"|compared? (?:to|with)|"
    r"vs|versus|why(?: is that| was that| did (?:it|that|they)\b.*)?\W*$|by \w+\W*$|per \w+\W*$"
    r"|in \w+(?: \d{4})?\W*$|for \w+(?: \w+)?\W*$)"
)
_PICKED: Final = re.compile(r"^\W*(?:the )?(?:number |option )?(\d|first|second|third)(?: one)?\W*$")
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3}


def points_back(question: str, reading: Reading) -> bool:
    """Whether a question needs the one before it to be understood."""
    if _POINTS_BACK.match(question.lower()):
        return True
    return reading.metric is None and not reading.empty and len(question.split()) <= 6


def picked(answer: str, choices: Sequence[str]) -> str | None:
    """The choice that somebody has taken by its number, or None."""
    match = _PICKED.match(answer.lower())
    if match is None:
        return None
    at = _ORDINALS.get(match[1]) or int(match[1])
    return choices[at - 1] if 1 <= at <= len(choices) else None


def go_on(reading: Reading, earlier: Reading) -> Reading:
    """The earlier question with what the later one says in place of what it said."""
    kinds = {one.kind for one in reading.only}
    only = (*(one for one in earlier.only if one.kind not in kinds), *reading.only)
    by = reading.by or (None if earlier.by in kinds else earlier.by)
    keeps_order = by is not None and by == earlier.by
    why = reading.why or (earlier.why and reading.metric is None and reading.by is None)
    return replace(
        reading,
        metric=reading.metric or earlier.metric,
        spans=_spans(reading, earlier),
        only=only,
        by=None if why else by,
        why=why,
        ago=reading.ago or (None if reading.spans else earlier.ago),
        nowhere=reading.nowhere or (() if "country" in kinds else earlier.nowhere),
        direction=reading.direction or (earlier.direction if why else None),
        order=reading.order or (earlier.order if keeps_order else None),
        limit=reading.limit or (earlier.limit if keeps_order else None),
    )


def _spans(reading: Reading, earlier: Reading) -> tuple[Span, ...]:
    if not reading.spans:
        return earlier.spans
    return reading.spans
