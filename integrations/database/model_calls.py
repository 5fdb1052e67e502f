"""The ledger of models: what each call took, cost and came to, what became of each text, how each model stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from agents.models.calls import ModelCall, ModelState, ModelText
from integrations.database.engine import Store
from integrations.database.tables import model_calls, model_states, model_texts

_ADD_CALL = model_calls.insert()
_ADD_TEXT = model_texts.insert()


class ModelCallTable:
    """Implements `ModelCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, call: ModelCall) -> None:
        """Keep a call."""
        with self._store.writing() as connection:
            connection.execute(_ADD_CALL, call.model_dump())

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar spent since."""
        query = sa.select(sa.func.coalesce(sa.func.sum(model_calls.c.micro_dollars), 0))
        with self._store.reading() as connection:
            return int(connection.execute(query.where(model_calls.c.at >= since)).scalar_one())

    def list(self, since: datetime) -> list[ModelCall]:
        """The calls since, oldest first."""
        return [ModelCall.model_validate(row) for row in self._since(model_calls, since)]

    def record_text(self, text: ModelText) -> None:
        """Keep what became of a text."""
        with self._store.writing() as connection:
            connection.execute(_ADD_TEXT, text.model_dump())

    def texts(self, since: datetime) -> Sequence[ModelText]:
        """The texts since, oldest first."""
        return [ModelText.model_validate(row) for row in self._since(model_texts, since)]

    def note_state(self, state: ModelState) -> None:
        """Keep how a model stands; of two processes, what the later one says."""
        row = state.model_dump()
        insert = postgresql.insert if self._store.engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(model_states).values(row)
        with self._store.writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["model"], set_=row))

    def states(self) -> Sequence[ModelState]:
        """How each model stands, by name."""
        query = sa.select(model_states).order_by(model_states.c.model)
        with self._store.reading() as connection:
            return [ModelState.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def _since(self, table: sa.Table, since: datetime) -> Sequence[dict[str, Any]]:
        """The rows of a table since, without their numbers."""
        columns = [column for column in table.c if column is not table.c.id]
        query = sa.select(*columns).where(table.c.at >= since).order_by(table.c.id)
        with self._store.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]
