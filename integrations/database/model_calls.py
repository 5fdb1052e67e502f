"""The ledger of calls to models: what each took, cost and came to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agents.model_calls import ModelCall
from integrations.database.engine import Store
from integrations.database.tables import model_calls


class ModelCallTable:
    """Implements `ModelCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, call: ModelCall) -> None:
        """Keep a call."""
        with self._store.writing() as connection:
            connection.execute(model_calls.insert().values(call.model_dump()))

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar spent since."""
        query = sa.select(sa.func.coalesce(sa.func.sum(model_calls.c.micro_dollars), 0))
        with self._store.reading() as connection:
            return int(connection.execute(query.where(model_calls.c.at >= since)).scalar_one())

    def list(self, since: datetime) -> list[ModelCall]:
        """The calls since, oldest first."""
        columns = [column for column in model_calls.c if column is not model_calls.c.id]
        query = sa.select(*columns).where(model_calls.c.at >= since).order_by(model_calls.c.id)
        with self._store.reading() as connection:
            return [ModelCall.model_validate(dict(row._mapping)) for row in connection.execute(query)]
