"""Rows in and out of the tables that several ports share."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.cases import Conversation
from agents.domain import Message, Reply, Role
from integrations.database.tables import changes, conversations, messages, votes

_CHANGES_IN_ORDER = 74_310_527  # an advisory lock's number; any that nobody else takes
_INTERNAL = (messages.c.sourced, messages.c.episode, messages.c.review)

# Made once: to put a statement together takes as long as to carry it out.
_CONVERSATION = sa.select(conversations).where(conversations.c.id == sa.bindparam("conversation"))
_CONVERSATION_HELD = _CONVERSATION.with_for_update()
_ADD_MESSAGE = messages.insert().returning(messages.c.id)
_NOTE_CHANGE = changes.insert()


def begin_conversation(connection: Connection, visitor: str | None) -> str:
    """A new conversation; returns its unguessable id."""
    conversation = secrets.token_urlsafe(16)
    connection.execute(
        conversations.insert().values(id=conversation, visitor=visitor, created=datetime.now(UTC))
    )
    return conversation


def conversation_of(connection: Connection, conversation: str, *, lock: bool = False) -> Conversation | None:
    """How a conversation stands; with `lock`, nobody else changes it before this transaction ends."""
    query = _CONVERSATION_HELD if lock else _CONVERSATION
    row = connection.execute(query, {"conversation": conversation}).one_or_none()
    if row is None:
        return None
    return Conversation(
        row.id, row.visitor, row.state, row.episode, row.person, row.contact, row.seen, row.typing_until
    )


def add_message(
    connection: Connection,
    conversation: str,
    role: Role,
    text: str,
    *,
    by: str | None = None,
    reply: Reply | None = None,
    episode: int = 1,
    review: str | None = None,
) -> Message:
    """Append a message, and note for open pages that the conversation has changed."""
    at = datetime.now(UTC)
    values = {
        "conversation": conversation,
        "role": role,
        "text": text,
        "at": at,
        "by": by,
        "reply": None if reply is None else reply.model_dump_json(),
        "sourced": reply is not None and bool(reply.citations),
        "episode": episode,
        "review": review,
    }
    key = connection.execute(_ADD_MESSAGE, values).scalar_one()
    note_change(connection, conversation)
    return Message(id=key, conversation=conversation, role=role, text=text, at=at, by=by, reply=reply)


def note_change(connection: Connection, conversation: str) -> None:
    """Something about a conversation is different now: open pages of all processes look again."""
    if connection.dialect.name == "postgresql":
        # A number must not be seen before a smaller one: the reader's cursor would pass over that.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHANGES_IN_ORDER)))
    connection.execute(_NOTE_CHANGE, {"conversation": conversation, "at": datetime.now(UTC)})


def messages_with_votes() -> sa.Select[Any]:
    """Messages as customers know them, each with its latest vote."""
    newest = (
        sa.select(votes.c.vote)
        .where(votes.c.message == messages.c.id)
        .order_by(votes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    shown = [column for column in messages.c if column not in _INTERNAL]
    return sa.select(*shown, newest.label("vote"))


def message_of(row: Row[Any]) -> Message:
    """A message from a row of `messages_with_votes`."""
    return Message(
        id=row.id,
        conversation=row.conversation,
        role=row.role,
        text=row.text,
        at=row.at,
        by=row.by,
        reply=None if row.reply is None else Reply.model_validate_json(row.reply),
        vote=row.vote,
    )
