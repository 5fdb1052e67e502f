"""The index of one home: opened by every process that asks, written by one ingest at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from knowledge_base import catalog, flat_search, lexical
from knowledge_base.chroma_folder import FolderVectors
from knowledge_base.chroma_server import ServerVectors
from knowledge_base.database import Meta, connect, read_meta, transaction
from knowledge_base.errors import IndexAbsent, IndexBusy, IndexDamaged, IndexMismatch, VectorsUnavailable
from knowledge_base.folders import files_below
from knowledge_base.locks import Held, exclusive
from knowledge_base.passages import Snapshot
from knowledge_base.remembered import Recollection
from knowledge_base.snapshot import IndexSnapshot
from knowledge_base.vectors import VectorStore
from knowledge_base.writer import Writer

_IDLE_CONNECTIONS = 16
_OPENING_ATTEMPTS = 5  # each fails only if a whole ingest was completed while it was being made
_WRITER_WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of the list of documents; `ingested_at` in UTC, `size` in bytes of the file."""

    name: str
    title: str
    path: str
    size: int
    chunks: int
    ingested_at: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk in its document's Markdown: `source[start:end]` is its text.

    For a further part of a long table it is that part's rows; `text` has the table's header before them.
    """

    anchor: str
    section: str
    headings: tuple[str, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A whole document: its Markdown and where in it each passage stands."""

    name: str
    title: str
    source: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How the index is; `message` says what to do where the state is not ok. Sizes are bytes."""

    state: Literal["ok", "absent", "mismatch", "broken"]
    message: str
    generation: int = 0
    documents: int = 0
    chunks: int = 0
    last_ingest: datetime | None = None
    fingerprint: str = ""
    store: str = ""
    size: int = 0


class Index:
    """The documents' index in a folder. Opening it reads nothing; it may be shared by threads."""

    def __init__(
        self,
        folder: Path,
        fingerprint: str,
        dimension: int,
        chroma_url: str | None = None,
        *,
        flat_bytes: int = flat_search.MAX_BYTES,
    ) -> None:
        """`fingerprint` and `dimension` are the embedder's; without `chroma_url` Chroma runs embedded.

        An embedded index whose vectors take at most `flat_bytes` is searched in memory; a server is always asked.
        """
        self.folder = folder
        self.fingerprint = fingerprint
        self.dimension = dimension
        self._file = folder / "catalog.sqlite3"
        store: VectorStore = ServerVectors(chroma_url) if chroma_url else FolderVectors(folder / "chroma")
        self._store = store
        self._flat = None if chroma_url else flat_search.FlatSearch(flat_bytes)
        self._stemmer = lexical.Stemmer()
        self._recollection = Recollection()
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """One consistent state to read from, for as long as the context lasts; keep it short.

        Raises IndexAbsent, IndexMismatch or VectorsUnavailable; their messages say what to do.
        """
        return self._snapshot()

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        with ExitStack() as stack:
            for _ in range(_OPENING_ATTEMPTS):
                database = stack.enter_context(self._reading())
                meta = self._require(read_meta(database))
                try:
                    reader = stack.enter_context(self._store.reading(meta.place))
                except FileNotFoundError:
                    stack.close()
                    continue
                remembered = self._recollection.of(meta)
                yield IndexSnapshot(
                    database, meta, reader, self._stemmer, remembered=remembered, flat=self._flat
                )
                return
        message = (
            f"The vectors of the index in {self.folder} are missing: run `gtm ingest` to make them again."
        )
        raise VectorsUnavailable(message)

    @contextmanager
    def writer(
        self, *, wait_seconds: float = _WRITER_WAIT_SECONDS, on_wait: Callable[[str], None] | None = None
    ) -> Iterator[Writer]:
        """The right to change the index. `on_wait` is told who has it; raises IndexBusy in the end."""
        try:
            with (
                exclusive(self.folder / "writer.lock", wait_seconds=wait_seconds, on_wait=on_wait),
                self._damage_noticed(),
                closing(connect(self._file, write=True)) as database,
            ):
                yield Writer(database, self._store, self.fingerprint, self.dimension)
        except Held as held:
            message = (
                f"Another ingest holds the index in {self.folder} ({held.holder}); wait for it, or end it."
            )
            raise IndexBusy(message) from held

    def documents(self) -> list[DocumentSummary]:
        """Every document by name; none where nothing was ingested."""
        try:
            with self._reading() as database:
                records = catalog.documents(database)
                counts = catalog.chunk_counts(database)
        except IndexAbsent:
            return []
        return [
            DocumentSummary(r.name, r.title, r.path, r.size, counts.get(r.name, 0), r.ingested_at)
            for r in records.values()
        ]

    def document(self, name: str) -> DocumentText | None:
        """One document as a whole, None where there is none of that name."""
        try:
            with self._reading() as database:
                record = catalog.document(database, name)
                placed = catalog.placed_chunks(database, name)
        except IndexAbsent:
            return None
        if record is None:
            return None
        passages = tuple(
            Passage(
                each.chunk.anchor,
                each.chunk.section,
                each.chunk.headings,
                each.chunk.text,
                each.start,
                each.stop,
            )
            for each in placed
        )
        return DocumentText(record.name, record.title, record.source, passages)

    def status(self) -> IndexStatus:
        """How the index is, without loading a model or asking Chroma."""
        try:
            with self._reading() as database:
                meta = read_meta(database)
                self._require(meta)
                records = catalog.documents(database)
                chunks = len(catalog.live_ids(database))
        except IndexAbsent as error:
            return IndexStatus("absent", str(error))
        except IndexMismatch as error:
            return IndexStatus("mismatch", str(error))
        except IndexDamaged as error:
            return IndexStatus("broken", str(error))
        assert meta is not None  # noqa: S101 - _require has raised otherwise
        size = sum(size for _, size in files_below(self.folder))
        last = max((record.ingested_at for record in records.values()), default=None)
        missing = meta.store == FolderVectors.name and not self._store.holds(meta.place)
        return IndexStatus(
            state="broken" if missing else "ok",
            message="The vectors are missing: run `gtm ingest`." if missing else "",
            generation=meta.generation,
            documents=len(records),
            chunks=chunks,
            last_ingest=last,
            fingerprint=meta.fingerprint,
            store=meta.store,
            size=size,
        )

    def close(self) -> None:
        """Closes what is open; the index can be used again afterwards."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
        self._store.close()

    def _require(self, meta: Meta | None) -> Meta:
        if meta is None:
            message = f"There is no index in {self.folder} yet: run `gtm ingest PATH` with your documents."
            raise IndexAbsent(message)
        if meta.fingerprint != self.fingerprint:
            message = (
                f"The index was built with the embedding model {meta.fingerprint}, but {self.fingerprint} is "
                "set: run `gtm ingest` again, or set the former model."
            )
            raise IndexMismatch(message)
        if meta.store != self._store.name:
            message = (
                f"The index keeps its vectors in Chroma ({meta.store}), but {self._store.name} is set: "
                "run `gtm ingest` again, or set the former address."
            )
            raise IndexMismatch(message)
        return meta

    @contextmanager
    def _damage_noticed(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            message = (
                f"{self._file} cannot be used ({error}). If trying again does not help, delete the "
                f"folder {self.folder} and run `gtm ingest`."
            )
            raise IndexDamaged(message) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a read transaction; connections are used again."""
        with self._lock:
            database = self._idle.pop() if self._idle else None
        try:
            with self._damage_noticed():
                database = database or connect(self._file)
        except FileNotFoundError:
            self._require(None)
            raise
        try:
            with self._damage_noticed(), transaction(database, "DEFERRED"):
                yield database
        except BaseException:
            database.close()
            raise
        with self._lock:
            if len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(database)
                return
        database.close()
