"""The desk's own tickets: one a review, in whatever order and however often its effects come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from integrations.database.engine import Store
from integrations.database.tables import conversations, messages, reviews, tickets
from integrations.database.tickets import Tickets

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def review(store: Store) -> str:
    """A review as its ticket needs one."""
    with store.writing() as connection:
        connection.execute(conversations.insert().values(id="c", created=NOW))
        connection.execute(
            messages.insert().values(
                id=1, conversation="c", role="customer", text="?", at=NOW, sourced=False, episode=1
            )
        )
        texts = dict.fromkeys(("question", "draft", "reason", "citations", "sources"), "")
        connection.execute(
            reviews.insert().values(
                id="r", kind="escalation", conversation="c", episode=1, message=1, confidence=0.1,
                opened=NOW, due=NOW, status="pending", late=False, **texts,
            )
        )  # fmt: skip
    return "r"


def ticket(store: Store) -> tuple[object, ...]:
    with store.reading() as connection:
        columns = (tickets.c.review, tickets.c.subject, tickets.c.status, tickets.c.closed)
        return tuple(connection.execute(sa.select(*columns)).one())


def test_a_ticket_is_opened_once(store: Store, review: str) -> None:
    for at in (NOW, LATER):
        Tickets(store).open(review, "Engraving?", at)
    assert ticket(store) == (review, "Engraving?", "open", None)


@pytest.mark.parametrize("order", sorted(set(permutations(("open", "close", "close")))))
def test_a_closed_ticket_stays_closed_in_any_order(store: Store, review: str, order: tuple[str, ...]) -> None:
    for step in order:
        if step == "open":
            Tickets(store).open(review, "Engraving?", NOW)
        else:
            Tickets(store).close(review, LATER)
    assert ticket(store) == (review, "Engraving?", "closed", LATER)
