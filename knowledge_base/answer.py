"""The answer without a model: whole units of the best sections, under their heading, short enough to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Chunk, Unit
from knowledge_base.query import Query
from knowledge_base.search import Hit, Retrieval
from knowledge_base.terms import content_words, coverage, stem, stems

MAX_WORDS = 100
WHOLE_WORDS = 180  # a list of steps or a table that alone exceeds the limit is shown whole up to here
TERM_WEIGHT = 0.35  # of the words a unit shares with the question, beside its cosine
TAIL = 0.55  # a neighbour below this share of the best unit's relevance is not shown
SECOND = 0.85  # the least score, as a share of the best hit's, of a second section
SECOND_GAIN = 0.12  # the least share of the question's words, by weight, that a second section must add


@dataclass(frozen=True, slots=True)
class Passage:
    """A quoted run of units: `quote` is `chunk.text[units[0].start : units[-1].end]`."""

    chunk: Chunk
    heading: str
    quote: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """An answer as Markdown, and the passages it is made of; both empty where nothing was found."""

    text: str
    passages: tuple[Passage, ...]
    words: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Units that are shown together or not at all: a lead-in with its list, a table, or one sentence."""

    units: tuple[Unit, ...]
    words: int
    relevance: float


def compose(query: Query, retrieval: Retrieval, max_words: int = MAX_WORDS) -> Extract:
    """The units that answer a query, at most about `max_words` words of them.

    They are a run from the best section, and one from a second where that adds words of the question. A list
    or a table is shown whole or not at all: one that alone exceeds the limit up to `WHOLE_WORDS` words, and
    beyond that the sentences around it with a line that says where it stands.
    """
    if not retrieval.hits or not retrieval.hits[0].units:
        return Extract("", (), 0)
    best, *others = [hit for hit in retrieval.hits if hit.units]
    passages = [_passage(query, retrieval, best, max_words)]
    left = max_words - _count(passages[0].quote)
    for hit in others[:4]:
        if hit.score < SECOND * best.score:
            break
        passage = _passage(query, retrieval, hit, left)
        if 0 < _count(passage.quote) <= left and _gain(query, retrieval, passages[0], passage) >= SECOND_GAIN:
            passages.append(passage)
            break
    text = "\n\n".join(
        _shown(passage, previous) for previous, passage in pairwise([None, *passages]) if passage
    )
    return Extract(text, tuple(passages), sum(_count(passage.quote) for passage in passages))


def unit_relevance(query: Query, retrieval: Retrieval, hit: Hit) -> NDArray[np.float64]:
    """How well each unit of a hit speaks to the query: its cosine and its rare shared words; shape (units,)."""
    terms = (*query.terms, *query.context_terms)
    shared = [
        coverage(terms, retrieval.rarity, frozenset(stems(hit.chunk.text[unit.start : unit.end])))
        for unit in hit.units
    ]
    return np.asarray(hit.unit_scores + TERM_WEIGHT * np.array(shared), dtype=np.float64)


def _passage(query: Query, retrieval: Retrieval, hit: Hit, max_words: int) -> Passage:
    """The most relevant run of whole groups within the limit."""
    groups = _groups(hit, unit_relevance(query, retrieval, hit))
    affordable = [i for i, group in enumerate(groups) if group.words <= max(max_words, WHOLE_WORDS)]
    start = max(affordable, key=lambda i: (groups[i].relevance, -i)) if affordable else 0
    stop = start + 1
    total = groups[start].words
    floor = TAIL * groups[start].relevance
    while True:
        options = [i for i in (start - 1, stop) if 0 <= i < len(groups)]
        options = [
            i for i in options if total + groups[i].words <= max_words and groups[i].relevance >= floor
        ]
        if not options:
            break
        # What comes after a sentence explains it more often than what stands before it.
        chosen = max(options, key=lambda i: groups[i].relevance + (0.05 if i == stop else 0.0))
        total += groups[chosen].words
        start, stop = min(start, chosen), max(stop, chosen + 1)
    units = tuple(unit for group in groups[start:stop] for unit in group.units)
    chunk = hit.chunk
    return Passage(chunk, chunk.heading, chunk.text[units[0].start : units[-1].end], units)


def _groups(hit: Hit, relevance: NDArray[np.float64]) -> list[_Group]:
    """Joins a list's items, and a lead-in that ends with a colon to what it introduces."""
    text = hit.chunk.text
    runs: list[list[int]] = []
    for index, unit in enumerate(hit.units):
        before = hit.units[index - 1] if index else None
        listed = before is not None and before.kind == unit.kind == "item"
        introduced = before is not None and text[before.start : before.end].rstrip("*_").endswith(":")
        if runs and (listed or (introduced and unit.kind != "sentence") or _continues(before, unit, text)):
            runs[-1].append(index)
        else:
            runs.append([index])
    return [
        _Group(
            tuple(hit.units[i] for i in run),
            _count(text[hit.units[run[0]].start : hit.units[run[-1]].end]),
            float(max(relevance[i] for i in run)),
        )
        for run in runs
    ]


def _continues(before: Unit | None, unit: Unit, text: str) -> bool:
    """Whether a lead-in is followed by its explanation in the same paragraph."""
    if before is None or unit.kind != "sentence" or before.kind != "sentence":
        return False
    return text[before.start : before.end].endswith(":")


def _gain(query: Query, retrieval: Retrieval, first: Passage, second: Passage) -> float:
    """How much of the question, by weight, the second passage has and the first has not."""
    had = frozenset(stems(f"{first.chunk.context} {first.quote}"))
    new = frozenset(stems(second.quote))
    lacking = [term for term in query.terms if stem(term) not in had]
    share = sum(retrieval.rarity.get(t, 1.0) for t in lacking) / max(
        sum(retrieval.rarity.get(t, 1.0) for t in query.terms), 1e-9
    )
    return share * coverage(lacking, retrieval.rarity, new)


def _shown(passage: Passage, previous: Passage | None) -> str:
    """A passage under its heading; the heading is left out where the passage before stands under it too."""
    if previous is not None and previous.chunk.context == passage.chunk.context:
        return passage.quote
    opening = passage.quote.lstrip("#*_ ").lower()
    if opening.startswith(passage.heading.lower()):
        return passage.quote
    return f"**{passage.heading}**\n\n{passage.quote}"


def _count(text: str) -> int:
    """Words as a reader counts them: no list marks, no table rules."""
    return sum(1 for word in text.split() if any(character.isalnum() for character in word))


def question_words(texts: Sequence[str]) -> frozenset[str]:
    """The stems of the content words of texts."""
    return frozenset(stem(word) for text in texts for word in content_words(text))
