"""The conversation log in SQLAlchemy Core: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from agents.domain import Message, Reply, Role, Vote
from agents.errors import BadInput, DeskError, Permanent, Transient
from agents.ports import Conversation, Escalation, Said
from integrations.tables import (
    SCHEMA_VERSION,
    conversations,
    escalations,
    messages,
    metadata,
    schema_version,
    votes,
)

BUSY_SECONDS = 30


class Database:
    """Implements `ConversationLog`; one instance serves all threads of a process."""

    def __init__(self, url: str) -> None:
        """Connect and create what is missing. A URL that cannot be used raises `BadInput` or `Permanent`."""
        self._engine = open_engine(url)
        # SQLite has one writer: threads queue here in order instead of polling the file's lock.
        self._writer: contextlib.AbstractContextManager[object] = (
            threading.Lock() if self._engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )
        self._create_schema()

    def _create_schema(self) -> None:
        for attempt in range(5):
            try:
                with self._writing() as connection:
                    metadata.create_all(connection, checkfirst=True)
                    found = connection.execute(sa.select(sa.func.max(schema_version.c.version))).scalar()
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
    def _writing(self) -> Iterator[Connection]:
        with self._writer, translated(), self._engine.begin() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(), self._engine.connect() as connection:
            yield connection

    def begin(self, visitor: str | None) -> str:
        """Open a conversation and return its unguessable id (128 random bits)."""
        with self._writing() as connection:
            return _begin(connection, visitor)

    def conversation(self, conversation: str) -> Conversation | None:
        """The conversation of this id, or None."""
        query = sa.select(conversations.c.id, conversations.c.visitor).where(
            conversations.c.id == conversation
        )
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Conversation(row.id, row.visitor)

    def latest(self, visitor: str) -> str | None:
        """The visitor's conversation that was last begun or written in, else None."""
        active = sa.func.coalesce(sa.func.max(messages.c.at), conversations.c.created)
        query = (
            sa.select(conversations.c.id)
            .outerjoin(messages, messages.c.conversation == conversations.c.id)
            .where(conversations.c.visitor == visitor)
            .group_by(conversations.c.id, conversations.c.created)
            .order_by(active.desc(), sa.func.max(messages.c.id).desc())
            .limit(1)
        )
        with self._reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def accept(
        self, text: str, conversation: str | None, visitor: str | None, at_most: int | None, since: datetime
    ) -> Message | None:
        """Store a customer's message, or return None at the visitor's limit, counted across processes."""
        with self._writing() as connection:
            if visitor is not None and at_most is not None:
                mine = sa.select(conversations.c.id).where(conversations.c.visitor == visitor)
                connection.execute(mine.with_for_update())
                sent = connection.execute(
                    sa.select(sa.func.count())
                    .select_from(messages)
                    .where(messages.c.conversation.in_(mine), messages.c.role == "customer")
                    .where(messages.c.at > since)
                ).scalar_one()
                if sent >= at_most:
                    return None
            if conversation is None:
                conversation = _begin(connection, visitor)
            return _insert(connection, conversation, "customer", text)

    def append(
        self, conversation: str, role: Role, text: str, by: str | None = None, reply: Reply | None = None
    ) -> Message:
        """Store a message of the desk, a person, or the system."""
        with self._writing() as connection:
            return _insert(connection, conversation, role, text, by=by, reply=reply)

    def reply(self, question: Message, reply: Reply, draft: str) -> Message:
        """Store the desk's reply and, where a person must answer, the escalation: both or neither."""
        with self._writing() as connection:
            message = _insert(connection, question.conversation, "bot", reply.answer, reply=reply)
            if reply.decision == "escalate":
                row = {
                    "message": question.id,
                    "question": question.text,
                    "draft": draft,
                    "confidence": reply.confidence,
                    "reason": reply.reason,
                    "at": message.at,
                }
                connection.execute(escalations.insert().values(row))
        return message

    def escalations(self) -> list[Escalation]:
        """All that a person has to answer, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(escalations).order_by(escalations.c.id)).all()
        return [Escalation(r.message, r.question, r.draft, r.confidence, r.reason, r.at) for r in rows]

    def said_before(self, message: Message, last: int) -> list[Said]:
        """The `last` messages before one, oldest first."""
        query = (
            sa.select(messages.c.role, messages.c.text, messages.c.sourced)
            .where(messages.c.conversation == message.conversation, messages.c.id < message.id)
            .order_by(messages.c.id.desc())
            .limit(last)
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return [Said(row.role, row.text, row.sourced) for row in reversed(rows)]

    def messages(self, conversation: str) -> list[Message]:
        """The messages of a conversation, oldest first, each with its latest vote."""
        query = _with_votes().where(messages.c.conversation == conversation)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(messages.c.id)).all()
        return [_message(row) for row in rows]

    def message(self, message_id: int) -> Message | None:
        """One message with its latest vote, or None."""
        with self._reading() as connection:
            row = connection.execute(_with_votes().where(messages.c.id == message_id)).one_or_none()
        return None if row is None else _message(row)

    def vote(self, message_id: int, vote: Vote, reason: str | None) -> None:
        """Record a vote on a message; earlier ones stay in the table, the last one counts."""
        with self._writing() as connection:
            connection.execute(
                votes.insert().values(message=message_id, vote=vote, reason=reason, at=datetime.now(UTC))
            )

    def count(self) -> int:
        """How many messages there are."""
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _begin(connection: Connection, visitor: str | None) -> str:
    conversation = secrets.token_urlsafe(16)
    connection.execute(
        conversations.insert().values(id=conversation, visitor=visitor, created=datetime.now(UTC))
    )
    return conversation


def _insert(
    connection: Connection,
    conversation: str,
    role: Role,
    text: str,
    *,
    by: str | None = None,
    reply: Reply | None = None,
) -> Message:
    at = datetime.now(UTC)
    values = {
        "conversation": conversation,
        "role": role,
        "text": text,
        "at": at,
        "by": by,
        "reply": None if reply is None else reply.model_dump_json(),
        "sourced": reply is not None and bool(reply.citations),
    }
    key = connection.execute(messages.insert().values(values).returning(messages.c.id)).scalar_one()
    return Message(id=key, conversation=conversation, role=role, text=text, at=at, by=by, reply=reply)


def _with_votes() -> sa.Select[tuple[object, ...]]:
    newest = (
        sa.select(votes.c.vote)
        .where(votes.c.message == messages.c.id)
        .order_by(votes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    shown = [column for column in messages.c if column is not messages.c.sourced]
    return sa.select(*shown, newest.label("vote"))


def _message(row: Row[tuple[object, ...]]) -> Message:
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
            return sa.create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)
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
