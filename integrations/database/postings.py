"""The weekly reports that were asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.weekly.posting import Posting, PostingState
from integrations.database import outbox as effects
from integrations.database.engine import Store
from integrations.database.slack_notes import insert_into
from integrations.database.tables import weekly_posts

KEPT: Final = "weekly"
SHOWN: Final = "weekly-slack"
"""The kinds of effects that make a report; one that is shown needs a process that speaks to Slack."""

UNDER_WAY: Final = timedelta(minutes=10)
"""For which a report that waits keeps others of its day out of its channel."""


class PostingTables:
    """Implements `agents.weekly.posting.Postings`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def add(self, posting: Posting) -> Posting:
        """Have a report made and shown; gives the posting that stands, with its effect in one transaction."""
        with self._store.writing() as connection:
            known = _one(connection, weekly_posts.c.id == posting.id) or _under_way(connection, posting)
            if known is not None:
                return _posting(known)
            insert = insert_into(connection)(weekly_posts).values(posting.model_dump())
            put = insert.on_conflict_do_nothing(index_elements=["id"]).returning(weekly_posts.c.id)
            if connection.execute(put).first() is None:
                return posting  # another process was first with the same
            if posting.state == "waiting":
                effects.add(
                    connection,
                    key=f"weekly:{posting.id}",
                    kind=KEPT if posting.channel is None else SHOWN,
                    payload={"posting": posting.id},
                    now=posting.created,
                )
        return posting

    def posting(self, posting: str) -> Posting | None:
        """The posting of this id, or None."""
        with self._store.reading() as connection:
            found = _one(connection, weekly_posts.c.id == posting)
        return None if found is None else _posting(found)

    def scheduled(self) -> Posting | None:
        """The last one that the schedule has asked for, or None."""
        query = weekly_posts.select().where(weekly_posts.c.due.is_not(None))
        with self._store.reading() as connection:
            found = connection.execute(query.order_by(weekly_posts.c.due.desc()).limit(1)).first()
        return None if found is None else _posting(found)

    def settle(self, posting: str, state: PostingState, reason: str | None = None) -> None:
        """It has come to an end."""
        ended = weekly_posts.update().where(weekly_posts.c.id == posting)
        with self._store.writing() as connection:
            connection.execute(ended.values(state=state, reason=reason))


def let_go(connection: Connection) -> None:
    """Nothing waits for Slack any more; what waited has failed."""
    reason = "Slack was let go of before it could be shown."
    waiting = weekly_posts.c.state == "waiting", weekly_posts.c.channel.is_not(None)
    connection.execute(weekly_posts.update().where(*waiting).values(state="failed", reason=reason))


def _under_way(connection: Connection, posting: Posting) -> Row[Any] | None:
    """Another report of the same day in the same channel that is being made."""
    if posting.channel is None:
        return None
    return _one(
        connection,
        weekly_posts.c.channel == posting.channel,
        weekly_posts.c.as_of == posting.as_of,
        weekly_posts.c.state == "waiting",
        weekly_posts.c.created > posting.created - UNDER_WAY,
    )


def _one(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Row[Any] | None:
    return connection.execute(weekly_posts.select().where(*conditions).limit(1)).first()


def _posting(row: Row[Any]) -> Posting:
    return Posting.model_validate(dict(row._mapping))
