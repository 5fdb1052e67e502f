"""A small knowledge base with the real model, asked as the desk asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ingest.chunks import split_document
from knowledge_base.answer import Extract, compose
from knowledge_base.catalog import DocumentRecord
from knowledge_base.confidence import Calibration
from knowledge_base.evidence import evidence
from knowledge_base.index import Index
from knowledge_base.passages import Chunk, Embedder
from knowledge_base.query import Query, build_query
from knowledge_base.search import Hit, Retrieval, search
from knowledge_base.units import split_units
from knowledge_base.writer import Update


@dataclass(frozen=True)
class Asked:
    """Everything that one question led to."""

    query: Query
    retrieval: Retrieval
    extract: Extract
    signs: dict[str, float]
    confidence: float


def ask(index: Index, embedder: Embedder, question: str, history: Sequence[tuple[str, str]] = ()) -> Asked:
    """The answer to a question, with the shipped confidence."""
    query = build_query(question, history)
    with index.snapshot() as snapshot:
        retrieval = search(snapshot, embedder, query)
    extract = compose(query, retrieval)
    signs = evidence(query, retrieval, extract)
    return Asked(query, retrieval, extract, signs, Calibration.load().probability(signs))


def build(folder: Path, embedder: Embedder, documents: dict[str, str]) -> Index:
    """An index of documents (name to Markdown)."""
    index = Index(folder, embedder.fingerprint, embedder.dimension)
    update = Update()
    with index.writer() as writer:
        for name, source in documents.items():
            title, placed = split_document(name, source)
            now = datetime.now(UTC)
            record = DocumentRecord(name, f"/{name}", len(source), 0, "", "", title, source, now)
            update.put.append((record, placed))
        lacking = writer.lacking(update)
        writer.keep(lacking, embedder.embed_chunks(lacking))
        writer.commit(update, lambda _phase, _done, _total: None)
    return index


def hit_for(text: str, scores: Sequence[float] | None = None, **fields: str) -> Hit:
    """A hit on a chunk with this text; the units' cosines are `scores`, 0.5 each where not given."""
    chunk = Chunk(
        document=fields.get("document", "returns.md"),
        title=fields.get("title", "Returns"),
        headings=(fields.get("heading", "3.2 Perishable"),),
        section="3.2",
        anchor=fields.get("anchor", "a"),
        text=text,
        position=0,
    )
    scores = scores or [0.5] * len(split_units(text))
    return Hit(chunk, 0.9, 0.6, 3.0, 1.0, np.array(scores, dtype=np.float64))


def found(*hits: Hit) -> Retrieval:
    """A retrieval of these hits alone."""
    return Retrieval(hits, np.array([0.6]), np.array([3.0]), {})
