"""The SQLite file of an index: its layout, its connections, and what its present state was made with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.errors import IndexMismatch

SCHEMA_VERSION = 1
TOKENIZER = "porter unicode61 remove_diacritics 2"
SQL_VARIABLES = 500  # below the smallest limit any SQLite build sets on the variables of one statement
_BUSY_SECONDS = 30.0

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (
  name TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL, recipe TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
  ingested_at TEXT NOT NULL
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
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
  title, headings, body, content='', tokenize='{TOKENIZER}'
);
CREATE VIRTUAL TABLE IF NOT EXISTS word_counts USING fts5vocab ('words', 'row');
"""


@dataclass(frozen=True, slots=True)
class Meta:
    """What the current state was made with.

    `place` is where in the vector store its vectors lie; `deleted` counts those deleted there so far.
    """

    generation: int
    fingerprint: str
    dimension: int
    store: str
    place: str
    deleted: int


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
        if _require_version(database, file) == 0:
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    else:
        database.execute("PRAGMA query_only = ON")
        database.execute("PRAGMA mmap_size = 1073741824")
        _require_version(database, file)
    return database


def _require_version(database: sqlite3.Connection, file: Path) -> int:
    """The layout's version; 0 for a file that has none yet."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, SCHEMA_VERSION):
        message = (
            f"{file} was written by another version of this program ({version}, not {SCHEMA_VERSION}): "
            f"delete the folder {file.parent} and run `gtm ingest` again."
        )
        raise IndexMismatch(message)
    return int(version)


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


def select_in(database: sqlite3.Connection, select: str, ids: Sequence[str], *first: str) -> Iterable[Any]:
    """The rows of `select … IN` for any number of ids; `first` are the variables before the list."""
    for start in range(0, len(ids), SQL_VARIABLES):
        part = ids[start : start + SQL_VARIABLES]
        marks = ",".join("?" * len(part))
        yield from database.execute(f"{select} ({marks})", (*first, *part))
