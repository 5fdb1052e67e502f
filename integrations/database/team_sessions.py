"""Sessions of the team, and one-time links, in the desk's database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agents.team_sessions import OpenSession
from integrations.database.engine import Store
from integrations.database.tables import entry_links, team_sessions


class TeamSessionTables:
    """Implements `SessionStore`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open_session(self, session: OpenSession, forget_before: datetime) -> None:
        """Keep a session, and drop those opened before."""
        row = {
            "key": session.key,
            "name": session.name,
            "credential": session.credential,
            "opened": session.opened,
            "seen": session.seen,
        }
        with self._store.writing() as connection:
            connection.execute(team_sessions.delete().where(team_sessions.c.opened < forget_before))
            connection.execute(team_sessions.insert().values(row))

    def session(self, key: str) -> OpenSession | None:
        """The session of this key, or None."""
        with self._store.reading() as connection:
            row = connection.execute(sa.select(team_sessions).where(team_sessions.c.key == key)).one_or_none()
        return None if row is None else OpenSession(row.key, row.name, row.credential, row.opened, row.seen)

    def see_session(self, key: str, seen: datetime) -> None:
        """Note activity."""
        with self._store.writing() as connection:
            connection.execute(team_sessions.update().where(team_sessions.c.key == key).values(seen=seen))

    def close_session(self, key: str) -> None:
        """Forget a session."""
        with self._store.writing() as connection:
            connection.execute(team_sessions.delete().where(team_sessions.c.key == key))

    def offer_link(self, key: str, until: datetime) -> None:
        """Keep a link, in place of all earlier ones."""
        with self._store.writing() as connection:
            connection.execute(entry_links.delete())
            connection.execute(entry_links.insert().values(key=key, until=until))

    def use_link(self, key: str, now: datetime) -> bool:
        """Mark a link as used; the database lets one of many through."""
        statement = (
            entry_links.update()
            .where(entry_links.c.key == key, entry_links.c.used.is_(None), entry_links.c.until > now)
            .values(used=now)
        )
        with self._store.writing() as connection:
            return connection.execute(statement).rowcount == 1
