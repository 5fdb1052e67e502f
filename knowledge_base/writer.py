"""Changes the index in one step: vectors first, then the catalog, then what nobody needs any more."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from knowledge_base import catalog, stored_vectors
from knowledge_base.catalog import DocumentRecord, PlacedChunk
from knowledge_base.database import Meta, index_identity, read_meta, transaction, write_meta
from knowledge_base.passages import Chunk, ChunkVectors
from knowledge_base.vectors import Change, VectorStore

_FEW_DELETED = 1_000  # Chroma only marks what it deletes; this many marks cost nothing


@dataclass(slots=True)
class Update:
    """What an ingest wants the index to become; documents not named here stay as they are."""

    put: list[tuple[DocumentRecord, list[PlacedChunk]]] = field(default_factory=list)
    touched: list[DocumentRecord] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The documents whose present chunks leave the index."""
        return {record.name for record, _ in self.put} | set(self.removed)


class Writer:
    """The one process that may change the index, for as long as it holds the lock."""

    def __init__(
        self, database: sqlite3.Connection, store: VectorStore, fingerprint: str, dimension: int
    ) -> None:
        self._database = database
        self._store = store
        self._fingerprint = fingerprint
        self._dimension = dimension

    def documents(self) -> dict[str, DocumentRecord]:
        """Every document in the index by name, without its source."""
        return catalog.documents(self._database)

    def chunk_count(self) -> int:
        """How many chunks are in the index."""
        return len(catalog.live_ids(self._database))

    def lacking(self, update: Update) -> list[Chunk]:
        """The chunks, new or old, that still have to be embedded before `commit(update)`."""
        stored = stored_vectors.stored_ids(self._database, self._fingerprint)
        fresh = [each.chunk for _, chunks in update.put for each in chunks]
        lacking = [chunk for chunk in fresh if chunk.id not in stored]
        old = self._staying(update) - stored
        return lacking + list(catalog.chunks_by_id(self._database, sorted(old)).values())

    def keep(self, chunks: Sequence[Chunk], vectors: ChunkVectors) -> None:
        """Stores vectors for good, so that an ingest that is killed need not embed these again."""
        stored_vectors.put_vectors(self._database, self._fingerprint, chunks, vectors)

    def commit(self, update: Update, tell: Callable[[str, int, int], None]) -> bool:
        """Makes the index what `update` wants, all at once; returns whether readers see anything new.

        `tell` hears of the three steps: vectors written, catalog switched, what is left over removed.
        """
        meta = read_meta(self._database)
        base = self._base(meta)
        if meta and base and not update.names:
            if update.touched:
                with transaction(self._database):
                    for record in update.touched:
                        catalog.touch_document(self._database, record)
            self._store.settle(base)
            return False
        change, final = self._change(update, base)
        deleted = meta.deleted + len(change.dying) if meta and base else 0
        if not self._store.keeps_dead and deleted > max(len(final), _FEW_DELETED):
            (change, final), deleted = self._change(update, None), 0
        tell("storing", 0, 3)
        place = self._store.stage(change)
        tell("storing", 1, 3)
        with transaction(self._database):
            for name in update.removed:
                catalog.remove_document(self._database, name)
            for record in update.touched:
                catalog.touch_document(self._database, record)
            for record, chunks in update.put:
                catalog.put_document(self._database, record, chunks)
            kept = final | set(change.dying) if self._store.keeps_dead else final
            stored_vectors.forget_vectors(self._database, self._fingerprint, kept)
            generation = meta.generation + 1 if meta else 1
            state = Meta(generation, self._fingerprint, self._dimension, self._store.name, place, deleted)
            write_meta(self._database, state)
        tell("storing", 2, 3)
        self._store.settle(place)
        self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        tell("storing", 3, 3)
        return True

    def is_sound(self) -> bool:
        """Whether the present state can be searched with this embedder and store."""
        return self._base(read_meta(self._database)) is not None

    def _base(self, meta: Meta | None) -> str | None:
        """The place to build on; None where there is none, or it was made by another model or store."""
        if meta is None or (meta.fingerprint, meta.store) != (self._fingerprint, self._store.name):
            return None
        return meta.place if self._store.holds(meta.place) else None

    def _staying(self, update: Update) -> set[str]:
        live = catalog.live_ids(self._database)
        for name in update.names:
            live -= catalog.live_ids(self._database, name)
        return live

    def _change(self, update: Update, base: str | None) -> tuple[Change, set[str]]:
        """What the store has to do, and the ids that are live afterwards."""
        live = catalog.live_ids(self._database)
        fresh = {each.chunk.id for _, chunks in update.put for each in chunks}
        final = self._staying(update) | fresh
        stored = stored_vectors.stored_ids(self._database, self._fingerprint)
        if final - stored:
            message = f"{len(final - stored)} chunks have no vectors; embed what lacking() returns first"
            raise ValueError(message)
        added = sorted(final - live) if base else sorted(final)
        batches = stored_vectors.dense_vectors(
            self._database, self._fingerprint, added, self._dimension, self._store.batch
        )
        identity = index_identity(self._database, secrets.token_hex(6))
        dead = sorted(stored - live - final)
        return Change(base, identity, self._fingerprint, batches, sorted(live - final), dead), final
