"""What others' transactions note for Slack: a case has changed, something was said, something was erased."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from agents.domain import Place
from agents.team_channel import ChannelMessage
from integrations.database import outbox as effects
from integrations.database.tables import reviews, slack_connection, slack_messages

KIND = "slack"
HEARD = "slack-said"
ERASED = "slack-erase"

NEWEST = (reviews.c.message.desc(), reviews.c.opened.desc())
"""The order of a conversation's reviews, newest first: by its messages, since clocks of machines may differ."""

_CHANNEL = sa.select(slack_connection.c.channel).limit(1)


def note_case(
    connection: Connection, review: str, conversation: str, now: datetime, at: datetime | None = None
) -> None:
    """Have the messages of a case brought up to date once this transaction has happened; nothing without Slack."""
    if not is_on(connection):
        return
    # Whatever brings a case up to date does so wholly: one that has not begun yet will see this too.
    moment = "" if at is None else f"{at:%Y%m%dT%H%M%S}"
    effects.add(
        connection,
        key=f"slack:{review}:{moment or secrets.token_hex(6)}",
        kind=KIND,
        payload={},
        now=at or now,
        conversation=conversation,
        review=review,
    )


def note_line(
    connection: Connection,
    message: int,
    conversation: str,
    episode: int,
    *,
    now: datetime,
    place: Place | None = None,
) -> None:
    """Have what was said shown in the thread of its case, if it has one; nothing where `place` already shows it."""
    if not is_on(connection):
        return
    review = newest_review(connection, conversation)
    if review is None:
        return
    line = ChannelMessage(
        key=f"line:{message}",
        kind="line",
        conversation=conversation,
        episode=episode,
        review=review,
        subject=message,
        place=place,
        shown=None,
    )
    insert_message(connection, line)
    note_case(connection, review, conversation, now)


def note_erased(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Have what we have posted of erased conversations deleted in Slack too; members' own words are theirs."""
    now = datetime.now(UTC)
    for row in rows:
        if row["ts"] is not None and row["shown"] is not None:
            effects.add(
                connection,
                key=f"slack-erase:{row['channel']}:{row['ts']}",
                kind=ERASED,
                payload={"channel": row["channel"], "message": row["ts"]},
                now=now,
            )


def is_on(connection: Connection) -> bool:
    """Whether cases go to Slack."""
    return connection.execute(_CHANNEL).first() is not None


def heard_as(connection: Connection, place: Place) -> int | None:
    """The message of the conversation log that a Slack message has become, or None."""
    same = slack_messages.c.channel == place.channel, slack_messages.c.ts == place.message
    found: int | None = connection.execute(sa.select(slack_messages.c.subject).where(*same).limit(1)).scalar()
    return found


def newest_review(connection: Connection, conversation: str) -> str | None:
    """The newest review of a conversation, or None."""
    query = sa.select(reviews.c.id).where(reviews.c.conversation == conversation)
    found: str | None = connection.execute(query.order_by(*NEWEST).limit(1)).scalar()
    return found


def insert_into(connection: Connection) -> Any:
    """The statement of this database that may meet what is there already."""
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


def insert_message(connection: Connection, message: ChannelMessage) -> None:
    """A message to be posted, last in its thread; the one of this key that is there stands."""
    own = slack_messages.c.conversation == message.conversation
    last = sa.select(sa.func.coalesce(sa.func.max(slack_messages.c.number), 0) + 1).where(own)
    values = message.model_dump(exclude={"place"}) | {
        "number": last.scalar_subquery(),
        "channel": message.place.channel if message.place else None,
        "thread": message.place.thread if message.place else None,
        "ts": message.place.message if message.place else None,
    }
    insert = insert_into(connection)(slack_messages).values(values)
    connection.execute(insert.on_conflict_do_nothing(index_elements=["key"]))
