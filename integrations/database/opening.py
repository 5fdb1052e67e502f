"""How a review is opened, in the transaction that says so to the customer."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.engine import Connection

from agents.cases import Conversation, Opening
from agents.domain import Citation, Source
from integrations.database import outbox, slack_notes
from integrations.database.tables import conversations, reviews

CITATIONS = TypeAdapter(tuple[Citation, ...])
SOURCES = TypeAdapter(tuple[Source, ...])

# Made once: to put a statement together takes as long as to carry it out.
_WAITING = (
    sa.select(reviews.c.id)
    .where(reviews.c.conversation == sa.bindparam("conversation"), reviews.c.status != "decided")
    .limit(1)
)
_ADD_REVIEW = reviews.insert()
_LET_WAIT = (
    conversations.update()
    .where(conversations.c.id == sa.bindparam("waiting"))
    .values(state="waiting", person=None)
)


def open_review(connection: Connection, standing: Conversation, message: int, opening: Opening) -> str:
    """Open a review and let the conversation wait; one that is open there already stands."""
    waiting: str | None = connection.execute(_WAITING, {"conversation": standing.id}).scalar()
    if waiting is not None:
        return waiting
    now = datetime.now(UTC)
    review = f"r-{secrets.token_urlsafe(9)}"
    connection.execute(
        _ADD_REVIEW,
        {
            "id": review,
            "kind": "escalation",
            "conversation": standing.id,
            "episode": standing.episode,
            "message": message,
            "question": opening.question,
            "draft": opening.draft,
            "confidence": opening.confidence,
            "reason": opening.reason,
            "citations": CITATIONS.dump_json(opening.citations).decode(),
            "sources": SOURCES.dump_json(opening.sources).decode(),
            "opened": now,
            "due": opening.due,
            "status": "pending",
            "interrupt": opening.interrupt,
            "late": False,
        },
    )
    if standing.state != "person":
        connection.execute(_LET_WAIT, {"waiting": standing.id})
    outbox.add(
        connection,
        key=f"ticket-open:{review}",
        kind="ticket",
        payload={"action": "open", "subject": opening.question[:200]},
        conversation=standing.id,
        review=review,
        now=now,
    )
    slack_notes.note_case(connection, review, standing.id, now)
    return review
