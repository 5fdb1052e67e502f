"""The graphs' working memory in SQLite, by langgraph-checkpoint-sqlite."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from agents.errors import Transient

BUSY_SECONDS = 30


class Checkpoints(SqliteSaver):
    """Keeps the newest checkpoint of each thread: nothing here goes back in time.

    One connection behind the saver's lock serves all threads of a process; other processes wait for the file.
    """

    def __init__(self, file: Path) -> None:
        """Open or create the file. A file that is no database raises `sqlite3.DatabaseError`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, check_same_thread=False, timeout=BUSY_SECONDS)
        # None: only types that are known to be safe are built from what the file holds.
        super().__init__(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._prepare()

    def _prepare(self) -> None:
        # Entering WAL and adding a column do not wait for their locks: processes starting at once retry.
        for attempt in range(50):
            try:
                self.conn.execute("PRAGMA journal_mode = WAL")
                self.conn.execute("PRAGMA synchronous = NORMAL")
                self.setup()
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or attempt == 49:
                    self.conn.close()
                    raise
                time.sleep(0.05)

    @contextlib.contextmanager
    def cursor(self, transaction: bool = True) -> Iterator[sqlite3.Cursor]:
        """As the saver's, but a failed statement leaves no transaction; a busy file raises `Transient`."""
        with self.lock, contextlib.closing(self.conn.cursor()) as cursor:
            try:
                yield cursor
                if transaction:
                    self.conn.commit()
            except sqlite3.OperationalError as error:
                self.conn.rollback()
                raise Transient(
                    f"The working memory cannot be used just now ({error}). Try again."
                ) from error

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint and let go of the thread's older ones."""
        saved = super().put(config, checkpoint, metadata, new_versions)
        older = (str(config["configurable"]["thread_id"]), checkpoint["id"])
        with self.cursor() as cursor:
            cursor.execute("DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id < ?", older)
            cursor.execute("DELETE FROM writes WHERE thread_id = ? AND checkpoint_id < ?", older)
        return saved

    def close(self) -> None:
        """Close the file; waits for a statement in progress."""
        with self.lock:
            self.conn.close()
