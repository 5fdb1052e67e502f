"""A Chroma server, by its address."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from knowledge_base.chroma_collection import CollectionSearch, apply_changes, open_collection
from knowledge_base.errors import VectorsUnavailable
from knowledge_base.passages import Scored, Vector
from knowledge_base.vectors import Change, Reader


class ServerVectors:
    """A Chroma server. One process serves all readers, so one collection is changed in place.

    New vectors are added before the catalog points to them, and dead ones are deleted by the ingest after, so
    that a reader of either state finds all of its own.
    """

    keeps_dead = True
    batch = 500  # a call of some megabytes

    def __init__(self, url: str) -> None:
        self.name = url
        self._lock = threading.Lock()
        self._client: Any = None
        self._searches: dict[str, CollectionSearch] = {}

    def holds(self, place: str) -> bool:
        """Whether the collection is there; asks the server."""
        from chromadb.errors import NotFoundError  # noqa: PLC0415

        with self._translated():
            try:
                self._connect().get_collection(place, embedding_function=None)
            except NotFoundError:
                return False
        return True

    @contextmanager
    def reading(self, place: str) -> Iterator[Reader]:
        """A reader of the collection, shared by all threads."""
        yield _ServerReader(self, place)

    def search(self, place: str, vector: Vector, limit: int) -> list[Scored]:
        """The nearest ids at a place."""
        with self._translated():
            with self._lock:
                if place not in self._searches:
                    self._searches[place] = CollectionSearch(self._connect(), place)
                found = self._searches[place]
            return found.search(vector, limit)

    def stage(self, change: Change) -> str:
        """Deletes what died before this ingest and adds what is new."""
        place = f"passages-{change.identity}-{hashlib.sha256(change.fingerprint.encode()).hexdigest()[:12]}"
        with self._translated():
            apply_changes(open_collection(self._connect(), place), change.added, change.dead)
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
