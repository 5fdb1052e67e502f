"""Steps that the tests of the index share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ingest.chunks import split_document
from knowledge_base import flat_search
from knowledge_base.catalog import DocumentRecord
from knowledge_base.index import Index
from knowledge_base.passages import Embedder
from knowledge_base.writer import Update
from tests.embedders import DIMENSION, HashingEmbedder


def open_index(
    folder: Path,
    embedder: Embedder | None = None,
    chroma_url: str | None = None,
    *,
    flat_bytes: int = flat_search.MAX_BYTES,
) -> Index:
    """An index for the hashing embedder, or another one."""
    fingerprint = (embedder or HashingEmbedder()).fingerprint
    return Index(folder, fingerprint, DIMENSION, chroma_url, flat_bytes=flat_bytes)


def fill(index: Index, documents: Mapping[str, str], embedder: Embedder | None = None) -> None:
    """Makes the index hold exactly these documents (name to Markdown)."""
    update = Update()
    embedder = embedder or HashingEmbedder()
    with index.writer() as writer:
        update.removed = [name for name in writer.documents() if name not in documents]
        for name, source in documents.items():
            title, chunks = split_document(name, source)
            now = datetime.now(UTC)
            record = DocumentRecord(name, f"/{name}", len(source), 0, "", "", title, source, now)
            update.put.append((record, chunks))
        lacking = writer.lacking(update)
        writer.keep(lacking, embedder.embed_chunks(lacking))
        writer.commit(update, lambda _phase, _done, _total: None)


def texts_found(index: Index, question: str, embedder: Embedder | None = None) -> set[str]:
    """What both retrievers find, which must be the same for a question of words that all chunks share."""
    embedder = embedder or HashingEmbedder()
    with index.snapshot() as snapshot:
        dense = {hit.chunk for hit in snapshot.dense(embedder.embed_query(question), 500)}
        lexical = {hit.chunk for hit in snapshot.lexical(question, 500)}
        assert dense == lexical
        chunks = snapshot.chunks(sorted(dense))
        assert set(chunks) == dense
        assert set(snapshot.unit_vectors(sorted(dense))) == dense
        return {chunk.text for chunk in chunks.values()}
