"""One state of the index, read through one connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from knowledge_base import catalog, lexical, stored_vectors
from knowledge_base.database import Meta
from knowledge_base.flat_search import FlatSearch
from knowledge_base.passages import Chunk, Scored, Vector, Vectors
from knowledge_base.remembered import Remembered
from knowledge_base.vectors import Reader


class IndexSnapshot:
    """One state of the index, pinned by the read transaction of its connection."""

    def __init__(
        self,
        database: sqlite3.Connection,
        meta: Meta,
        reader: Reader,
        stemmer: lexical.Stemmer,
        *,
        remembered: Remembered,
        flat: FlatSearch | None = None,
    ) -> None:
        """`remembered` is of this state; `flat`, where given, takes the reader's place while the vectors fit it."""
        self._database = database
        self._meta = meta
        self._reader = reader
        self._stemmer = stemmer
        self._remembered = remembered
        self._flat = flat
        (self._count,) = database.execute("SELECT count(*) FROM chunk").fetchone()

    @property
    def generation(self) -> int:
        return self._meta.generation

    @property
    def chunk_count(self) -> int:
        return int(self._count)

    def dense(self, vector: Vector, limit: int) -> list[Scored]:
        limit = min(limit, self._count)
        if limit < 1:
            return []
        if self._flat and self._flat.fits(self._count, self._meta.dimension):
            return self._flat.search(self._database, self._meta, vector, limit)
        wanted = limit
        while True:
            found = self._reader.search(vector, wanted)
            live = catalog.chunks_alive(self._database, [each.chunk for each in found])
            kept = [each for each in found if each.chunk in live][:limit]
            if len(kept) == limit or len(found) < wanted:
                return kept
            wanted *= 2  # the others died in, or came with, an ingest that this state does not know

    def lexical(self, query: str, limit: int) -> list[Scored]:
        return lexical.find(self._database, self._stemmer, self._remembered, query, limit)

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        known = self._remembered.chunks
        found = {each: chunk for each in ids if (chunk := known.get(each)) is not None}
        if len(found) < len(ids):
            read = catalog.chunks_by_id(self._database, [each for each in ids if each not in found])
            self._remembered.keep_chunks(read)
            found |= read
        return {each: found[each] for each in ids if each in found}

    def unit_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        return stored_vectors.unit_vectors(self._database, self._meta.fingerprint, ids, self._meta.dimension)

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        return lexical.document_frequency(self._database, self._stemmer, self._remembered, terms)
