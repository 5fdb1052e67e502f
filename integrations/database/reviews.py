"""The reviews, and the one transaction in which each of them is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.cases import Case, Conversation, Line, NewEffect, Plan
from agents.domain import Message, Place, Review, ReviewStatus
from agents.errors import BadInput
from agents.team import AuditLine
from integrations.database import outbox as effects
from integrations.database import slack_notes
from integrations.database.engine import Store
from integrations.database.opening import open_review
from integrations.database.review_rows import review_of, whole_reviews
from integrations.database.rows import (
    add_message,
    conversation_of,
    message_of,
    messages_with_votes,
    note_change,
)
from integrations.database.tables import conversations, messages, outbox, reviews
from integrations.database.team import append_audit

_LATEST = (
    whole_reviews().where(reviews.c.conversation == sa.bindparam("of")).order_by(*slack_notes.NEWEST).limit(1)
)


class Reviews:
    """Implements `ReviewBook`; one instance serves all threads of a process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, review: str) -> Review | None:
        """The review of this id, or None."""
        with self._store.reading() as connection:
            row = connection.execute(whole_reviews().where(reviews.c.id == review)).one_or_none()
        return None if row is None else review_of(row)

    def list(self, statuses: Sequence[ReviewStatus], limit: int) -> list[Review]:
        """The reviews of these statuses, oldest first."""
        query = whole_reviews().where(reviews.c.status.in_(statuses)).order_by(reviews.c.opened, reviews.c.id)
        with self._store.reading() as connection:
            return [review_of(row) for row in connection.execute(query.limit(limit)).all()]

    def latest(self, conversation: str) -> Review | None:
        """The newest review of a conversation, or None."""
        with self._store.reading() as connection:
            row = connection.execute(_LATEST, {"of": conversation}).one_or_none()
        return None if row is None else review_of(row)

    def decide(
        self, review: str, plan: Callable[[Case], Plan], seen: int | None, place: Place | None = None
    ) -> Review:
        """Read the case, plan, and carry it out: all in one transaction that holds review and conversation."""
        now = datetime.now(UTC)
        with self._store.writing() as connection:
            case = _case(connection, review, seen)
            if place is not None and slack_notes.heard_as(connection, place) is not None:
                return case.review
            decided = plan(case)
            _claim(connection, case, decided, now)
            _say(connection, case, decided)
            _move(connection, case, decided)
            append_audit(
                connection,
                AuditLine(
                    at=now,
                    who=decided.by,
                    origin=decided.origin,
                    what=decided.verb,
                    subject=review,
                    detail=decided.text or "",
                ),
            )
            note_change(connection, case.conversation.id)
            slack_notes.note_case(connection, review, case.conversation.id, now)
            row = connection.execute(whole_reviews().where(reviews.c.id == review)).one()
        return review_of(row)

    def say(
        self,
        conversation: str,
        line: Line,
        origin: str,
        letter: NewEffect | None,
        place: Place | None = None,
    ) -> Message | None:
        """A further message of the person in a conversation."""
        with self._store.writing() as connection:
            standing = conversation_of(connection, conversation, lock=True)
            if place is not None and (before := slack_notes.heard_as(connection, place)) is not None:
                return message_of(
                    connection.execute(messages_with_votes().where(messages.c.id == before)).one()
                )
            if standing is None or standing.state != "person":
                return None
            message = add_message(
                connection, conversation, line.role, line.text, by=line.by, episode=standing.episode
            )
            connection.execute(
                conversations.update()
                .where(conversations.c.id == conversation)
                .values(person=line.by, typing_until=None)
            )
            if letter is not None:
                _put(connection, letter, conversation, None, message.id)
            slack_notes.note_line(
                connection, message.id, conversation, standing.episode, now=message.at, place=place
            )
            append_audit(
                connection,
                AuditLine(
                    at=message.at,
                    who=line.by or "",
                    origin=origin,
                    what="say",
                    subject=conversation,
                    detail=line.text,
                ),
            )
        return message

    def interrupt(self, review: str) -> tuple[str, str, dict[str, str]] | None:
        """Conversation, interrupt and decision of a decided review whose graph still waits, else None."""
        query = sa.select(reviews).where(
            reviews.c.id == review, reviews.c.status == "decided", reviews.c.interrupt.is_not(None)
        )
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return row.conversation, row.interrupt, {"verb": row.verb, "by": row.by, "text": row.text or ""}

    def settled(self, review: str) -> None:
        """The graph of a decided review has gone on."""
        with self._store.writing() as connection:
            connection.execute(reviews.update().where(reviews.c.id == review).values(interrupt=None))
            connection.execute(
                outbox.update()
                .where(outbox.c.key == f"resume:{review}", outbox.c.status == "pending")
                .values(status="delivered", delivered=datetime.now(UTC))
            )

    def remind_late(self, now: datetime, text: str) -> int:
        """Tell each customer whose promised time has passed, once ever."""
        answered = sa.exists().where(
            messages.c.conversation == reviews.c.conversation,
            messages.c.role == "person",
            messages.c.id > reviews.c.message,
        )
        overdue = sa.select(reviews.c.id, reviews.c.conversation, reviews.c.episode).where(
            reviews.c.status != "decided", reviews.c.late.is_(False), reviews.c.due < now, ~answered
        )
        told = 0
        with self._store.writing() as connection:
            for row in connection.execute(overdue.with_for_update()).all():
                connection.execute(reviews.update().where(reviews.c.id == row.id).values(late=True))
                add_message(connection, row.conversation, "system", text, episode=row.episode)
                told += 1
        return told

    def let_rest(self, before: datetime, text: str) -> int:
        """Resolve the conversations in which a person is, and nobody has said anything since."""
        active = sa.exists().where(messages.c.conversation == conversations.c.id, messages.c.at >= before)
        waits = sa.exists().where(reviews.c.conversation == conversations.c.id, reviews.c.status != "decided")
        query = sa.select(conversations.c.id, conversations.c.episode)
        query = query.where(conversations.c.state == "person", ~active, ~waits)
        with self._store.writing() as connection:
            rows = connection.execute(query.with_for_update()).all()
            for row in rows:
                connection.execute(
                    conversations.update()
                    .where(conversations.c.id == row.id)
                    .values(state="resolved", person=None, typing_until=None)
                )
                add_message(connection, row.id, "system", text, episode=row.episode)
                review = slack_notes.newest_review(connection, row.id)
                if review is not None:
                    slack_notes.note_case(connection, review, row.id, datetime.now(UTC))
        return len(rows)


def _case(connection: Connection, review: str, seen: int | None) -> Case:
    locked = sa.select(reviews.c.conversation).where(reviews.c.id == review).with_for_update()
    conversation = connection.execute(locked).scalar()
    if conversation is None:
        raise BadInput(f"There is no review {review!r} here. `gtm reviews` lists those that wait.")
    standing = conversation_of(connection, conversation, lock=True)
    assert standing is not None  # noqa: S101 - a foreign key says so
    found = review_of(connection.execute(whole_reviews().where(reviews.c.id == review)).one())
    added = "" if seen is None else _added(connection, conversation, seen)
    followed = slack_notes.newest_review(connection, conversation) != review
    return Case(found, standing, added, followed=followed)


def _added(connection: Connection, conversation: str, seen: int) -> str:
    """What the customer has written after a message, as one text; a person who speaks has read what is before."""
    own = messages.c.conversation == conversation
    spoke = connection.execute(
        sa.select(sa.func.max(messages.c.id)).where(own, messages.c.role == "person")
    ).scalar()
    query = sa.select(messages.c.text).where(
        own, messages.c.role == "customer", messages.c.id > max(seen, spoke or 0)
    )
    return "\n\n".join(connection.execute(query.order_by(messages.c.id)).scalars())


def _claim(connection: Connection, case: Case, plan: Plan, now: datetime) -> None:
    values: dict[str, object] = {"status": plan.step.status, "by": plan.by}
    if case.review.status != "decided" and plan.step.status == "decided":
        values |= {"verb": plan.verb, "text": plan.text, "decided": now}
    elif case.review.status == "decided":
        values = {"status": "decided"}
    held = reviews.c.by.is_(None) if case.review.by is None else reviews.c.by == case.review.by
    claimed = connection.execute(
        reviews.update()
        .where(reviews.c.id == case.review.id, reviews.c.status == case.review.status, held)
        .values(values)
    )
    assert claimed.rowcount == 1  # noqa: S101 - the row is locked since it was read


def _say(connection: Connection, case: Case, plan: Plan) -> None:
    answer: int | None = None
    for line in plan.lines:
        message = add_message(
            connection,
            case.conversation.id,
            line.role,
            line.text,
            by=line.by,
            episode=case.conversation.episode,
            review=case.review.id if line.answers else None,
        )
        if line.role == "person":
            slack_notes.note_line(
                connection,
                message.id,
                case.conversation.id,
                case.conversation.episode,
                now=message.at,
                place=plan.place,
            )
        answer = message.id if line.answers else answer
    for effect in plan.effects:
        _put(connection, effect, case.conversation.id, case.review.id, answer)


def _put(
    connection: Connection, new: NewEffect, conversation: str, review: str | None, message: int | None
) -> None:
    effects.add(
        connection,
        key=new.key.replace("{message}", str(message)),
        kind=new.kind,
        payload=new.payload,
        conversation=conversation,
        review=review,
        now=new.not_before or datetime.now(UTC),
    )


def _move(connection: Connection, case: Case, plan: Plan) -> None:
    person = plan.by if plan.step.state == "person" else None
    connection.execute(
        conversations.update()
        .where(conversations.c.id == case.conversation.id)
        .values(state=plan.step.state, person=person, typing_until=None)
    )
    if plan.follow_up is not None:
        newest = sa.select(sa.func.max(messages.c.id)).where(
            messages.c.conversation == case.conversation.id, messages.c.role == "customer"
        )
        asked = connection.execute(newest).scalar_one()
        standing = Conversation(
            case.conversation.id, case.conversation.visitor, plan.step.state, case.conversation.episode
        )
        open_review(connection, standing, asked, plan.follow_up)
