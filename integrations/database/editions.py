"""The weekly reports that were made."""

from __future__ import annotations

from collections.abc import Sequence

from agents.weekly.edition import Edition, EditionLine
from integrations.database.engine import Store
from integrations.database.tables import editions


class EditionTable:
    """Implements `agents.weekly.edition.Editions`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, edition: Edition) -> None:
        """Keep a report."""
        report = edition.report
        with self._store.writing() as connection:
            connection.execute(
                editions.insert().values(
                    id=edition.id,
                    created=edition.created,
                    by=edition.by,
                    origin=edition.origin,
                    week=report.period.start,
                    sample=report.sample,
                    headline=report.sections["summary"].text,
                    failed=sum(one.status == "failed" for one in report.sections.values()),
                    content=edition.model_dump_json(),
                )
            )

    def edition(self, edition: str) -> Edition | None:
        """The report of this id, or None."""
        with self._store.reading() as connection:
            content = connection.execute(
                editions.select().with_only_columns(editions.c.content).where(editions.c.id == edition)
            ).scalar_one_or_none()
        return None if content is None else Edition.model_validate_json(content)

    def latest(self) -> Edition | None:
        """The one that was made last, or None."""
        with self._store.reading() as connection:
            content = connection.execute(
                editions.select()
                .with_only_columns(editions.c.content)
                .order_by(editions.c.created.desc(), editions.c.id)
                .limit(1)
            ).scalar_one_or_none()
        return None if content is None else Edition.model_validate_json(content)

    def list(self, limit: int) -> Sequence[EditionLine]:
        """The reports that were made, the last one first."""
        columns = [editions.c[name] for name in EditionLine.model_fields]
        with self._store.reading() as connection:
            rows = connection.execute(
                editions.select()
                .with_only_columns(*columns)
                .order_by(editions.c.created.desc(), editions.c.id)
                .limit(limit)
            ).all()
        return [EditionLine.model_validate(dict(row._mapping)) for row in rows]
