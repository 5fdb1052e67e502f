"""The catalog: documents, chunks, the lexical index and all vectors in one SQLite file.

It is the truth; the vectors in Chroma are a search structure that can be made again from it. Writers hold the
index's lock, so only one connection writes; readers see the state their transaction began with.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.errors import IndexMismatch
from knowledge_base.passages import Chunk, ChunkVectors, Vectors

SCHEMA_VERSION = 1
_BUSY_SECONDS = 30.0
_SQL_VARIABLES = 500  # below the smallest limit any SQLite build sets on the variables of one statement
_UNIT_SCALE = 127.0

TOKENIZER = "porter unicode61 remove_diacritics 2"

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (
  name TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL, recipe TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, ingested_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS chunk (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL REFERENCES document (name) ON DELETE CASCADE,
  position INTEGER NOT NULL, title TEXT NOT NULL, headings TEXT NOT NULL, section TEXT NOT NULL,
  anchor TEXT NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
  UNIQUE (document, anchor)
);
CREATE TABLE IF NOT EXISTS vector (
  id TEXT NOT NULL, fingerprint TEXT NOT NULL, dense BLOB NOT NULL, units BLOB NOT NULL,
  PRIMARY KEY (id, fingerprint)
);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, headings, body, content='', tokenize='{TOKENIZER}');
CREATE VIRTUAL TABLE IF NOT EXISTS word_counts USING fts5vocab ('words', 'row');
"""

_CHUNK_COLUMNS = "document, title, headings, section, anchor, text, position"


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as it was ingested.

    `source` is its Markdown, `sha256` the digest of the file it was read from, `recipe` names the way from the
    file to chunks; sizes are bytes, `ingested_at` is in UTC.
    """

    name: str
    path: str
    size: int
    mtime_ns: int
    sha256: str
    recipe: str
    title: str
    source: str
    ingested_at: datetime


@dataclass(frozen=True, slots=True)
class PlacedChunk:
    """A chunk and where it stands in its document's Markdown, in characters.

    `source[start:stop]` is the chunk's text; for a further part of a long table it is the rows of that part, before
    which the text repeats the table's header.
    """

    chunk: Chunk
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Meta:
    """What the current state was made with. `place` is where in the vector store its vectors lie."""

    generation: int
    fingerprint: str
    dimension: int
    store: str
    place: str


def connect(file: Path, *, write: bool = False) -> sqlite3.Connection:
    """Opens the catalog; a writer creates it. Raises FileNotFoundError where a reader finds none."""
    if write:
        file.parent.mkdir(parents=True, exist_ok=True)
    elif not file.exists():
        raise FileNotFoundError(file)
    database = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA foreign_keys = ON")
    if write:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        _require_version(database, file)
        database.executescript(_SCHEMA)
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    else:
        database.execute("PRAGMA query_only = ON")
        database.execute("PRAGMA mmap_size = 1073741824")
        _require_version(database, file)
    return database


def _require_version(database: sqlite3.Connection, file: Path) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, SCHEMA_VERSION):
        message = (
            f"{file} was written by another version of this program (layout {version}, expected {SCHEMA_VERSION}): "
            f"delete the folder {file.parent} and run `gtm ingest` again."
        )
        raise IndexMismatch(message)


@contextmanager
def transaction(database: sqlite3.Connection, mode: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing."""
    database.execute(f"BEGIN {mode}")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def read_meta(database: sqlite3.Connection) -> Meta | None:
    """None before the first ingest was completed."""
    try:
        row = database.execute("SELECT value FROM meta WHERE key = 'state'").fetchone()
    except sqlite3.OperationalError:  # the file was created a moment ago and has no tables yet
        return None
    return Meta(**json.loads(row[0])) if row else None


def write_meta(database: sqlite3.Connection, meta: Meta) -> None:
    """Makes `meta` the state; inside the transaction that makes it true."""
    value = {name: getattr(meta, name) for name in Meta.__slots__}
    database.execute("INSERT OR REPLACE INTO meta VALUES ('state', ?)", (json.dumps(value),))


def index_identity(database: sqlite3.Connection, fresh: str) -> str:
    """The name of this index among others on one Chroma server: `fresh`, unless it has one already."""
    database.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (fresh,))
    (identity,) = database.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    return str(identity)


def documents(database: sqlite3.Connection) -> dict[str, DocumentRecord]:
    """Every document by name, without its source (empty there)."""
    rows = database.execute(
        "SELECT name, path, size, mtime_ns, sha256, recipe, title, '', ingested_at FROM document ORDER BY name"
    )
    return {row[0]: _record(row) for row in rows}


def document(database: sqlite3.Connection, name: str) -> DocumentRecord | None:
    """One document with its source."""
    row = database.execute(
        "SELECT name, path, size, mtime_ns, sha256, recipe, title, source, ingested_at FROM document WHERE name = ?",
        (name,),
    ).fetchone()
    return _record(row) if row else None


def _record(row: tuple[str, str, int, int, str, str, str, str, str]) -> DocumentRecord:
    return DocumentRecord(*row[:-1], ingested_at=datetime.fromisoformat(row[-1]))


def put_document(database: sqlite3.Connection, record: DocumentRecord, chunks: Sequence[PlacedChunk]) -> None:
    """Adds a document with its chunks and their words, in place of one of the same name."""
    remove_document(database, record.name)
    stamp = record.ingested_at.astimezone(UTC).isoformat(timespec="seconds")
    values = tuple(getattr(record, name) for name in DocumentRecord.__slots__[:-1])
    database.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, stamp))
    for placed in chunks:
        chunk = placed.chunk
        number = database.execute(
            f"INSERT INTO chunk (id, {_CHUNK_COLUMNS}, start, stop) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (chunk.id, chunk.document, chunk.title, json.dumps(chunk.headings, ensure_ascii=False), chunk.section,
             chunk.anchor, chunk.text, chunk.position, placed.start, placed.stop),
        ).lastrowid  # fmt: skip
        words = (number, chunk.title, "\n".join(chunk.headings), chunk.text)
        database.execute("INSERT INTO words (rowid, title, headings, body) VALUES (?, ?, ?, ?)", words)


def touch_document(database: sqlite3.Connection, record: DocumentRecord) -> None:
    """Notes that the same content now lies elsewhere or bears another time."""
    database.execute(
        "UPDATE document SET path = ?, size = ?, mtime_ns = ? WHERE name = ?",
        (record.path, record.size, record.mtime_ns, record.name),
    )


def remove_document(database: sqlite3.Connection, name: str) -> None:
    """Removes a document, its chunks and exactly their words; nothing where it is absent."""
    rows = database.execute("SELECT number, title, headings, text FROM chunk WHERE document = ?", (name,))
    for number, title, headings, text in rows.fetchall():
        words = (number, title, "\n".join(json.loads(headings)), text)
        database.execute(
            "INSERT INTO words (words, rowid, title, headings, body) VALUES ('delete', ?, ?, ?, ?)", words
        )
    database.execute("DELETE FROM document WHERE name = ?", (name,))


def live_ids(database: sqlite3.Connection, document_name: str | None = None) -> set[str]:
    """The ids of the chunks in the index, or of one document's."""
    if document_name is None:
        return {row[0] for row in database.execute("SELECT id FROM chunk")}
    return {row[0] for row in database.execute("SELECT id FROM chunk WHERE document = ?", (document_name,))}


def chunks_alive(database: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Which of these ids are in the index."""
    return {row[0] for row in _select_in(database, "SELECT id FROM chunk WHERE id IN", ids)}


def chunk_counts(database: sqlite3.Connection) -> dict[str, int]:
    """How many chunks each document has; one without chunks is absent."""
    return dict(database.execute("SELECT document, count(*) FROM chunk GROUP BY document").fetchall())


def placed_chunks(database: sqlite3.Connection, document_name: str) -> list[PlacedChunk]:
    """One document's chunks in their order."""
    rows = database.execute(
        f"SELECT start, stop, {_CHUNK_COLUMNS} FROM chunk WHERE document = ? ORDER BY position",
        (document_name,),
    )
    return [PlacedChunk(_chunk(row[2:]), row[0], row[1]) for row in rows]


def chunks_by_id(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Chunk]:
    """The live chunks among `ids`."""
    rows = _select_in(database, f"SELECT id, {_CHUNK_COLUMNS} FROM chunk WHERE id IN", ids)
    found = {row[0]: _chunk(row[1:]) for row in rows}
    return {each: found[each] for each in ids if each in found}


def _chunk(row: tuple[str, str, str, str, str, str, int]) -> Chunk:
    document_name, title, headings, section, anchor, text, position = row
    return Chunk(document_name, title, tuple(json.loads(headings)), section, anchor, text, position)


def put_vectors(
    database: sqlite3.Connection, fingerprint: str, chunks: Sequence[Chunk], vectors: ChunkVectors
) -> None:
    """Keeps vectors under their chunks' ids: chunks as float16, units as int8 (only their direction matters)."""
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
    database: sqlite3.Connection, fingerprint: str, ids: Sequence[str], dimension: int
) -> Iterator[tuple[list[str], Vectors]]:
    """The vectors of these chunks at unit length, a few hundred at a time, shape (count, dimension)."""
    for start in range(0, len(ids), _SQL_VARIABLES):
        part = ids[start : start + _SQL_VARIABLES]
        rows = list(
            _select_in(
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
    rows = _select_in(
        database, "SELECT id, units FROM vector WHERE fingerprint = ? AND id IN", ids, fingerprint
    )
    return {row[0]: _unpack_units(row[1], dimension) for row in rows}


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


def _select_in(database: sqlite3.Connection, select: str, ids: Sequence[str], *first: str) -> Iterable[Any]:
    for start in range(0, len(ids), _SQL_VARIABLES):
        part = ids[start : start + _SQL_VARIABLES]
        marks = ",".join("?" * len(part))
        yield from database.execute(f"{select} ({marks})", (*first, *part))
