"""Calibrates the confidence on an unlabelled knowledge base, with questions made of its own documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge_base.answer import compose
from knowledge_base.confidence import Calibration
from knowledge_base.evidence import evidence
from knowledge_base.passages import Chunk, Embedder, Scored, Snapshot, Vector, Vectors
from knowledge_base.query import build_query
from knowledge_base.search import search
from knowledge_base.terms import content_words, rarity
from knowledge_base.units import split_units

MIN_DOCUMENTS = 10
FALSE_CONFIDENCE = 0.35  # the mean confidence allowed where the document with the answer is hidden
LARGEST_SHIFT = 1.0  # of the logit, downwards
QUESTION_WORDS = 5
_SAMPLE = 20  # chunks looked at around each random direction
_EXTRA = 200  # hits read beyond the limit, to make up for the hidden document's


@dataclass(frozen=True, slots=True)
class WithoutDocument:
    """A snapshot in which one document's chunks are never found."""

    inner: Snapshot
    document: str

    @property
    def generation(self) -> int:
        """The inner snapshot's."""
        return self.inner.generation

    @property
    def chunk_count(self) -> int:
        """The inner snapshot's, the hidden document's chunks included."""
        return self.inner.chunk_count

    def dense(self, vector: Vector, limit: int) -> list[Scored]:
        """As the inner snapshot, less the hidden document."""
        return self._kept(self.inner.dense(vector, limit + _EXTRA), limit)

    def lexical(self, query: str, limit: int) -> list[Scored]:
        """As the inner snapshot, less the hidden document."""
        return self._kept(self.inner.lexical(query, limit + _EXTRA), limit)

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """As the inner snapshot."""
        return self.inner.chunks(ids)

    def unit_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """As the inner snapshot."""
        return self.inner.unit_vectors(ids)

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """As the inner snapshot."""
        return self.inner.document_frequency(terms)

    def _kept(self, found: Sequence[Scored], limit: int) -> list[Scored]:
        chunks = self.inner.chunks([each.chunk for each in found])
        return [each for each in found if chunks[each.chunk].document != self.document][:limit]


def self_calibrate(
    snapshot: Snapshot,
    embedder: Embedder,
    base: Calibration,
    max_documents: int = 200,
    seed: int = 0,
) -> Calibration:
    """`base`, made more careful where this knowledge base fools it.

    Hides each of up to `max_documents` documents in turn and asks a question made of the rarest words of one
    of its own units. Where the confidence in an answer from the other documents is too high on average, the
    bias is lowered, by `LARGEST_SHIFT` at most; it is never raised, since made questions are easier than
    people's. `base` itself is returned for fewer than `MIN_DOCUMENTS` documents. The same input and `seed`
    give the same calibration.
    """
    probes = list(_probes(snapshot, embedder, max_documents, seed))
    if len(probes) < MIN_DOCUMENTS:
        return base
    logits = np.array([_logit(base, snapshot, embedder, document, text) for document, text in probes])
    shift = 0.0
    while shift < LARGEST_SHIFT and float(np.mean(1 / (1 + np.exp(shift - logits)))) > FALSE_CONFIDENCE:
        shift += 0.05
    if not shift:
        return base
    note = f"{base.fitted_on}; lowered on {len(probes)} hidden documents"
    return replace(base, bias=round(base.bias - min(shift, LARGEST_SHIFT), 6), fitted_on=note)


def _logit(base: Calibration, snapshot: Snapshot, embedder: Embedder, document: str, text: str) -> float:
    query = build_query(text)
    retrieval = search(WithoutDocument(snapshot, document), embedder, query)
    probability = base.probability(evidence(query, retrieval, compose(query, retrieval)))
    return float(np.log(probability / (1 - probability)))


def _probes(
    snapshot: Snapshot, embedder: Embedder, max_documents: int, seed: int
) -> Iterator[tuple[str, str]]:
    """A question for each of some documents: (document, text)."""
    random = np.random.default_rng(seed)
    asked: set[str] = set()
    for _ in range(2 * max_documents):
        if len(asked) >= max_documents:
            return
        direction = random.normal(size=embedder.dimension)
        direction /= np.linalg.norm(direction)
        found = snapshot.dense(np.asarray(direction, dtype=np.float32), _SAMPLE)
        chunks = snapshot.chunks([each.chunk for each in found])
        fresh = [chunks[each.chunk] for each in found if chunks[each.chunk].document not in asked]
        for chunk in fresh:
            text = _question(snapshot, chunk, random)
            if text and chunk.document not in asked and len(asked) < max_documents:
                asked.add(chunk.document)
                yield chunk.document, text


def _question(snapshot: Snapshot, chunk: Chunk, random: np.random.Generator) -> str:
    """The rarest words of a random unit, in order; empty where no unit has enough."""
    units = [content_words(chunk.text[unit.start : unit.end]) for unit in split_units(chunk.text)]
    units = [words for words in units if len(words) >= 3]
    if not units:
        return ""
    words = units[int(random.integers(len(units)))]
    weights = rarity(snapshot.document_frequency(words), snapshot.chunk_count)
    chosen = sorted(words, key=lambda word: (-weights[word], word))[:QUESTION_WORDS]
    return " ".join(word for word in words if word in chosen)
