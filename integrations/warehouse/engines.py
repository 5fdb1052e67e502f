"""What differs between the engines of the analytics store."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

STATE = "state"
"""The table of names and values beside those of analytics/schema.py."""


class Connection(Protocol):
    """One connection, in which several statements can be one transaction."""

    @property
    def ibis(self) -> Any:
        """The Ibis backend of it."""

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; gives its rows."""

    def transaction(self) -> AbstractContextManager[None]:
        """All of it, or none."""

    def bring(self, staging: duckdb.DuckDBPyConnection, columns: Mapping[str, str]) -> None:
        """Make these columns of the staging's `clean` the temporary table `incoming`."""

    def bring_frame(self, frame: pa.Table) -> None:
        """Make a table in memory the temporary table `incoming`."""

    def leave(self) -> None:
        """Let go of what `bring` has opened."""


class Engine(Protocol):
    """How a store is reached."""

    @property
    def mark(self) -> str:
        """How a value is marked in a statement."""

    @property
    def types(self) -> Mapping[str, str]:
        """How the engine calls the types of the schema. Texts are ordered by their bytes, on every engine."""

    def identity(self, text: Any) -> Any:
        """What stands for a text of an Ibis table where it is only compared: itself, or a number of 64 bits."""

    def connected(self) -> AbstractContextManager[Connection]:
        """A connection for a while. A store that is locked or gone raises `Transient` or `Permanent`."""

    def exists(self) -> bool:
        """Whether there is a store to read from; asking makes none."""

    def compact(self) -> None:
        """Let go of the bytes of rows that were changed or removed, as far as that is ours to do."""
