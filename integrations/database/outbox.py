"""The outbox: what has to be done outside, written with the decision that brings it about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from agents.effects import Effect, EffectStanding, EffectStatus
from integrations.database.engine import Store
from integrations.database.tables import outbox

_ADD = {
    dialect: insert(outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
"""The statement of each database; made once, since that takes as long as to carry it out."""


def add(
    connection: Connection,
    *,
    key: str,
    kind: str,
    payload: Mapping[str, str],
    now: datetime,
    conversation: str | None = None,
    review: str | None = None,
) -> int | None:
    """Write an effect within the caller's transaction and give its id; a key that is there already adds nothing."""
    values = {
        "key": key,
        "kind": kind,
        "payload": json.dumps(dict(payload), ensure_ascii=False),
        "conversation": conversation,
        "review": review,
        "created": now,
        "status": "pending",
        "attempts": 0,
        "next_attempt": now,
    }
    added: int | None = connection.execute(_ADD[connection.dialect.name], values).scalar()
    return added


class Outbox:
    """Implements `agents.effects.Outbox`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def due(self, now: datetime, limit: int, hold_until: datetime, kinds: Collection[str]) -> list[Effect]:
        """Effects whose time has come, oldest first; nobody else is given them before `hold_until`."""
        chosen = (
            sa.select(outbox.c.id)
            .where(outbox.c.status == "pending", outbox.c.next_attempt <= now, outbox.c.kind.in_(kinds))
            .order_by(outbox.c.id)
            .limit(limit)
        )
        with self._store.reading() as connection:
            if connection.execute(chosen.limit(1)).first() is None:
                return []  # looking costs no write
        with self._store.writing() as connection:
            ids = connection.execute(chosen.with_for_update(skip_locked=True)).scalars().all()
            held = outbox.update().where(outbox.c.id.in_(ids)).values(next_attempt=hold_until)
            connection.execute(held)
            rows = connection.execute(outbox.select().where(outbox.c.id.in_(ids)).order_by(outbox.c.id))
            return [_effect(row) for row in rows]

    def effect(self, effect_id: int) -> Effect | None:
        """An effect that still has to be done, or None."""
        wanted = outbox.select().where(outbox.c.id == effect_id, outbox.c.status == "pending")
        with self._store.reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _effect(row)

    def delivered(self, effect_ids: Collection[int], now: datetime) -> None:
        """They are done."""
        if effect_ids:
            done = outbox.update().where(outbox.c.id.in_(effect_ids), outbox.c.status == "pending")
            with self._store.writing() as connection:
                connection.execute(done.values(status="delivered", delivered=now))

    def failed(self, effect_id: int, attempts: int, reason: str, next_attempt: datetime | None) -> None:
        """The attempt after `attempts` others failed; without a next one, people have to look at it."""
        same = sa.and_(outbox.c.status == "pending", outbox.c.attempts == attempts)
        change: dict[str, object] = {"attempts": attempts + 1, "reason": reason}
        change |= {"status": "failed"} if next_attempt is None else {"next_attempt": next_attempt}
        self._change(effect_id, same, **change)

    def retry(self, effect_id: int, now: datetime) -> bool:
        """Give a failed effect another attempt now; False if it is not there or has not failed."""
        return self._change(effect_id, outbox.c.status == "failed", status="pending", next_attempt=now)

    def _change(self, effect_id: int, condition: sa.ColumnElement[bool], **values: object) -> bool:
        with self._store.writing() as connection:
            changed = connection.execute(
                outbox.update().where(outbox.c.id == effect_id, condition).values(values)
            )
            return changed.rowcount == 1

    def standing(self, status: EffectStatus, limit: int = 100) -> list[EffectStanding]:
        """The effects of a status, oldest first."""
        wanted = outbox.select().where(outbox.c.status == status).order_by(outbox.c.id).limit(limit)
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        return [
            EffectStanding(**{name: getattr(row, name) for name in EffectStanding.model_fields})
            for row in rows
        ]

    def counts(self) -> dict[EffectStatus, int]:
        """How many effects have each status."""
        counted = sa.select(outbox.c.status, sa.func.count()).group_by(outbox.c.status)
        with self._store.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(counted)}
        return {status: found.get(status, 0) for status in get_args(EffectStatus)}


def _effect(row: Row[Any]) -> Effect:
    return Effect(
        id=row.id,
        key=row.key,
        kind=row.kind,
        payload=json.loads(row.payload),
        attempts=row.attempts,
        conversation=row.conversation,
        review=row.review,
        created=row.created,
    )
