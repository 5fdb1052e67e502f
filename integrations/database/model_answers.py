"""Words that models wrote, kept in the database for whoever asks the very same."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from agents.models.calls import Cache
from integrations.database.engine import Store
from integrations.database.tables import model_answers

_KEPT = sa.select(model_answers.c.kept).where(
    model_answers.c.key == sa.bindparam("key"), model_answers.c.until > sa.bindparam("now")
)


class DatabaseWords:
    """Implements `SharedWords`; what is over is not found any more, and goes with the daily retention."""

    level: Cache = "L3"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[str, str] = {}
        new: Any = self._insert()
        columns = ("kept", "until", "conversation", "holder", "held_until")
        self._put = new.on_conflict_do_update(
            index_elements=["key"], set_={name: new.excluded[name] for name in columns}
        )
        free = sa.or_(model_answers.c.held_until.is_(None), model_answers.c.held_until < sa.bindparam("now"))
        self._claim = new.on_conflict_do_update(
            index_elements=["key"],
            set_={name: new.excluded[name] for name in ("holder", "held_until")},
            where=free,
        ).returning(model_answers.c.key)

    def get(self, key: str) -> str | None:
        """What is kept under a key, or None."""
        with self._store.reading() as connection:
            kept: str | None = connection.execute(_KEPT, {"key": key, "now": datetime.now(UTC)}).scalar()
            return kept

    def put(self, key: str, kept: str, seconds: float, conversation: str | None) -> None:
        """Keep it for some seconds, and with whose conversation it came about; a claim on it is over."""
        self._held.pop(key, None)
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        row = {"key": key, "kept": kept, "until": until, "conversation": conversation}
        with self._store.writing() as connection:
            connection.execute(self._put, row | {"holder": None, "held_until": None})

    def claim(self, key: str, seconds: float) -> Callable[[], None] | None:
        """Be the only one to write what is missing; the claim of one who died is over in time."""
        now, holder = datetime.now(UTC), secrets.token_hex(8)
        until = now + timedelta(seconds=seconds)
        row = {"key": key, "until": until, "holder": holder, "held_until": until, "now": now}
        with self._store.writing() as connection:
            if connection.execute(self._claim, row).scalar() is None:
                return None
        self._held[key] = holder
        return lambda: self._give_back(key, holder)

    def _give_back(self, key: str, holder: str) -> None:
        if self._held.get(key) != holder:
            return  # it ended with the words
        del self._held[key]
        mine = sa.and_(model_answers.c.key == key, model_answers.c.holder == holder)
        with self._store.writing() as connection:
            connection.execute(model_answers.delete().where(mine, model_answers.c.kept.is_(None)))
            connection.execute(model_answers.update().where(mine).values(holder=None, held_until=None))

    def _insert(self) -> Any:
        on_postgres = self._store.engine.dialect.name == "postgresql"
        return (postgresql.insert if on_postgres else sqlite.insert)(model_answers)
