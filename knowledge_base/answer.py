"""The answer without a model: whole sentences, steps or tables of the best section, each tied to where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.passages import Chunk, Unit
from knowledge_base.query import Query
from knowledge_base.search import Hit, Retrieval
from knowledge_base.words import coverage, stems

WORDS = 100
_WHOLE_WORDS = 180  # a list or table alone may be this long before it is left to the document
_RELEVANT = 0.72  # of the best unit's score; below it a sentence is about something else
_SECOND_SECTION = 0.92  # of the best hit's score
_COVERAGE_WEIGHT = 0.3
_WORD = re.compile(r"\S+")
_LEANS_ON_THE_LAST = re.compile(
    r"(it|this|that|these|those|they|he|she|such|however|otherwise|in (this|that) case|then|also|both|but|so)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the answer: `quote` is a substring of `chunk.text`, made of whole units."""

    chunk: Chunk
    heading: str
    quote: str


@dataclass(frozen=True, slots=True)
class Extract:
    """The answer: `text` is Markdown, each passage under its heading; empty where nothing was found."""

    text: str
    passages: tuple[Passage, ...]


def compose(query: Query, retrieval: Retrieval, words: int = WORDS) -> Extract:
    """The units that answer, from the best section and from a second one that adds to it; about `words` at most."""
    hits = [hit for hit in retrieval.hits if hit.units]
    if not hits:
        return Extract("", ())
    passages = _passages(query, retrieval, hits[0], words)
    left = words - sum(_count(passage.quote) for passage in passages)
    second = _second(query, retrieval, hits, passages)
    if second is not None and left >= words // 4:
        passages += [
            each for each in _passages(query, retrieval, second, left) if _count(each.quote) <= left
        ][:1]
    return Extract(_markdown(passages), tuple(passages))


def _second(query: Query, retrieval: Retrieval, hits: list[Hit], passages: list[Passage]) -> Hit | None:
    """A section about as good as the best that covers words of the question which the best leaves out."""
    missing = [word for word in query.words if coverage([word], retrieval.idf, _said(passages)) == 0]
    for hit in hits[1:3]:
        near = (
            hit.score >= _SECOND_SECTION * hits[0].score
            and hit.best_unit >= _SECOND_SECTION * hits[0].best_unit
        )
        adds = coverage(missing, retrieval.idf, stems(hit.chunk.text))
        if near and adds >= 0.5:
            return hit
    return None


def _said(passages: list[Passage]) -> set[str]:
    return set().union(*(stems(f"{each.chunk.context} {each.quote}") for each in passages))


def _passages(query: Query, retrieval: Retrieval, hit: Hit, words: int) -> list[Passage]:
    """The chosen units of one section, neighbours joined, in the document's order."""
    chosen = sorted(_choose(query, retrieval, hit, words))
    runs: list[list[int]] = []
    for index in chosen:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    text = hit.chunk.text
    return [
        Passage(hit.chunk, hit.chunk.heading, text[hit.units[run[0]].start : hit.units[run[-1]].end])
        for run in runs
    ]


def _choose(query: Query, retrieval: Retrieval, hit: Hit, words: int) -> set[int]:
    """Indices of units: the best with what it leans on, then others about as relevant while there is room."""
    scores = [
        float(similarity) + _COVERAGE_WEIGHT * coverage(query.words, retrieval.idf, stems(_text(hit, index)))
        for index, similarity in enumerate(hit.similarities)
    ]
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    chosen: set[int] = set()
    for index in order:
        group = _whole(hit, index) - chosen
        size = sum(_count(_text(hit, each)) for each in chosen | group)
        if not chosen:
            chosen = group if size <= _WHOLE_WORDS else {index}
        elif scores[index] >= _RELEVANT * scores[order[0]] and size <= words:
            chosen |= group
    return chosen


def _whole(hit: Hit, index: int) -> set[int]:
    """A unit with what it cannot stand without: its list, the sentence that leads in, the one it refers to."""
    group = {index}
    if _kind(hit, index) == "item":
        group |= _list_around(hit, index)
    first = min(group)
    if first > 0 and _leads_in(hit, first - 1):
        group.add(first - 1)
    if _leads_in(hit, index) and index + 1 < len(hit.units):
        following = index + 1
        group |= _list_around(hit, following) if _kind(hit, following) == "item" else {following}
    if first > 0 and _kind(hit, first) == "sentence" and _LEANS_ON_THE_LAST.match(_text(hit, first)):
        group.add(first - 1)
    return group


def _list_around(hit: Hit, index: int) -> set[int]:
    first = last = index
    while first > 0 and _kind(hit, first - 1) == "item":
        first -= 1
    while last + 1 < len(hit.units) and _kind(hit, last + 1) == "item":
        last += 1
    return set(range(first, last + 1))


def _leads_in(hit: Hit, index: int) -> bool:
    return _kind(hit, index) == "sentence" and _text(hit, index).rstrip("*_ ").endswith(":")


def _kind(hit: Hit, index: int) -> str:
    return hit.units[index].kind


def _text(hit: Hit, index: int) -> str:
    unit: Unit = hit.units[index]
    return hit.chunk.text[unit.start : unit.end]


def _count(text: str) -> int:
    return len(_WORD.findall(text))


def _markdown(passages: list[Passage]) -> str:
    """The passages, each section's heading once, in bold, above its own."""
    blocks: list[str] = []
    heading = ""
    for passage in passages:
        if passage.heading != heading:
            heading = passage.heading
            blocks.append(f"**{heading}**")
        blocks.append(passage.quote)
    return "\n\n".join(blocks)
