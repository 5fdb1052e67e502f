"""The conversation log: what customers see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.cases import Accepted, Conversation, Opening
from agents.domain import (
    Changes,
    ConversationFilter,
    ConversationSummary,
    Message,
    Reply,
    Role,
    Vote,
)
from agents.ports import Said
from integrations.database import slack_notes, summaries
from integrations.database.engine import Store
from integrations.database.opening import open_review
from integrations.database.rows import (
    add_message,
    begin_conversation,
    conversation_of,
    message_of,
    messages_with_votes,
    note_change,
)
from integrations.database.tables import changes, conversations, messages, outbox, reviews, votes

# What every answer asks is put together once: that takes as long as to carry it out.
_LATEST = (
    sa.select(conversations.c.id)
    .outerjoin(messages, messages.c.conversation == conversations.c.id)
    .where(conversations.c.visitor == sa.bindparam("visitor"))
    .group_by(conversations.c.id, conversations.c.created)
    .order_by(
        sa.func.coalesce(sa.func.max(messages.c.at), conversations.c.created).desc(),
        sa.func.max(messages.c.id).desc(),
    )
    .limit(1)
)
_SAID_BEFORE = (
    sa.select(messages.c.role, messages.c.text, messages.c.sourced)
    .where(messages.c.conversation == sa.bindparam("conversation"), messages.c.id < sa.bindparam("message"))
    .order_by(messages.c.id.desc())
    .limit(sa.bindparam("last"))
)
_MINE = sa.select(conversations.c.id).where(conversations.c.visitor == sa.bindparam("visitor"))
_SENT = (
    sa.select(sa.func.count())
    .select_from(messages)
    .where(
        messages.c.conversation.in_(_MINE),
        messages.c.role == "customer",
        messages.c.at > sa.bindparam("since"),
    )
)
_NEWEST = (
    sa.select(messages.c.at)
    .where(messages.c.conversation == sa.bindparam("conversation"))
    .order_by(messages.c.id.desc())
    .limit(1)
)
_OPEN_REVIEWS = (
    sa.select(reviews.c.id, reviews.c.status)
    .where(
        reviews.c.conversation == sa.bindparam("conversation"),
        sa.or_(reviews.c.status != "decided", reviews.c.interrupt.is_not(None)),
    )
    .order_by(reviews.c.opened)
)


class Conversations:
    """Implements `ConversationLog`; one instance serves all threads of a process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, visitor: str | None) -> str:
        """Open a conversation and return its unguessable id (128 random bits)."""
        with self._store.writing() as connection:
            return begin_conversation(connection, visitor)

    def conversation(self, conversation: str) -> Conversation | None:
        """The conversation of this id, or None."""
        with self._store.reading() as connection:
            return conversation_of(connection, conversation)

    def latest(self, visitor: str) -> str | None:
        """The visitor's conversation that was last begun or written in, else None."""
        with self._store.reading() as connection:
            return connection.execute(_LATEST, {"visitor": visitor}).scalar_one_or_none()

    def accept(
        self,
        text: str,
        conversation: str | None,
        visitor: str | None,
        *,
        at_most: int | None,
        since: datetime,
        gap: timedelta | None = None,
    ) -> Accepted | None:
        """Store a customer's message, or return None at the visitor's limit, counted across processes."""
        with self._store.writing() as connection:
            if visitor is not None and at_most is not None and _sent(connection, visitor, since) >= at_most:
                return None
            if conversation is None:
                conversation = begin_conversation(connection, visitor)
            standing = conversation_of(connection, conversation, lock=True)
            assert standing is not None  # noqa: S101 - the caller has checked that it exists
            if standing.state == "resolved" or (
                standing.state == "bot" and _rested(connection, standing, gap)
            ):
                values = {"state": "bot", "episode": standing.episode + 1, "person": None}
                connection.execute(
                    conversations.update().where(conversations.c.id == conversation).values(values)
                )
                standing = Conversation(conversation, standing.visitor, "bot", standing.episode + 1)
            message = add_message(connection, conversation, "customer", text, episode=standing.episode)
            if standing.state in ("waiting", "person"):
                slack_notes.note_line(connection, message.id, conversation, standing.episode, now=message.at)
            return Accepted(message, standing.state, *_open_reviews(connection, conversation))

    def append(
        self, conversation: str, role: Role, text: str, by: str | None = None, reply: Reply | None = None
    ) -> Message:
        """Store a message of the desk, a person, or the system."""
        with self._store.writing() as connection:
            return add_message(connection, conversation, role, text, by=by, reply=reply)

    def reply(
        self, question: Message, reply: Reply, opening: Opening | None = None, *, late: bool = False
    ) -> Message | None:
        """Store the desk's reply and, where a person must answer, the review: both or neither."""
        with self._store.writing() as connection:
            standing = conversation_of(connection, question.conversation, lock=True)
            assert standing is not None  # noqa: S101 - it has a message
            if standing.state == "person" or (late and _goes_on(connection, question)):
                return None
            if opening is not None:
                review = open_review(connection, standing, question.id, opening)
                reply = reply.model_copy(update={"review": review})
            return add_message(
                connection, question.conversation, "bot", reply.answer, reply=reply, episode=standing.episode
            )

    def said_before(self, message: Message, last: int) -> list[Said]:
        """The `last` messages before one, oldest first."""
        before = {"conversation": message.conversation, "message": message.id, "last": last}
        with self._store.reading() as connection:
            rows = connection.execute(_SAID_BEFORE, before).all()
        return [Said(row.role, row.text, row.sourced) for row in reversed(rows)]

    def messages(self, conversation: str) -> list[Message]:
        """The messages of a conversation, oldest first, each with its latest vote."""
        query = messages_with_votes().where(messages.c.conversation == conversation)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(messages.c.id)).all()
        return [message_of(row) for row in rows]

    def message(self, message_id: int) -> Message | None:
        """One message with its latest vote, or None."""
        with self._store.reading() as connection:
            row = connection.execute(messages_with_votes().where(messages.c.id == message_id)).one_or_none()
        return None if row is None else message_of(row)

    def vote(self, message_id: int, vote: Vote, reason: str | None) -> None:
        """Record a vote on a message; earlier ones stay in the table, the last one counts."""
        with self._store.writing() as connection:
            connection.execute(
                votes.insert().values(message=message_id, vote=vote, reason=reason, at=datetime.now(UTC))
            )

    def set_contact(self, conversation: str, email: str) -> None:
        """Remember where the customer can be reached."""
        self._set(conversation, contact=email)

    def set_typing(self, conversation: str, until: datetime) -> None:
        """The person in the conversation types until then."""
        self._set(conversation, typing_until=until)

    def set_seen(self, conversation: str, at: datetime) -> None:
        """The customer is here; what was to be sent by e-mail need not be any more."""
        read_here = "read in the chat"
        waiting = outbox.update().where(outbox.c.conversation == conversation, outbox.c.kind == "email")
        with self._store.writing() as connection:
            connection.execute(
                conversations.update().where(conversations.c.id == conversation).values(seen=at)
            )
            connection.execute(
                waiting.where(outbox.c.status == "pending", outbox.c.attempts == 0).values(
                    status="delivered", delivered=at, reason=read_here
                )
            )

    def _set(self, conversation: str, **values: object) -> None:
        with self._store.writing() as connection:
            connection.execute(
                conversations.update().where(conversations.c.id == conversation).values(**values)
            )
            note_change(connection, conversation)
            review = slack_notes.newest_review(connection, conversation) if "contact" in values else None
            if review is not None:
                slack_notes.note_case(connection, review, conversation, datetime.now(UTC))

    def changes(self, since: int) -> Changes:
        """What changed after a cursor; -1 gives the present cursor alone."""
        query = sa.select(changes.c.id, changes.c.conversation).where(changes.c.id > since)
        with self._store.reading() as connection:
            if since < 0:
                return Changes(cursor=connection.execute(sa.select(sa.func.max(changes.c.id))).scalar() or 0)
            rows = connection.execute(query.order_by(changes.c.id)).all()
        cursor = rows[-1].id if rows else since
        return Changes(cursor=cursor, conversations=tuple(dict.fromkeys(row.conversation for row in rows)))

    def unanswered(self, before: datetime, after: datetime) -> list[Message]:
        """Customers' last messages to which nobody has said anything, in conversations that the bot leads."""
        last = sa.select(sa.func.max(messages.c.id)).group_by(messages.c.conversation)
        query = (
            messages_with_votes()
            .join(conversations, conversations.c.id == messages.c.conversation)
            .where(conversations.c.state == "bot", messages.c.role == "customer", messages.c.id.in_(last))
            .where(messages.c.at < before, messages.c.at > after)
            .order_by(messages.c.id)
        )
        with self._store.reading() as connection:
            return [message_of(row) for row in connection.execute(query).all()]

    def list(self, find: ConversationFilter) -> list[ConversationSummary]:
        """The conversations that a filter admits, last active first."""
        with self._store.reading() as connection:
            return summaries.find(connection, find)

    def count(self) -> int:
        """How many messages there are."""
        with self._store.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one()


def _sent(connection: Connection, visitor: str, since: datetime) -> int:
    """How many messages a visitor has sent since; two at once are counted one after the other."""
    if connection.dialect.name != "sqlite":  # which has one writer anyway
        connection.execute(_MINE.with_for_update(), {"visitor": visitor})
    return connection.execute(_SENT, {"visitor": visitor, "since": since}).scalar_one()


def _rested(connection: Connection, standing: Conversation, gap: timedelta | None) -> bool:
    if gap is None:
        return False
    last = connection.execute(_NEWEST, {"conversation": standing.id}).scalar()
    return last is not None and last < datetime.now(UTC) - gap


def _goes_on(connection: Connection, question: Message) -> bool:
    """Whether anything was said after a message."""
    own = messages.c.conversation == question.conversation
    newest = connection.execute(sa.select(sa.func.max(messages.c.id)).where(own)).scalar_one()
    return bool(newest != question.id)


def _open_reviews(connection: Connection, conversation: str) -> tuple[str | None, str | None]:
    """The review that waits in a conversation, and the decided one whose graph has yet to go on."""
    rows = connection.execute(_OPEN_REVIEWS, {"conversation": conversation}).all()
    waiting = next((row.id for row in rows if row.status != "decided"), None)
    return waiting, next((row.id for row in rows if row.status == "decided"), None)
