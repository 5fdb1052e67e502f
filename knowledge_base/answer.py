"""The answer without a model: whole units of the best sections, under their heading, short enough to read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Chunk, Unit
from knowledge_base.query import Query
from knowledge_base.search import Hit, Retrieval
from knowledge_base.terms import coverage, stem, stems

MAX_WORDS = 100
WHOLE_WORDS = 180  # a list of steps or a table that alone exceeds the limit is shown whole up to here
TERM_WEIGHT = 0.35  # of the words a unit shares with the question, beside its cosine
LINE_CHARACTERS = 300  # of a table or block too long to show, what its citation quotes
TAIL = 0.55  # a neighbour below this share of the best unit's relevance is not shown
SECOND = 0.85  # the least score, as a share of the best hit's, of a second section
SECOND_GAIN = 0.12  # the least share of the question's words, by weight, that a second section must add


@dataclass(frozen=True, slots=True)
class Passage:
    """A quoted run of units: `quote` is `chunk.text[units[0].start : units[-1].end]`.

    `complete` is False where the best part of the section is a list or table too long to show.
    """

    chunk: Chunk
    heading: str
    quote: str
    units: tuple[Unit, ...]
    complete: bool = True


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
    if not retrieval.hits or not retrieval.hits[0].unit_scores.size:
        return Extract("", (), 0)
    best, *others = [hit for hit in retrieval.hits if hit.unit_scores.size]
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
    best = max(range(len(groups)), key=lambda i: (groups[i].relevance, -i))
    affordable = [i for i, group in enumerate(groups) if group.words <= max(max_words, WHOLE_WORDS)]
    if not affordable:
        return _opening(hit)
    start = max(affordable, key=lambda i: (groups[i].relevance, -i))
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
    quote = chunk.text[units[0].start : units[-1].end]
    return Passage(chunk, chunk.heading, quote, units, complete=best in affordable)


def _opening(hit: Hit) -> Passage:
    """The first unit of a section that is too long as a whole; of a table or code too long itself, a line."""
    first = hit.units[0]
    text = hit.chunk.text[first.start : first.end]
    if first.kind in ("table", "code") or _count(text) > WHOLE_WORDS:
        end = min(len(text.split("\n", 1)[0]), LINE_CHARACTERS)
        first = Unit(first.start, first.start + end, first.kind)
    return Passage(
        hit.chunk, hit.chunk.heading, hit.chunk.text[first.start : first.end], (first,), complete=False
    )


def _groups(hit: Hit, relevance: NDArray[np.float64]) -> list[_Group]:
    """Joins a list's items, and a lead-in that ends with a colon to what it introduces."""
    text, units = hit.chunk.text, hit.units
    runs: list[list[int]] = []
    for index, unit in enumerate(units):
        before = units[index - 1] if index else None
        listed = before is not None and before.kind == unit.kind == "item"
        introduced = before is not None and text[before.start : before.end].rstrip("*_ ").endswith(":")
        if runs and (listed or introduced):
            runs[-1].append(index)
        else:
            runs.append([index])
    return [
        _Group(
            tuple(units[i] for i in run),
            _count(text[units[run[0]].start : units[run[-1]].end]),
            float(max(relevance[i] for i in run)),
        )
        for run in runs
    ]


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
    plain = passage.complete or passage.units[0].kind not in ("table", "code")
    parts = [passage.quote] if plain else []
    if not passage.complete:
        parts.append(f"The rest is too long to show here: see the section “{passage.heading}”.")
    repeated = previous is not None and previous.chunk.context == passage.chunk.context
    if not repeated and not passage.quote.lstrip("#*_ ").lower().startswith(passage.heading.lower()):
        parts.insert(0, f"**{passage.heading}**")
    return "\n\n".join(parts)


def _count(text: str) -> int:
    """Words as a reader counts them: no list marks, no table rules."""
    return sum(1 for word in text.split() if any(character.isalnum() for character in word))
