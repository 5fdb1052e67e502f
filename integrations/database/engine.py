"""How the database is reached: one engine a process, one writer at a time on SQLite, errors in our own words."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from agents.errors import BadInput, DeskError, Permanent, Transient
from integrations.database.migrations import migrate
from integrations.database.tables import SCHEMA_VERSION, metadata, schema_version

BUSY_SECONDS = 30


class Store:
    """The database behind all ports; one instance serves all threads of a process."""

    def __init__(self, url: str) -> None:
        """Connect and create what is missing. A URL that cannot be used raises `BadInput` or `Permanent`."""
        self.engine = open_engine(url)
        # SQLite has one writer: threads queue here in order instead of polling the file's lock.
        self._writer: contextlib.AbstractContextManager[object] = (
            threading.Lock() if self.engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )
        self._create_schema()

    def _create_schema(self) -> None:
        for attempt in range(5):
            try:
                with self.writing() as connection:
                    found = _version(connection)
                    if found is not None:
                        found = migrate(connection, found)
                    metadata.create_all(connection, checkfirst=True)
                    if found is None:
                        connection.execute(schema_version.insert().values(version=SCHEMA_VERSION))
                break
            except DeskError as error:
                # Two processes creating the same tables on PostgreSQL: the second finds them on another look.
                if attempt == 4 or not isinstance(error.__cause__, SQLAlchemyError):
                    raise
                time.sleep(0.1)
        if found is not None and found != SCHEMA_VERSION:
            raise Permanent(
                f"The database has schema version {found}, this program needs {SCHEMA_VERSION}. "
                "Use the version of the program that wrote it, or another home."
            )

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the writer's place from its beginning; committed at the end, or undone."""
        with self._writer, translated(), self.engine.begin() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with."""
        with translated(), self.engine.connect() as connection:
            yield connection

    @property
    def files(self) -> tuple[Path, ...]:
        """The file that it lies in, if it is one."""
        url = self.engine.url
        return (
            (Path(url.database).absolute(),) if self.engine.dialect.name == "sqlite" and url.database else ()
        )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _version(connection: Connection) -> int | None:
    if not sa.inspect(connection).has_table(schema_version.name):
        return None
    found: int | None = connection.execute(sa.select(sa.func.max(schema_version.c.version))).scalar()
    return found


def shown_url(url: str) -> str:
    """A database's URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turns the driver's errors into `Transient` (locked, unreachable) or `Permanent` (all others)."""
    try:
        yield
    except OperationalError as error:
        raise Transient(
            f"The database cannot be used just now ({error.orig}). Try again in a moment."
        ) from error
    except DBAPIError as error:
        raise Permanent(f"The database refused a statement ({error.orig}).") from error


def open_engine(url: str) -> Engine:
    """An engine for SQLite (a file, in WAL) or any other database whose driver is installed."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(
                parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
            )
    except (SQLAlchemyError, ImportError) as error:
        raise BadInput(
            f"GTM_DATABASE_URL cannot be used ({error}). Give sqlite:///PATH, or postgresql+psycopg://… "
            "with the driver installed."
        ) from error
    if parsed.database:
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"The folder of the database cannot be made: {error}.") from error
    engine = sa.create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=20,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        hide_parameters=True,  # what customers write is not for tracebacks
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # With isolation_level None the driver begins nothing on its own, so BEGIN IMMEDIATE means what it says.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    enter_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def enter_wal(connection: sqlite3.Connection) -> None:
    """Switch a file to WAL; the switch does not wait for its lock, so processes starting at once retry."""
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == 49:
                raise
            time.sleep(0.05)
