"""Embedded Chroma."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from knowledge_base.chroma_collection import CollectionSearch, apply_changes, open_collection
from knowledge_base.errors import VectorsUnavailable
from knowledge_base.locks import Held, SharedLock, unused
from knowledge_base.passages import Scored, Vector
from knowledge_base.vectors import Change, Reader

_COLLECTION = "passages"
# Chroma writes its graph to disk every so many changes, at the end of a call; whoever opens the folder later
# makes up for the rest, and may then write as well. With these settings each call writes everything.
_WRITE_AT_ONCE = {"sync_threshold": 2, "batch_size": 2}


class FolderVectors:
    """Embedded Chroma, a folder a state.

    An open embedded client never sees what another process writes, and one that opens in the middle of a
    write may see half of it. So a state's folder is never written again: an ingest works in a copy beside it.
    """

    name = "embedded"
    keeps_dead = False
    batch = 5_000  # each call writes the whole graph: few calls; Chroma takes 5,461 at most

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
            collection = open_collection(client, _COLLECTION, **_WRITE_AT_ONCE)
            apply_changes(collection, change.added, change.dying if change.base else [])
            _flush(collection)
        finally:
            client.close()
        return place

    def settle(self, place: str) -> None:
        """Deletes the folders of other states that nobody reads, and those of ingests that were killed."""
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
    """The folder of one state, kept from deletion while open; Chroma itself opens it on the first search."""

    def __init__(self, folder: Path) -> None:
        try:
            self._mark = SharedLock(folder)
        except (FileNotFoundError, Held) as error:
            raise FileNotFoundError(folder) from error
        self.readers = 0
        self._folder = folder
        self._lock = threading.Lock()
        self._client: Any = None
        self._collection: CollectionSearch | None = None

    def search(self, vector: Vector, limit: int) -> list[Scored]:
        try:
            return self._opened().search(vector, limit)
        except Exception as error:
            message = (
                f"The vectors in {self._folder} cannot be read ({error}): delete the folder and run "
                "`gtm ingest`, which makes them again without embedding anything."
            )
            raise VectorsUnavailable(message) from error

    def _opened(self) -> CollectionSearch:
        with self._lock:
            if self._collection is None:
                self._client = _persistent_client(self._folder)
                self._collection = CollectionSearch(self._client, _COLLECTION)
            return self._collection

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._mark.release()


def _persistent_client(folder: Path) -> Any:
    import chromadb  # noqa: PLC0415 - takes more than a second to import

    return chromadb.PersistentClient(folder, settings=chromadb.config.Settings(anonymized_telemetry=False))


def _flush(collection: Any) -> None:
    """Makes two more changes that change nothing, in case the last call had but one and was not written."""
    kept = collection.get(limit=2, include=["embeddings"])
    for _ in range(2 if len(kept["ids"]) == 1 else 1):
        if kept["ids"]:
            collection.upsert(
                ids=kept["ids"], embeddings=kept["embeddings"], documents=[""] * len(kept["ids"])
            )


def _copy(source: Path, target: Path) -> None:
    """Copies a state's folder; its database by SQLite's own backup, since readers may have it open."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("chroma.sqlite3*"))
    name = "chroma.sqlite3"
    with closing(sqlite3.connect(source / name)) as old, closing(sqlite3.connect(target / name)) as new:
        old.backup(new)
