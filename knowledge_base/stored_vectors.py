"""The vectors kept in the catalog: what was embedded once is never embedded again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np

from knowledge_base.database import select_in, transaction
from knowledge_base.passages import Chunk, ChunkVectors, Vectors

_UNIT_SCALE = 127.0


def put_vectors(
    database: sqlite3.Connection, fingerprint: str, chunks: Sequence[Chunk], vectors: ChunkVectors
) -> None:
    """Keeps vectors under their chunks' ids: chunks' as float16, units' as int8 (only directions matter)."""
    rows = [
        (chunk.id, fingerprint, dense.astype(np.float16).tobytes(), _pack_units(units))
        for chunk, dense, units in zip(chunks, vectors.chunks, vectors.units, strict=True)
    ]
    with transaction(database):
        database.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", rows)


def stored_ids(database: sqlite3.Connection, fingerprint: str) -> set[str]:
    """The chunks, live or not, whose vectors are kept."""
    return {row[0] for row in database.execute("SELECT id FROM vector WHERE fingerprint = ?", (fingerprint,))}


def dense_vectors(
    database: sqlite3.Connection, fingerprint: str, ids: Sequence[str], dimension: int, batch: int
) -> Iterator[tuple[list[str], Vectors]]:
    """The vectors of these chunks at unit length, `batch` at a time, shape (count, dimension)."""
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        rows = list(
            select_in(
                database, "SELECT id, dense FROM vector WHERE fingerprint = ? AND id IN", part, fingerprint
            )
        )
        packed = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16).astype(np.float32)
        vectors = packed.reshape(len(rows), dimension)
        yield [row[0] for row in rows], vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def unit_vectors(
    database: sqlite3.Connection, fingerprint: str, ids: Sequence[str], dimension: int
) -> dict[str, Vectors]:
    """The unit vectors of these chunks, each of shape (units, dimension)."""
    select = "SELECT id, units FROM vector WHERE fingerprint = ? AND id IN"
    rows = list(select_in(database, select, ids, fingerprint))
    vectors = _unpack_units(b"".join(row[1] for row in rows), dimension)
    ends = accumulate((len(row[1]) // dimension for row in rows), initial=0)
    return {row[0]: vectors[start:end] for row, (start, end) in zip(rows, pairwise(ends), strict=True)}


def forget_vectors(database: sqlite3.Connection, fingerprint: str, keep: set[str] | None = None) -> None:
    """Drops the vectors of all other fingerprints, and, if `keep` is given, of all other chunks."""
    database.execute("DELETE FROM vector WHERE fingerprint <> ?", (fingerprint,))
    if keep is not None:
        gone = [(each, fingerprint) for each in stored_ids(database, fingerprint) - keep]
        database.executemany("DELETE FROM vector WHERE id = ? AND fingerprint = ?", gone)


def _pack_units(units: Vectors) -> bytes:
    largest = np.abs(units).max(axis=1, keepdims=True, initial=1e-12)
    packed: bytes = np.rint(units / largest * _UNIT_SCALE).astype(np.int8).tobytes()
    return packed


def _unpack_units(packed: bytes, dimension: int) -> Vectors:
    units = np.frombuffer(packed, dtype=np.int8).astype(np.float32).reshape(-1, dimension)
    directions: Vectors = units / np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    return directions
