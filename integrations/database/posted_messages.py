"""The messages that are noted before they are posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from agents.domain import Place
from agents.posted import PostedMessage
from integrations.database.engine import Store
from integrations.database.slack_notes import insert_into
from integrations.database.tables import posted_messages


class PostedMessageTable:
    """Implements `agents.posted.PostedMessages`."""

    def __init__(self, store: Store) -> None:
        """Work on the table of a store."""
        self._store = store

    def message(self, subject: str, key: str) -> PostedMessage:
        """One of a subject's messages, noted now where it was not known."""
        with self._store.writing() as connection:
            insert = insert_into(connection)(posted_messages).values(key=key, subject=subject)
            connection.execute(insert.on_conflict_do_nothing(index_elements=["key"]))
            row = connection.execute(posted_messages.select().where(posted_messages.c.key == key)).one()
        return PostedMessage(key=row.key, subject=row.subject, tried=row.tried, place=place_of(row))

    def tried(self, key: str, at: datetime | None) -> None:
        """It may be there from now on; None: it is not there."""
        self._change(key, tried=at)

    def posted(self, key: str, place: Place) -> None:
        """It stands there."""
        self._change(key, channel=place.channel, thread=place.thread, ts=place.message)

    def _change(self, key: str, **values: object) -> None:
        with self._store.writing() as connection:
            changed = posted_messages.update().where(posted_messages.c.key == key)
            connection.execute(changed.values(values))


def place_of(row: Row[Any]) -> Place | None:
    """Where a message stands, if it does."""
    return None if row.ts is None else Place(channel=row.channel, message=row.ts, thread=row.thread)
