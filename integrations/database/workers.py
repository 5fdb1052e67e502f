"""The processes that deliver effects, each with the time of its last heartbeat."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agents.effects import Worker
from integrations.database.engine import Store
from integrations.database.tables import workers


class Workers:
    """Implements `agents.effects.Workers`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def beat(self, worker: Worker) -> None:
        """Say that a worker lives at `worker.beat`; the first time makes it known."""
        with self._store.writing() as connection:
            known = workers.update().where(workers.c.id == worker.id).values(beat=worker.beat)
            if connection.execute(known).rowcount == 0:
                connection.execute(workers.insert().values(worker.model_dump()))

    def all(self) -> list[Worker]:
        """Every known worker, the one that was heard of last first."""
        with self._store.reading() as connection:
            rows = connection.execute(workers.select().order_by(workers.c.beat.desc())).all()
        return [Worker(id=r.id, host=r.host, pid=r.pid, started=r.started, beat=r.beat) for r in rows]

    def claim(self, dead: Worker, now: datetime) -> bool:
        """Take it on to clear up after a dead worker; only one caller is told True, and has until it seems dead."""
        unchanged = sa.and_(workers.c.id == dead.id, workers.c.beat == dead.beat)
        with self._store.writing() as connection:
            return connection.execute(workers.update().where(unchanged).values(beat=now)).rowcount == 1

    def forget(self, worker_id: str) -> None:
        """Nothing is left of this worker."""
        with self._store.writing() as connection:
            connection.execute(workers.delete().where(workers.c.id == worker_id))
