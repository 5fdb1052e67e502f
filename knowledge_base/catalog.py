"""The documents and chunks in the catalog, and the words of the lexical index.

The catalog is the truth; the vectors in Chroma are a search structure that can be made again from it. Writers
hold the index's lock, so only one connection writes; readers see the state their transaction began with.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from knowledge_base.database import select_in
from knowledge_base.passages import Chunk


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as it was ingested.

    `source` is its Markdown, `sha256` the digest of the file it was read from, `recipe` names the way from
    the file to chunks; sizes are bytes, `ingested_at` is in UTC.
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

    `source[start:stop]` is the chunk's text; for a further part of a long table it is the rows of that part,
    before which the text repeats the table's header.
    """

    chunk: Chunk
    start: int
    stop: int


def documents(database: sqlite3.Connection) -> dict[str, DocumentRecord]:
    """Every document by name, without its source (empty there)."""
    rows = database.execute(
        "SELECT name, path, size, mtime_ns, sha256, recipe, title, '', ingested_at FROM document "
        "ORDER BY name"
    )
    return {row[0]: _record(row) for row in rows}


def document(database: sqlite3.Connection, name: str) -> DocumentRecord | None:
    """One document with its source."""
    row = database.execute(
        "SELECT name, path, size, mtime_ns, sha256, recipe, title, source, ingested_at FROM document "
        "WHERE name = ?",
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
            "INSERT INTO chunk (id, document, position, title, headings, section, anchor, text, start, stop) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                chunk.id,
                chunk.document,
                chunk.position,
                chunk.title,
                json.dumps(chunk.headings, ensure_ascii=False),
                chunk.section,
                chunk.anchor,
                chunk.text,
                placed.start,
                placed.stop,
            ),
        ).lastrowid
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
    return {row[0] for row in select_in(database, "SELECT id FROM chunk WHERE id IN", ids)}


def chunk_counts(database: sqlite3.Connection) -> dict[str, int]:
    """How many chunks each document has; one without chunks is absent."""
    return dict(database.execute("SELECT document, count(*) FROM chunk GROUP BY document").fetchall())


def placed_chunks(database: sqlite3.Connection, document_name: str) -> list[PlacedChunk]:
    """One document's chunks in their order."""
    rows = database.execute(
        "SELECT start, stop, document, title, headings, section, anchor, text, position FROM chunk "
        "WHERE document = ? ORDER BY position",
        (document_name,),
    )
    return [PlacedChunk(_chunk(row[2:]), row[0], row[1]) for row in rows]


def chunks_by_id(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Chunk]:
    """The live chunks among `ids`."""
    rows = select_in(
        database,
        "SELECT id, document, title, headings, section, anchor, text, position FROM chunk WHERE id IN",
        ids,
    )
    found = {row[0]: _chunk(row[1:]) for row in rows}
    return {each: found[each] for each in ids if each in found}


def _chunk(row: tuple[str, str, str, str, str, str, int]) -> Chunk:
    document_name, title, headings, section, anchor, text, position = row
    return Chunk(document_name, title, tuple(json.loads(headings)), section, anchor, text, position)
