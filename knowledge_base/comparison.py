"""What an index already says about a new answer: sections that say the same, and sentences that contradict it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from knowledge_base.number_words import DOZEN
from knowledge_base.passages import Chunk, ChunkVectors, Embedder, Snapshot
from knowledge_base.terms import FUNCTION_WORDS, stem, words
from knowledge_base.units import split_units

LIKE = 0.72  # the least cosine of two passages that say nearly the same
SAME_TOPIC = 0.4  # the least cosine of two sentences that may contradict each other
SAME_WORDS = (
    0.5  # the least share of the shorter sentence's content words that both have where numbers differ
)
SAME_WORDS_DENIED = 0.6  # the same where one sentence denies
_LOOKED_AT = 12  # nearest passages
_SHOWN = 3
_QUANTITY = re.compile(
    r"(?P<clock>\b\d{1,2}:\d\d\b)|(?:(?P<money>[$€£])\s?)?(?P<value>\d[\d,]*(?:\.\d+)?)\s?(?P<share>%)?"
    rf"|\b(?P<word>{'|'.join(DOZEN)})\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^\s*(?:to|or|-|–|and)\s*\d[\d,.]*")
_NOT = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without|unable|nothing)\b|n['’]t\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Alike:
    """A passage of the index that says nearly the same; `similarity` is a cosine."""

    document: str
    section: str
    anchor: str
    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences on one topic that differ: in a number of the same thing, or in a negation."""

    document: str
    section: str
    anchor: str
    theirs: str
    ours: str
    differs: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found, nearest first; both empty where the answer is news."""

    alike: tuple[Alike, ...]
    contradictions: tuple[Contradiction, ...]


def compare(snapshot: Snapshot, embedder: Embedder, passage: Chunk) -> Comparison:
    """Hold a passage against those of the index; itself, where it is there already, does not count.

    Passages are near by the cosine of their vectors, sentences by that of their units' vectors.
    """
    vectors = embedder.embed_chunks([passage])
    found = snapshot.dense(vectors.chunks[0], _LOOKED_AT + 1)
    chunks = snapshot.chunks([each.chunk for each in found])
    others = [
        (chunks[each.chunk], each.score)
        for each in found
        if each.chunk in chunks
        and (chunks[each.chunk].document, chunks[each.chunk].anchor) != _place(passage)
    ]
    alike = [
        Alike(chunk.document, chunk.section or chunk.heading, chunk.anchor, chunk.text, round(score, 4))
        for chunk, score in others
        if score >= LIKE
    ]
    pairs = sorted(_contradictions(snapshot, passage, vectors, [chunk for chunk, _ in others]), key=_nearness)
    return Comparison(tuple(alike[:_SHOWN]), tuple(both for _, both in pairs[:_SHOWN]))


def _contradictions(
    snapshot: Snapshot, passage: Chunk, vectors: ChunkVectors, others: list[Chunk]
) -> Iterator[tuple[float, Contradiction]]:
    """The pairs of sentences that contradict each other, with their cosine."""
    units = snapshot.unit_vectors([chunk.id for chunk in others])
    ours = _sentences(passage)
    for chunk in others if ours else ():
        if chunk.id not in units:
            continue
        cosines = vectors.units[0] @ units[chunk.id].T
        section = chunk.section or chunk.heading
        for (i, mine), (k, theirs) in product(enumerate(ours), enumerate(_sentences(chunk))):
            differs = difference(mine, theirs) if cosines[i, k] >= SAME_TOPIC else ""
            if differs:
                found = Contradiction(chunk.document, section, chunk.anchor, theirs, mine, differs)
                yield float(cosines[i, k]), found


def _nearness(pair: tuple[float, Contradiction]) -> float:
    return -pair[0]


def difference(one: str, other: str) -> str:
    """In what two sentences on one topic contradict each other, in words; empty where they do not."""
    said, heard = _content(one), _content(other)
    mine, theirs = _quantities(one), _quantities(other)
    for unit in sorted(mine.keys() & theirs.keys()):
        if not mine[unit] & theirs[unit] and _shared(said - {unit}, heard - {unit}) >= SAME_WORDS:
            return f"{_listed(mine[unit])} and {_listed(theirs[unit])} ({unit})"
    denied = bool(_NOT.search(one)) != bool(_NOT.search(other))
    return "one says no" if denied and _shared(said, heard) >= SAME_WORDS_DENIED else ""


def _shared(one: set[str], other: set[str]) -> float:
    """The share of the smaller set that both have; 0 where a single word says nothing about the topic."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer > 1 else 0.0


def _quantities(text: str) -> Mapping[str, frozenset[str]]:
    """The numbers of a sentence by what they count: time of day, a currency, a share, or the stem behind them."""
    found: dict[str, set[str]] = {}
    for match in _QUANTITY.finditer(text):
        if match["clock"]:
            number, units = match["clock"], ["o'clock"]
        elif match["word"]:
            number, units = str(DOZEN[match["word"].lower()]), list(_counted(text, match.end()))
        else:
            number = f"{float(match['value'].replace(',', '')):g}"
            sign = match["money"] or match["share"]
            units = [sign] if sign else list(_counted(text, match.end()))
        for unit in units:
            found.setdefault(unit, set()).add(number)
    return {unit: frozenset(numbers) for unit, numbers in found.items()}


def _counted(text: str, at: int) -> Iterator[str]:
    """The stems of the next two content words behind a number: "3 business days" counts days and business."""
    tail = re.split(r"[.;,(|]", _RANGE.sub("", text[at : at + 60]), maxsplit=1)[0]
    following = [word for word in words(tail) if not word[0].isdigit()][:2]
    yield from (stem(word) for word in following if word not in FUNCTION_WORDS and word not in DOZEN)


def _listed(numbers: frozenset[str]) -> str:
    return ", ".join(sorted(numbers))


def _content(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS and not word[0].isdigit()}


def _sentences(chunk: Chunk) -> list[str]:
    return [chunk.text[unit.start : unit.end] for unit in split_units(chunk.text)]


def _place(chunk: Chunk) -> tuple[str, str]:
    return chunk.document, chunk.anchor
