"""What the index asks of a store of dense vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from knowledge_base.passages import Scored, Vector, Vectors

Batches = Iterable[tuple[list[str], Vectors]]


@dataclass(frozen=True, slots=True)
class Change:
    """What an ingest does to a store's current place.

    `base` is that place, None to begin afresh; `identity` tells this index from others on one server;
    `dying` are the chunks in it that leave with this ingest, `dead` those that left before or were staged by
    an ingest that was killed.
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

    @property
    def batch(self) -> int:
        """How many vectors it wants to be given at once."""

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
