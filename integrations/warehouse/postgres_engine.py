"""The store in PostgreSQL, in a schema of its own."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis
import psycopg
import pyarrow as pa
from psycopg import conninfo

from agents.errors import BadInput, Permanent, Transient

SCHEMA = "gtm_analytics"
_LOCK = 0x67746D  # any number that nobody else uses
TYPES: Final[Mapping[str, str]] = {
    "int64": "BIGINT",
    "string": 'TEXT COLLATE "C"',
    "date": "DATE",
    "float64": "DOUBLE PRECISION",
}


class PostgresConnection:
    """Implements `Connection`."""

    def __init__(self, url: str) -> None:
        self._raw: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
            url, autocommit=True, options=f"-c search_path={SCHEMA} -c timezone=UTC", connect_timeout=10
        )
        if self._raw.execute("SELECT to_regnamespace(%s)", (SCHEMA,)).fetchone() == (None,):
            with self.transaction():
                self._raw.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        self.ibis: Any = ibis.postgres.from_connection(self._raw)

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; gives its rows."""
        with self._raw.cursor() as cursor:
            cursor.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, or none; of several processes one at a time, so that none makes what another just makes."""
        with self._raw.transaction():
            self._raw.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            yield

    def bring(self, staging: duckdb.DuckDBPyConnection, columns: Mapping[str, str]) -> None:
        """Copy the staging's rows over."""
        self._copy(staging, "clean", columns)

    def bring_frame(self, frame: pa.Table) -> None:
        """Copy a table in memory over."""
        with duckdb.connect() as local:
            local.register("clean", frame)
            types = {"int64": "int64", "string": "string", "large_string": "string", "date32[day]": "date"}
            self._copy(local, "clean", {field.name: types[str(field.type)] for field in frame.schema})

    def _copy(self, source: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
        defined = ", ".join(f"{name} {TYPES[kind]}" for name, kind in columns.items())
        self.execute(f"CREATE TEMP TABLE incoming ({defined})")
        listed = ", ".join(columns)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.csv"
            source.execute(
                f"COPY (SELECT {listed} FROM {table}) TO '{file}' (FORMAT csv, HEADER false, NULL '\\N')"  # noqa: S608
            )
            with self._raw.cursor() as cursor, file.open("rb") as rows:
                copying = f"COPY incoming ({listed}) FROM STDIN (FORMAT csv, NULL '\\N')"
                with cursor.copy(copying.encode()) as copy:
                    for piece in iter(lambda: rows.read(2**20), b""):
                        copy.write(piece)

    def leave(self) -> None:
        """Drop what was brought."""
        self.execute("DROP TABLE IF EXISTS pg_temp.incoming")

    def close(self) -> None:
        """Close the connection."""
        self.ibis.disconnect()


class PostgresEngine:
    """Implements `Engine`."""

    mark = "%s"
    types = TYPES

    def __init__(self, url: str) -> None:
        """Connect to nothing yet. A URL that cannot be used raises `BadInput`."""
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        try:
            conninfo.conninfo_to_dict(self._url)
        except psycopg.Error as error:
            raise BadInput(
                f"GTM_ANALYTICS_URL cannot be used ({error}). Give postgresql://user:password@host/name, "
                "or leave it out for a file in the home."
            ) from error

    def exists(self) -> bool:
        """The server is asked when it is read from."""
        return True

    def identity(self, text: Any) -> Any:
        """The text: the server's own hash has 32 bits, which are too few."""
        return text

    def compact(self) -> None:
        """The server's own vacuum does it."""

    @contextlib.contextmanager
    def connected(self) -> Iterator[PostgresConnection]:
        """A connection; its errors in our own words."""
        connection = None
        try:
            connection = PostgresConnection(self._url)
            yield connection
        except psycopg.OperationalError as error:
            raise Transient(
                f"The server of the business data cannot be used just now ({_first(error)}). "
                "Try again in a moment; if it stays so, look at GTM_ANALYTICS_URL and the server."
            ) from error
        except psycopg.Error as error:
            raise Permanent(
                f"The server of the business data refused a statement ({_first(error)})."
            ) from error
        finally:
            if connection is not None:
                connection.close()


def _first(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
