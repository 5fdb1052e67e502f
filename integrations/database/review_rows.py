"""Reviews out of their table."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from agents.domain import Review
from integrations.database.opening import CITATIONS, SOURCES
from integrations.database.tables import conversations, messages, reviews


def whole_reviews() -> sa.Select[Any]:
    """Reviews, each with its customer's address and the last message there is."""
    newest = (
        sa.select(sa.func.max(messages.c.id))
        .where(messages.c.conversation == reviews.c.conversation)
        .scalar_subquery()
    )
    return sa.select(reviews, conversations.c.contact, newest.label("seen")).join(
        conversations, conversations.c.id == reviews.c.conversation
    )


def review_of(row: Row[Any]) -> Review:
    """A review from a row of `whole_reviews`."""
    return Review(
        id=row.id,
        kind=row.kind,
        conversation=row.conversation,
        episode=row.episode,
        question=row.question,
        draft=row.draft,
        confidence=row.confidence,
        reason=row.reason,
        citations=CITATIONS.validate_json(row.citations),
        sources=SOURCES.validate_json(row.sources),
        opened=row.opened,
        due=row.due,
        status=row.status,
        by=row.by,
        verb=row.verb,
        text=row.text,
        decided=row.decided,
        contact=row.contact,
        seen=row.seen,
    )
