"""The alerts that there were: the first process to keep one is the one to tell the team."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from agents.alerts import Alert
from integrations.database.engine import Store
from integrations.database.tables import alerts


class AlertTable:
    """Implements `agents.alerts.Alerts`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, alert: Alert) -> bool:
        """Keep an alert. False where one of its key is kept already."""
        insert = postgresql.insert if self._store.engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(alerts).values(alert.model_dump()).on_conflict_do_nothing()
        with self._store.writing() as connection:
            return connection.execute(statement.returning(alerts.c.key)).scalar() is not None

    def all(self) -> list[Alert]:
        """Every alert, oldest first."""
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(alerts).order_by(alerts.c.at, alerts.c.key)).mappings()
            return [Alert.model_validate(dict(row)) for row in rows]
