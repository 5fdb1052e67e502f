"""The ways to the answers of the last days, and the sums of all that was counted."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql, sqlite

from agents.measures import Tally, tallies
from agents.telemetry import Seen
from agents.tracing import Span, Trace
from integrations.database.engine import Store
from integrations.database.tables import tallies as sums
from integrations.database.tables import traces

_SPANS = TypeAdapter(tuple[Span, ...])


class TraceTable:
    """Implements `agents.health.Traces`, and is a sink: keeps the traces of answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, seen: Sequence[Seen]) -> None:
        """Keep the traces of answers; of deliveries the outbox tells."""
        rows = [_row(one) for one in seen if isinstance(one, Trace) and one.name == "answer"]
        if rows:
            with self._store.writing() as connection:
                connection.execute(traces.insert(), rows)

    def close(self) -> None:
        """Nothing is held back."""

    def trace(self, trace: str) -> Trace | None:
        """The trace of this id, or None."""
        with self._store.reading() as connection:
            row = connection.execute(traces.select().where(traces.c.id == trace)).one_or_none()
        if row is None:
            return None
        return Trace(
            id=row.id,
            conversation=row.conversation,
            at=row.at,
            seconds=row.seconds,
            spans=_SPANS.validate_json(row.spans),
        )


class TallyTable:
    """Implements `agents.measures.Tallies`, and is a sink: adds what was seen to the sums."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, seen: Sequence[Seen]) -> None:
        """Count it."""
        self.add(tallies(seen))

    def close(self) -> None:
        """Nothing is held back."""

    def add(self, added: Sequence[Tally]) -> None:
        """Add each to its sum, also while other processes do."""
        if not added:
            return
        insert = sqlite.insert if self._store.engine.dialect.name == "sqlite" else postgresql.insert
        new = insert(sums)
        keys = [sums.c.name, sums.c.labels, sums.c.edge]
        adding = new.on_conflict_do_update(
            index_elements=keys, set_={"value": sums.c.value + new.excluded.value}
        )
        # In one order everywhere, so that two processes on PostgreSQL do not wait for each other's rows.
        rows = sorted((_key(each) | {"value": each.value} for each in added), key=str)
        with self._store.writing() as connection:
            connection.execute(adding, rows)

    def all(self) -> list[Tally]:
        """Every sum, by name."""
        with self._store.reading() as connection:
            rows = connection.execute(sums.select().order_by(sums.c.name, sums.c.labels, sums.c.edge)).all()
        return [Tally(name=r.name, labels=json.loads(r.labels), edge=r.edge, value=r.value) for r in rows]


def _row(trace: Trace) -> dict[str, object]:
    return {
        "id": trace.id,
        "conversation": trace.conversation,
        "at": trace.at,
        "seconds": trace.seconds,
        "decision": None if trace.facts.get("late") else trace.facts.get("decision"),
        "mode": trace.facts.get("mode"),
        "spans": _SPANS.dump_json(trace.spans, exclude_defaults=True).decode(),
    }


def _key(tally: Tally) -> dict[str, object]:
    return {"name": tally.name, "labels": json.dumps(tally.labels, sort_keys=True), "edge": tally.edge}
