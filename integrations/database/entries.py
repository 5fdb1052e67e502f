"""Learned entries in the desk's database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from agents.domain import Reply
from agents.entries import Entry, EntryChange, EntryStatus, NewEntry, Unanswered
from agents.team import AuditLine
from integrations.database import slack_notes
from integrations.database.engine import Store
from integrations.database.rows import note_change
from integrations.database.tables import entries, messages, reviews
from integrations.database.team import append_audit


class EntryBook:
    """Implements `agents.entries.Entries`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def propose(self, entry: NewEntry) -> bool:
        """Keep a proposal, once for its review."""
        row = {**entry.model_dump(), "status": "proposed", "not_personal": "[]", "changed": entry.answered}
        with self._store.writing() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            put = insert(entries).values(row).on_conflict_do_nothing(index_elements=["review"])
            proposed = connection.execute(put.returning(entries.c.id)).first() is not None
            if proposed:
                _tell(connection, entry.review)
        return proposed

    def get(self, entry: int) -> Entry | None:
        """The entry of this id, or None."""
        with self._store.reading() as connection:
            row = connection.execute(sa.select(entries).where(entries.c.id == entry)).one_or_none()
        return None if row is None else _entry(row)

    def of_review(self, review: str) -> Entry | None:
        """The entry that a review's answer has become, or None."""
        with self._store.reading() as connection:
            row = connection.execute(sa.select(entries).where(entries.c.review == review)).one_or_none()
        return None if row is None else _entry(row)

    def list(self, status: EntryStatus, limit: int = 1000) -> list[Entry]:
        """The entries of a status, newest answer first."""
        query = sa.select(entries).where(entries.c.status == status)
        query = query.order_by(entries.c.answered.desc(), entries.c.id.desc()).limit(limit)
        with self._store.reading() as connection:
            return [_entry(row) for row in connection.execute(query).all()]

    def change(self, entry: int, expected: EntryStatus, change: EntryChange) -> Entry | None:
        """Change an entry whose status is `expected`, with its line in the audit: both or neither."""
        values: dict[str, object] = {"by": change.by, "changed": change.at}
        values |= {
            name: value
            for name in ("status", "question", "answer")
            if (value := getattr(change, name)) is not None
        }
        if change.not_personal is not None:
            values["not_personal"] = json.dumps(change.not_personal, ensure_ascii=False)
        statement = entries.update().where(entries.c.id == entry, entries.c.status == expected)
        with self._store.writing() as connection:
            row = connection.execute(statement.values(values).returning(entries)).one_or_none()
            if row is None:
                return None
            line = AuditLine(
                at=change.at,
                who=change.by,
                origin=change.origin,
                what=change.what,
                subject=f"entry {entry}",
            )
            append_audit(connection, line)
            _tell(connection, row.review)
        return _entry(row)

    def unanswered(self, since: datetime) -> Sequence[Unanswered]:
        """The customers' questions right before those replies of the bot that answer nothing."""
        asked = messages.alias()
        question = (
            sa.select(asked.c.text)
            .where(asked.c.conversation == messages.c.conversation, asked.c.role == "customer")
            .where(asked.c.id < messages.c.id)
            .order_by(asked.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            sa.select(messages.c.conversation, messages.c.at, messages.c.reply, question.label("question"))
            .where(messages.c.role == "bot", messages.c.at >= since, messages.c.sourced.is_(False))
            .where(messages.c.reply.is_not(None))
            .order_by(messages.c.id)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        found = []
        for row in rows:
            reply = Reply.model_validate_json(row.reply)
            if reply.decision != "answer" and row.question:
                found.append(
                    Unanswered(
                        conversation=row.conversation,
                        question=row.question,
                        at=row.at,
                        reason=reply.reason,
                    )
                )
        return found


def _tell(connection: Connection, review: str | None) -> None:
    """Pages that show the entry of a review look again."""
    query = sa.select(reviews.c.conversation).where(reviews.c.id == review)
    conversation = connection.execute(query).scalar_one_or_none()
    if conversation is not None and review is not None:
        note_change(connection, conversation)
        slack_notes.note_case(connection, review, conversation, datetime.now(UTC))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        review=row.review,
        question=row.question,
        answer=row.answer,
        status=row.status,
        not_personal=tuple(json.loads(row.not_personal)),
        answered=row.answered,
        changed=row.changed,
        by=row.by,
    )
