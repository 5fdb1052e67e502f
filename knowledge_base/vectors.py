"""Where the dense vectors are searched: embedded Chroma, or a Chroma server; both through langchain-chroma.

Both hold the same: a collection in cosine space with chunk ids and vectors, and an empty text for each, because
the catalog has the texts and Chroma would index them a second time.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from knowledge_base.errors import VectorsUnavailable
from knowledge_base.locks import Held, SharedLock, unused
from knowledge_base.passages import Scored, Vector, Vectors

_COLLECTION = "passages"
_HNSW = {"space": "cosine", "ef_construction": 128, "ef_search": 128}
_DELETE_BATCH = 500
_SYNC_THRESHOLD = 1_000  # Chroma's default

Batches = Iterable[tuple[list[str], Vectors]]


@dataclass(frozen=True, slots=True)
class Change:
    """What an ingest does to a store's current place.

    `base` is that place, None to begin afresh; `identity` tells this index from others on one server; `dying` are the chunks in it that leave with this ingest, `dead`
    those that left before or were staged by an ingest that was killed.
    """

    base: str | None
    identity: str
    fingerprint: str
    added: Batches
    dying: Sequence[str]
    dead: Sequence[str]


class Reader(Protocol):
    """Searches one place of a store."""

    def search(self, vector: Vector, limit: int) -> list[Scored]:
        """The nearest ids with their cosine similarity, best first; they may be dead."""


class VectorStore(Protocol):
    """A store of dense vectors. A place is what the catalog's state points to."""

    @property
    def name(self) -> str:
        """Tells this store from another, so that a change of the setting is noticed."""

    @property
    def keeps_dead(self) -> bool:
        """Whether the vectors of chunks that left the index stay at their place until the next ingest."""

    def holds(self, place: str) -> bool:
        """Whether the place is there."""

    def reading(self, place: str) -> AbstractContextManager[Reader]:
        """A context manager that gives a Reader of the place."""

    def stage(self, change: Change) -> str:
        """Writes the next state's vectors and returns its place; who reads `base` notices nothing."""

    def close(self) -> None:
        """Lets go of everything that is open."""

    def settle(self, place: str) -> None:
        """Called when the catalog points to `place`: lets go of what nobody needs any more."""


class FolderVectors:
    """Embedded Chroma, a folder a state.

    An open embedded client never sees what another process writes, and one that opens in the middle of a write
    may see half of it. So a state's folder is never written again: an ingest works in a copy beside it.
    """

    name = "embedded"
    keeps_dead = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: dict[str, _OpenFolder] = {}

    def holds(self, place: str) -> bool:
        """Whether the folder of this state is there."""
        return (self._folder / place).is_dir()

    @contextmanager
    def reading(self, place: str) -> Iterator[Reader]:
        """Opens the folder, or shares it with the other readers in this process."""
        with self._lock:
            if place not in self._open:
                self._open[place] = _OpenFolder(self._folder / place)
            opened = self._open[place]
            opened.readers += 1
        try:
            yield opened
        finally:
            with self._lock:
                opened.readers -= 1
                newest = next(reversed(self._open))
                for name in [n for n, o in self._open.items() if not o.readers and n != newest]:
                    self._open.pop(name).close()

    def stage(self, change: Change) -> str:
        """Copies the folder of the current state and writes the changes into the copy."""
        place = f"state-{secrets.token_hex(6)}"
        target = self._folder / place
        target.mkdir(parents=True)
        if change.base is not None:
            _copy(self._folder / change.base, target)
        client = _persistent_client(target)
        try:
            collection = _collection(client, _COLLECTION)
            _apply(collection, change.added, change.dying if change.base else [])
            _flush(collection)
        finally:
            client.close()
        return place

    def settle(self, place: str) -> None:
        """Deletes the folders of other states that no process reads, and those of ingests that were killed."""
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            if folder.name == place or not folder.is_dir():
                continue
            with self._lock:
                stale = self._open.get(folder.name)
                if stale is not None and not stale.readers:
                    self._open.pop(folder.name).close()
            with unused(folder) as free:
                if free:
                    shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Closes what this process has open."""
        with self._lock:
            for opened in self._open.values():
                opened.close()
            self._open.clear()


class _OpenFolder:
    """The folder of one state, kept from deletion while it is open; Chroma itself opens it on the first search."""

    def __init__(self, folder: Path) -> None:
        try:
            self._mark = SharedLock(folder)
        except (FileNotFoundError, Held) as error:
            raise FileNotFoundError(folder) from error
        self.readers = 0
        self._folder = folder
        self._lock = threading.Lock()
        self._client: Any = None
        self._collection: _Search | None = None

    def search(self, vector: Vector, limit: int) -> list[Scored]:
        try:
            return self._opened().search(vector, limit)
        except Exception as error:
            message = (
                f"The vectors in {self._folder} cannot be read ({error}): delete the folder and run `gtm ingest`, "
                "which makes them again without embedding anything."
            )
            raise VectorsUnavailable(message) from error

    def _opened(self) -> _Search:
        with self._lock:
            if self._collection is None:
                self._client = _persistent_client(self._folder)
                self._collection = _Search(self._client, _COLLECTION)
            return self._collection

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._mark.release()


class ServerVectors:
    """A Chroma server. One process serves all readers, so one collection is changed in place.

    New vectors are added before the catalog points to them, and dead ones are deleted by the ingest after, so
    that a reader of either state finds all of its own.
    """

    keeps_dead = True

    def __init__(self, url: str) -> None:
        self.name = url
        self._lock = threading.Lock()
        self._client: Any = None
        self._searches: dict[str, _Search] = {}

    def holds(self, place: str) -> bool:
        """Whether the collection is there; asks the server."""
        with self._translated():
            return any(each.name == place for each in self._connect().list_collections())

    @contextmanager
    def reading(self, place: str) -> Iterator[Reader]:
        """A reader of the collection, shared by all threads."""
        yield _ServerReader(self, place)

    def search(self, place: str, vector: Vector, limit: int) -> list[Scored]:
        """The nearest ids at a place."""
        with self._translated():
            with self._lock:
                if place not in self._searches:
                    self._searches[place] = _Search(self._connect(), place)
                found = self._searches[place]
            return found.search(vector, limit)

    def stage(self, change: Change) -> str:
        """Deletes what died before this ingest and adds what is new."""
        place = f"passages-{change.identity}-{hashlib.sha256(change.fingerprint.encode()).hexdigest()[:12]}"
        with self._translated():
            _apply(_collection(self._connect(), place), change.added, change.dead)
        return place

    def settle(self, place: str) -> None:
        """Deletes this index's collections of other embedding models."""
        prefix = place.rpartition("-")[0] + "-"
        with self._translated():
            for each in self._connect().list_collections():
                if each.name.startswith(prefix) and each.name != place:
                    self._client.delete_collection(each.name)

    def close(self) -> None:
        """Closes the connection."""
        if self._client is not None:
            self._client.close()

    def _connect(self) -> Any:
        if self._client is None:
            import chromadb  # noqa: PLC0415 - takes more than a second to import

            url = urlsplit(self.name)
            if url.scheme not in ("http", "https") or not url.hostname:
                message = (
                    f"{self.name!r} is not the address of a Chroma server: write it as http://host:8000."
                )
                raise VectorsUnavailable(message)
            port = url.port or (443 if url.scheme == "https" else 80)
            settings = chromadb.config.Settings(anonymized_telemetry=False)
            ssl = url.scheme == "https"
            self._client = chromadb.HttpClient(url.hostname, port, ssl=ssl, settings=settings)
        return self._client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turns what Chroma's client raises into VectorsUnavailable."""
        import httpx  # noqa: PLC0415
        from chromadb.errors import ChromaError  # noqa: PLC0415

        try:
            yield
        except (ChromaError, httpx.HTTPError, ValueError) as error:
            self._searches = {}
            message = f"The Chroma server at {self.name} does not answer ({error}): start it, then try again."
            raise VectorsUnavailable(message) from error


@dataclass(frozen=True, slots=True)
class _ServerReader:
    """A place on the server; nothing is asked of it before the first search."""

    store: ServerVectors
    place: str

    def search(self, vector: Vector, limit: int) -> list[Scored]:
        return self.store.search(self.place, vector, limit)


class _Search:
    """A collection through langchain-chroma; raises where it is absent."""

    def __init__(self, client: Any, collection: str) -> None:
        from langchain_chroma import Chroma  # noqa: PLC0415 - takes more than a second to import

        self._store = Chroma(client=client, collection_name=collection, create_collection_if_not_exists=False)

    def search(self, vector: Vector, limit: int) -> list[Scored]:
        found = self._store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=limit)
        return [Scored(str(document.id), 1.0 - distance) for document, distance in found]


def _persistent_client(folder: Path) -> Any:
    import chromadb  # noqa: PLC0415 - takes more than a second to import

    return chromadb.PersistentClient(folder, settings=chromadb.config.Settings(anonymized_telemetry=False))


def _collection(client: Any, name: str) -> Any:
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})


def _apply(collection: Any, added: Batches, removed: Sequence[str]) -> None:
    for start in range(0, len(removed), _DELETE_BATCH):
        collection.delete(ids=list(removed[start : start + _DELETE_BATCH]))
    for ids, vectors in added:
        collection.upsert(ids=ids, embeddings=vectors, documents=[""] * len(ids))


def _flush(collection: Any) -> None:
    """Makes Chroma write its graph to disk, or each reader would insert the last vectors again on opening."""
    kept = collection.get(limit=2, include=["embeddings"])
    if len(kept["ids"]) < 2:
        return
    collection.modify(configuration={"hnsw": {"sync_threshold": 2}})
    collection.upsert(ids=kept["ids"], embeddings=kept["embeddings"], documents=[""] * 2)
    collection.modify(configuration={"hnsw": {"sync_threshold": _SYNC_THRESHOLD}})


def _copy(source: Path, target: Path) -> None:
    """Copies a state's folder; its database by SQLite's own backup, since readers may have it open."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("chroma.sqlite3*"))
    name = "chroma.sqlite3"
    with closing(sqlite3.connect(source / name)) as old, closing(sqlite3.connect(target / name)) as new:
        old.backup(new)
