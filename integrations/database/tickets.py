"""The desk's own tickets: one for each review that was opened, for teams without another ticket desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from integrations.database.engine import Store
from integrations.database.tables import tickets


class Tickets:
    """Implements `agents.effects.TicketDesk`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def open(self, review: str, subject: str, at: datetime) -> None:
        """Open the ticket of a review; a second time, and after its end, changes nothing but the subject."""
        self._put(review, "open", subject, at, {"subject": subject})

    def close(self, review: str, at: datetime) -> None:
        """Close the ticket of a review; its opening may still be on its way."""
        self._put(review, "closed", "", at, {"status": "closed", "closed": at})

    def _put(self, review: str, status: str, subject: str, at: datetime, change: dict[str, object]) -> None:
        closed = at if status == "closed" else None
        values = {"review": review, "subject": subject, "status": status, "opened": at, "closed": closed}
        with self._store.writing() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            put = insert(tickets).values(values)
            connection.execute(put.on_conflict_do_update(index_elements=["review"], set_=change))
