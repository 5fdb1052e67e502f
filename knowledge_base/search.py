"""Finding: dense and lexical retrieval of every wording, fused by score, with the best units of each hit.

Scores are added, not ranks: on every set that was tried a weighted sum of cosine and normalised BM25 beat
reciprocal-rank fusion, because how far ahead a passage is says more than that it is ahead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Chunk, Embedder, Scored, Snapshot, Unit, Vector, Vectors
from knowledge_base.query import Query
from knowledge_base.units import split_units
from knowledge_base.words import content_words

LEXICAL_WEIGHT = 0.6
_BM25_CEILING = 2.2  # k1 + 1: what one term adds at most, in units of its idf
_CANDIDATES = 100
_UNITS_OF = 10  # hits whose units are compared with the question


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk.

    `score` is the fused score in [0, 1]; `cosine` and `lexical` are its parts, weighted over the query's wordings
    (`lexical` is BM25 divided by the most it could be). `similarities` has the cosine of each unit to the wording
    nearest to it, shape (len(units),); both are empty for hits far down.
    """

    chunk: Chunk
    score: float
    cosine: float
    lexical: float
    units: tuple[Unit, ...] = ()
    similarities: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def best_unit(self) -> float:
        """The cosine of the unit nearest to the question; that of the chunk where it has no units."""
        return float(self.similarities.max()) if len(self.similarities) else self.cosine


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found: hits, best first, and what the confidence is judged from.

    `idf` holds the weight of each content word of the question in this index; `margin` is how far the best hit is
    above ranks 10 to 20 of the same query, in the wording in which it is furthest; `chunk_count` is the size of
    the index.
    """

    hits: tuple[Hit, ...]
    idf: dict[str, float]
    margin: float
    chunk_count: int


def search(snapshot: Snapshot, embedder: Embedder, query: Query, limit: int = 50) -> Retrieval:
    """The passages for a query: at most `limit` hits, best first, and none for an index without chunks."""
    lists = [_ranked(snapshot, embedder.embed_query(each.text), each.text) for each in query.variants]
    parts = [
        (variant.weight, dense, lexical)
        for variant, (_, dense, lexical) in zip(query.variants, lists, strict=True)
    ]
    scores: dict[str, tuple[float, float]] = {}
    for identifier in {each for _, dense, lexical in parts for each in (*dense, *lexical)}:
        cosine = sum(weight * dense.get(identifier, _floor(dense)) for weight, dense, _ in parts)
        matched = sum(weight * lexical.get(identifier, 0.0) for weight, _, lexical in parts)
        scores[identifier] = (cosine, matched)
    best = sorted(scores, key=lambda each: (-_fused(*scores[each]), each))[:limit]
    vectors = np.stack([vector for vector, _, _ in lists])
    return Retrieval(
        hits=_hits(snapshot, best, scores, vectors),
        idf=_idf(snapshot, content_words(query.question)),
        margin=max((_margin(best[0], dense, lexical) for _, dense, lexical in parts), default=0.0)
        if best
        else 0.0,
        chunk_count=snapshot.chunk_count,
    )


def _ranked(
    snapshot: Snapshot, vector: Vector, text: str
) -> tuple[Vector, dict[str, float], dict[str, float]]:
    """One wording's vector, cosines, and BM25 scores as a share of the most they could be."""
    words = content_words(text)
    ceiling = _BM25_CEILING * sum(_idf(snapshot, words).values()) or 1.0
    lexical = snapshot.lexical(" ".join(words), _CANDIDATES) if words else []
    return (
        vector,
        _by_id(snapshot.dense(vector, _CANDIDATES)),
        {each.chunk: each.score / ceiling for each in lexical},
    )


def _by_id(scored: list[Scored]) -> dict[str, float]:
    return {each.chunk: each.score for each in scored}


def _floor(dense: dict[str, float]) -> float:
    """The most that a chunk can have which is not among the nearest."""
    return min(dense.values(), default=0.0)


def _fused(cosine: float, lexical: float) -> float:
    score = (cosine + LEXICAL_WEIGHT * lexical) / (1 + LEXICAL_WEIGHT)
    return min(1.0, max(0.0, score))


def _margin(best: str, dense: dict[str, float], lexical: dict[str, float]) -> float:
    floor = _floor(dense)
    scores = {
        each: dense.get(each, floor) + LEXICAL_WEIGHT * lexical.get(each, 0.0) for each in {*dense, *lexical}
    }
    tail = sorted(scores.values(), reverse=True)[9:20]
    return scores.get(best, floor) - (float(np.mean(tail)) if tail else 0.0)


def _idf(snapshot: Snapshot, words: list[str]) -> dict[str, float]:
    """Robertson and Spärck Jones' weight of each word, as BM25 uses it; never below a hair above 0."""
    count, frequency = snapshot.chunk_count, snapshot.document_frequency(words)
    return {
        word: max(1e-6, math.log((count - frequency[word] + 0.5) / (frequency[word] + 0.5))) for word in words
    }


def _hits(
    snapshot: Snapshot, best: list[str], scores: dict[str, tuple[float, float]], vectors: Vectors
) -> tuple[Hit, ...]:
    chunks = snapshot.chunks(best)
    unit_vectors = snapshot.unit_vectors(best[:_UNITS_OF])
    hits = []
    for identifier in best:
        chunk = chunks[identifier]
        cosine, lexical = scores[identifier]
        units: tuple[Unit, ...] = ()
        similarities = np.zeros(0, np.float32)
        if len(stored := unit_vectors.get(identifier, similarities)):
            units = tuple(split_units(chunk.text))
            similarities = (stored @ vectors.T).max(axis=1)
        hits.append(Hit(chunk, _fused(cosine, lexical), cosine, lexical, units, similarities))
    return tuple(hits)
