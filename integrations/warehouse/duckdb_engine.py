"""The store as a DuckDB file. One process at a time has it open, for as short a while as it can.

Whoever has it open shares a lock on a file beside it; who rewrites it must be alone, also among threads.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from agents.errors import Permanent, Transient

WAIT_SECONDS = 30
MEMORY = "2GB"
_POLL_SECONDS = 0.1


class DuckDbConnection:
    """Implements `Connection`."""

    def __init__(self, file: Path) -> None:
        self.ibis: Any = ibis.duckdb.connect(
            file,
            memory_limit=MEMORY,
            temp_directory=str(file.with_suffix(".spilled")),
            preserve_insertion_order=False,  # nobody relies on it, and it would hold large tables in memory
        )
        self._raw: duckdb.DuckDBPyConnection = self.ibis.con

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; gives its rows."""
        return self._raw.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, or none."""
        self._raw.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._raw.execute("ROLLBACK")
            raise
        self._raw.execute("COMMIT")

    def bring(self, staging: duckdb.DuckDBPyConnection, columns: Mapping[str, str]) -> None:
        """Read the staging's rows where they lie."""
        found = staging.execute("PRAGMA database_list").fetchall()
        file = next(row[2] for row in found if row[2])
        staging.close()  # a file is open once at a time
        self._raw.execute(f"ATTACH '{file}' AS staging (READ_ONLY)")
        self._raw.execute(f"CREATE TEMP VIEW incoming AS SELECT {', '.join(columns)} FROM staging.clean")  # noqa: S608

    def bring_frame(self, frame: pa.Table) -> None:
        """Read a table where it lies in memory."""
        self._raw.register("brought", frame)
        self._raw.execute("CREATE TEMP TABLE incoming AS SELECT * FROM brought")
        self._raw.unregister("brought")

    def leave(self) -> None:
        """Let go of the staging's file."""
        for kind, name in self.execute("SELECT table_type, table_name FROM information_schema.tables"):
            if name == "incoming":
                self._raw.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} incoming")
        self._raw.execute("DETACH DATABASE IF EXISTS staging")

    def close(self) -> None:
        """Let others open the file."""
        self.ibis.disconnect()


class DuckDbEngine:
    """Implements `Engine`."""

    mark = "?"
    types = {"int64": "BIGINT", "string": "VARCHAR", "date": "DATE", "float64": "DOUBLE"}  # noqa: RUF012 - never changed

    def __init__(self, file: Path, wait_seconds: float = WAIT_SECONDS) -> None:
        """Open nothing yet."""
        self._file = file
        self._wait = wait_seconds

    def exists(self) -> bool:
        """Whether the file is there."""
        return self._file.exists()

    def identity(self, text: Any) -> Any:
        """A hash of 64 bits: two of ten million texts share one in three of a million stores."""
        return text.hash()

    def compact(self) -> None:
        """Write the living rows to a new file, which takes the old one's place; DuckDB never blanks what it frees."""
        fresh = self._file.with_suffix(".fresh")
        with self._locked(fcntl.LOCK_EX):
            for left in (fresh, fresh.with_suffix(".fresh.wal")):
                left.unlink(missing_ok=True)
            try:
                with duckdb.connect(config={"memory_limit": MEMORY}) as database:
                    database.execute(f"SET temp_directory = '{self._file.with_suffix('.spilled')}'")
                    database.execute(f"ATTACH '{self._file}' AS old")
                    database.execute(f"ATTACH '{fresh}' AS fresh")
                    database.execute("COPY FROM DATABASE old TO fresh")
                    database.execute("DETACH fresh")
                    database.execute("CHECKPOINT old")  # its log would be read as the new file's
                    fresh.replace(self._file)
                    database.execute("DETACH old")
            except duckdb.Error as error:
                why = self._busy() if _is_locked(error) else Permanent(_damaged(self._file, error))
                raise why from error

    @contextlib.contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Shares the file with other threads, or has it alone; raises `Transient` in the end."""
        deadline = time.monotonic() + self._wait
        with self._file.with_suffix(".lock").open("a") as lock:
            while True:
                try:
                    fcntl.flock(lock, kind | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= deadline:
                        raise self._busy() from error
                time.sleep(_POLL_SECONDS)
            yield

    @contextlib.contextmanager
    def connected(self) -> Iterator[DuckDbConnection]:
        """A connection; waits for another process to let go of the file."""
        with self._locked(fcntl.LOCK_SH), self._connected() as connection:
            yield connection

    @contextlib.contextmanager
    def _connected(self) -> Iterator[DuckDbConnection]:
        connection = self._open()
        try:
            yield connection
        except duckdb.OutOfMemoryException as error:
            raise Permanent(
                f"There is not enough memory or disk for {self._file}. Free some, or use PostgreSQL "
                "with GTM_ANALYTICS_URL."
            ) from error
        except duckdb.FatalException as error:
            raise Permanent(_damaged(self._file, error)) from error
        finally:
            connection.close()

    def _open(self) -> DuckDbConnection:
        deadline = time.monotonic() + self._wait
        while True:
            try:
                return DuckDbConnection(self._file)
            except duckdb.IOException as error:
                if not _is_locked(error):
                    raise Permanent(_damaged(self._file, error)) from error
                if time.monotonic() >= deadline:
                    raise self._busy() from error
            except duckdb.Error as error:
                raise Permanent(_damaged(self._file, error)) from error
            time.sleep(_POLL_SECONDS)

    def _busy(self) -> Transient:
        return Transient(
            f"The business data in {self._file} is in use by another process, such as an import. "
            "Try again when it has ended."
        )


def _is_locked(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.IOException) and "lock" in str(error)


def _damaged(file: Path, error: duckdb.Error) -> str:
    first = str(error).splitlines()[0]
    return (
        f"The business data in {file} cannot be opened ({first}). Mend the file's rights or bring back a copy; "
        "or move it away and import again."
    )
