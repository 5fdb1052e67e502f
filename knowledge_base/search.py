"""Hybrid search: dense and BM25, fused by score, each for the question alone and within its conversation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Chunk, Embedder, Scored, Snapshot, Unit, Vector
from knowledge_base.query import Query
from knowledge_base.terms import rarity
from knowledge_base.units import split_units

DEPTH = 100  # candidates of each retriever
QUESTION_SHARE = 0.3  # of the query vector; the rest is the question with its context
LEXICAL_SHARE = 0.35  # of the fused score
EXAMINED = 10  # hits whose units are read
ABSTRACT_WORDS = 30  # the most before a document's first section that only say what it is about
LEXICAL_STRENGTH = 0.6  # of a perfect lexical match beside a cosine of 1
_BM25_TERM = 2.2  # k1 + 1

_TEXTS_REMEMBERED = 4096  # about 12 MB; the chunks that answer one question answer many others

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found.

    `score` is the fused score in [0, 1]; `dense` the cosine with the query, None where the dense retriever did
    not return it; `lexical` the BM25 score, 0 where no word is shared. `strength` is the cosine plus the BM25
    score as a share of the most it could be: unlike `score` it can be compared between questions. `unit_scores`
    are the cosines of the chunk's units with the query, shape (units,), empty beyond the first `EXAMINED` hits.
    """

    chunk: Chunk
    score: float
    dense: float | None
    lexical: float
    strength: float
    unit_scores: Floats

    @property
    def units(self) -> tuple[Unit, ...]:
        """What `unit_scores` are of; none beyond the first `EXAMINED` hits."""
        return _units(self.chunk.text) if self.unit_scores.size else ()


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The hits, best first, and what the confidence needs to know of all that was seen.

    `dense` and `lexical` are each retriever's scores, best first; `rarity` is how telling each term of the
    query is, in (0, 1].
    """

    hits: tuple[Hit, ...]
    dense: Floats
    lexical: Floats
    rarity: Mapping[str, float]

    def led_by(self, position: int) -> Retrieval:
        """The same with the hit at `position` first."""
        first, others = self.hits[position], (*self.hits[:position], *self.hits[position + 1 :])
        return replace(self, hits=(first, *others))


def search(snapshot: Snapshot, embedder: Embedder, query: Query, limit: int = 50) -> Retrieval:
    """The `limit` best chunks for a query; no hits where the index is empty or the question has no word."""
    terms = (*query.terms, *query.context_terms)
    frequency = snapshot.document_frequency(terms)
    vector = query_vector(embedder, query)
    dense = snapshot.dense(vector, DEPTH)
    lexical = snapshot.lexical(query.question, DEPTH)
    if query.context:
        lexical = _blend(lexical, snapshot.lexical(query.contextual, DEPTH))
    ranked = _fuse(dense, lexical)[:limit]
    chunks = snapshot.chunks([identifier for identifier, _ in ranked])
    ranked = [(identifier, score) for identifier, score in ranked if identifier in chunks]
    vectors = snapshot.unit_vectors([identifier for identifier, _ in ranked[:EXAMINED]])
    cosines = {each.chunk: each.score for each in dense}
    matches = {each.chunk: each.score for each in lexical}
    weights = rarity(frequency, snapshot.chunk_count)
    floor, ceiling = min(cosines.values(), default=0.0), _ceiling(query, weights, snapshot.chunk_count)
    hits = []
    for identifier, score in ranked:
        chunk = chunks[identifier]
        scores = np.asarray(vectors[identifier] @ vector if identifier in vectors else [], dtype=np.float64)
        cosine, match = cosines.get(identifier), matches.get(identifier, 0.0)
        strength = (floor if cosine is None else cosine) + LEXICAL_STRENGTH * match / ceiling
        hits.append(Hit(chunk, score, cosine, match, strength, scores))
    return Retrieval(
        hits=tuple(_sections_before_abstracts(hits)),
        dense=np.array([each.score for each in dense]),
        lexical=np.array([each.score for each in lexical]),
        rarity=weights,
    )


def _sections_before_abstracts(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, where what only says what a document is about trades places with the best section of it."""
    ordered = list(hits)
    for at, hit in enumerate(ordered[:EXAMINED]):
        if not _is_abstract(hit.chunk):
            continue
        below = range(at + 1, min(len(ordered), EXAMINED))
        section = next((i for i in below if _is_section(ordered[i].chunk, hit.chunk.document)), None)
        if section is not None:
            better = ordered[section]
            ordered[at], ordered[section] = replace(better, score=hit.score), replace(hit, score=better.score)
    return ordered


def _is_section(chunk: Chunk, document: str) -> bool:
    return chunk.document == document and bool(chunk.headings or chunk.section)


def _is_abstract(chunk: Chunk) -> bool:
    """Whether a chunk is the few words above a document's first section: "This page explains how to pay"."""
    return not chunk.headings and not chunk.section and len(chunk.text.split()) <= ABSTRACT_WORDS


def query_vector(embedder: Embedder, query: Query) -> Vector:
    """The direction to search in: the question within its context, drawn towards the question alone."""
    vector = embedder.embed_query(query.contextual)
    if query.context:
        vector = QUESTION_SHARE * embedder.embed_query(query.question) + (1 - QUESTION_SHARE) * vector
        vector = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return np.asarray(vector, dtype=np.float32)


@lru_cache(_TEXTS_REMEMBERED)
def _units(text: str) -> tuple[Unit, ...]:
    return tuple(split_units(text))


def _ceiling(query: Query, weights: Mapping[str, float], count: int) -> float:
    """The most that BM25 can give a chunk: k1 + 1 times the summed idf of what was looked for, at least 1."""
    alone = sum(weights[term] for term in query.terms)
    within = alone + sum(weights[term] for term in query.context_terms)
    summed = (alone + within) / 2 if query.context else alone
    return max(_BM25_TERM * summed * math.log((count + 1) / 0.5), 1.0)


def _blend(alone: Sequence[Scored], within: Sequence[Scored]) -> list[Scored]:
    """The mean of two lexical scores, best first."""
    scores: dict[str, float] = {}
    for each in (*alone, *within):
        scores[each.chunk] = scores.get(each.chunk, 0.0) + each.score / 2
    return [Scored(chunk, score) for chunk, score in sorted(scores.items(), key=lambda p: (-p[1], p[0]))]


def _fuse(dense: Sequence[Scored], lexical: Sequence[Scored]) -> list[tuple[str, float]]:
    """Weighted sum of scores, each scaled to [0, 1] over the candidates of its retriever."""
    fused: dict[str, float] = {}
    # A cosine has no natural zero; no shared word is one, so a short list of matches starts there.
    lists = ((dense, 1 - LEXICAL_SHARE, True), (lexical, LEXICAL_SHARE, len(lexical) >= DEPTH))
    for found, share, from_least in lists:
        if found:
            best = found[0].score
            least = found[-1].score if from_least and len(found) > 1 else 0.0
            width = max(best - least, 1e-9)
            for chunk, score in found:
                scaled = min(max((score - least) / width, 0.0), 1.0)
                fused[chunk] = fused.get(chunk, 0.0) + share * scaled
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))
