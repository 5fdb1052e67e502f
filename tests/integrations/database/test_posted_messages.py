"""A message is noted before it is posted, once, and keeps where it stands."""

from __future__ import annotations

from datetime import UTC, datetime

from agents.domain import Place
from integrations.database.engine import Store
from integrations.database.posted_messages import PostedMessageTable

NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)


def test_a_message_keeps_where_it_stands(store: Store) -> None:
    book = PostedMessageTable(store)
    assert book.message("w-1", "weekly:w-1").place is None
    book.tried("weekly:w-1", NOW)
    assert book.message("w-1", "weekly:w-1").tried == NOW
    place = Place(channel="C01GTM", message="1.2", thread=None)
    book.posted("weekly:w-1", place)
    assert book.message("w-1", "weekly:w-1").place == place
