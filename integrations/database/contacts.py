"""Contacts in the desk's database: who may not be written to, and the keys of the links in their mails."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from agents.campaigns.unsubscribing import KeyRing, Suppression, SuppressionReason
from integrations.database.engine import Store
from integrations.database.tables import link_keys, suppressions

HEARD = timedelta(minutes=10)
"""After so long every process knows a new key; each looks again sooner than that."""

_AT_ONCE = 5_000  # values in one statement; databases have a limit
_WORST_FIRST: tuple[SuppressionReason, ...] = ("complained", "unsubscribed", "bounced")
_IN_FORCE = suppressions.c.lifted.is_(None)


class SuppressionTable:
    """Implements `agents.campaigns.unsubscribing.Suppressions`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def reason(self, contact: str) -> SuppressionReason | None:
        """Why this contact may not be written to, or None."""
        return self.reasons([contact]).get(contact)

    def reasons(self, contacts: Collection[str]) -> dict[str, SuppressionReason]:
        """Those of many that may not be written to."""
        wanted = list(contacts)
        found: dict[str, SuppressionReason] = {}
        columns = (suppressions.c.contact, suppressions.c.reason)
        with self._store.reading() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                part = suppressions.c.contact.in_(wanted[start : start + _AT_ONCE])
                for contact, reason in connection.execute(sa.select(*columns).where(part, _IN_FORCE)):
                    found[contact] = min(reason, found.get(contact, reason), key=_WORST_FIRST.index)
        return found

    def add(self, new: Sequence[Suppression]) -> int:
        """Write to them no more; one that was lifted later than it came about stays lifted."""
        if not new:
            return 0
        with self._store.writing() as connection:
            return sum(_add(connection, each) for each in new)

    def lift(self, contact: str) -> bool:
        """They want to hear of us again."""
        statement = (
            suppressions.update()
            .where(suppressions.c.contact == contact, suppressions.c.reason != "bounced", _IN_FORCE)
            .values(lifted=datetime.now(UTC))
        )
        with self._store.writing() as connection:
            return connection.execute(statement).rowcount > 0

    def counts(self) -> dict[SuppressionReason, int]:
        """How many contacts there are for each reason."""
        query = sa.select(suppressions.c.reason, sa.func.count()).where(_IN_FORCE)
        with self._store.reading() as connection:
            rows = connection.execute(query.group_by(suppressions.c.reason)).all()
        found = {row[0]: row[1] for row in rows}
        return {reason: found.get(reason, 0) for reason in _WORST_FIRST}


class LinkKeyTable:
    """Implements `agents.campaigns.unsubscribing.LinkKeys`, for every machine that shares the database."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def ring(self) -> KeyRing:
        """Every key, oldest first; one that is too new for all to know it does not sign yet."""
        rows = self._rows() or self._begin()
        old = [k for k, (_, created) in enumerate(rows) if created <= datetime.now(UTC) - HEARD]
        return KeyRing(keys=tuple(bytes.fromhex(key) for key, _ in rows), signing=max(old, default=0))

    def rotate(self) -> None:
        """Add a key, which signs from `HEARD` on; links that are out there keep working."""
        count = len(self.ring().keys)
        with self._store.writing() as connection:
            connection.execute(link_keys.insert().values(_new_key(count + 1)))

    def _rows(self) -> list[tuple[str, datetime]]:
        query = sa.select(link_keys.c.key, link_keys.c.created).order_by(link_keys.c.id)
        with self._store.reading() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    def _begin(self) -> list[tuple[str, datetime]]:
        with self._store.writing() as connection:
            # Another process may be as far as we are: one of the two keys counts.
            connection.execute(_insert(connection, link_keys).values(_new_key(1)).on_conflict_do_nothing())
        return self._rows()


def _new_key(number: int) -> dict[str, object]:
    return {"id": number, "key": secrets.token_hex(32), "created": datetime.now(UTC)}


def _add(connection: Connection, new: Suppression) -> int:
    put = _insert(connection, suppressions).values(**new.model_dump(), lifted=None)
    again = put.on_conflict_do_update(
        index_elements=["contact", "reason"],
        set_={"at": put.excluded.at, "campaign": put.excluded.campaign, "lifted": None},
        where=sa.and_(suppressions.c.lifted.is_not(None), suppressions.c.lifted < put.excluded.at),
    )
    return len(connection.execute(again.returning(suppressions.c.contact)).all())


def _insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
