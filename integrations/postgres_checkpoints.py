"""The graphs' working memory in PostgreSQL, by langgraph-checkpoint-postgres."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import Cursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout
from sqlalchemy.engine import make_url

from agents.errors import Transient

CONNECT_SECONDS = 10
SETUP_SECONDS = 60
SETUP_LOCK = 0x67746D  # of all advisory locks of the database, ours


class PostgresCheckpoints(PostgresSaver):
    """Keeps the newest checkpoint of each thread: nothing here goes back in time."""

    def __init__(self, url: str, timeout: float = CONNECT_SECONDS) -> None:
        """Connect, and make the tables where there are none. `url` is SQLAlchemy's, with any driver."""
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._pool: ConnectionPool[psycopg.Connection[DictRow]] = ConnectionPool(
            address,
            connection_class=psycopg.Connection[DictRow],
            kwargs={"autocommit": True, "row_factory": dict_row, "prepare_threshold": None},
            min_size=1,
            max_size=4,
            timeout=timeout,
            check=ConnectionPool.check_connection,
            open=True,
        )
        # None: only types that are known to be safe are built from what the database holds.
        super().__init__(self._pool, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        # The lock is asked for again and again: whoever waits inside a statement stops `CREATE INDEX CONCURRENTLY`.
        deadline = time.monotonic() + SETUP_SECONDS
        with self._translated(), self._pool.connection() as connection:
            while not _locked(connection):
                if time.monotonic() > deadline:
                    raise Transient(
                        "Another process has been making the working memory for too long. Try again."
                    )
                time.sleep(0.05)
            try:
                self.setup()
            finally:
                connection.execute("SELECT pg_advisory_unlock(%s)", (SETUP_LOCK,))

    @contextlib.contextmanager
    def _cursor(self, *, pipeline: bool = False) -> Iterator[Cursor[DictRow]]:
        """As the saver's; a database that is away raises `Transient`."""
        with self._translated(), super()._cursor(pipeline=pipeline) as cursor:
            yield cursor

    @staticmethod
    @contextlib.contextmanager
    def _translated() -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Transient(f"The working memory cannot be used just now ({error}). Try again.") from error

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint and let go of the thread's older ones."""
        saved = super().put(config, checkpoint, metadata, new_versions)
        with contextlib.suppress(Transient):  # another process was at this thread: the next one cleans up
            self.prune([str(config["configurable"]["thread_id"])])
        return saved

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def _locked(connection: psycopg.Connection[DictRow]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (SETUP_LOCK,)).fetchone()
    return row is not None and bool(row["mine"])
