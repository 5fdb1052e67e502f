"""What became of campaigns' messages, in the desk's database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from agents.campaigns.outcomes import Outcome, OutcomeCounts, OutcomeKind
from integrations.database.engine import Store
from integrations.database.tables import mail_outcomes


class MailOutcomeTable:
    """Implements `agents.campaigns.outcomes.MailOutcomes`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def note(self, outcomes: Sequence[Outcome]) -> int:
        """Keep those whose id is new; how many were."""
        if not outcomes:
            return 0
        insert = sqlite.insert if self._store.engine.dialect.name == "sqlite" else postgresql.insert
        put = (
            insert(mail_outcomes).on_conflict_do_nothing(index_elements=["id"]).returning(mail_outcomes.c.id)
        )
        with self._store.writing() as connection:
            return sum(len(connection.execute(put.values(_row(each))).all()) for each in outcomes)

    def counts(self, campaign: str) -> OutcomeCounts:
        """How many contacts of a campaign had each outcome."""
        distinct = sa.func.count(mail_outcomes.c.contact.distinct())
        query = sa.select(mail_outcomes.c.kind, distinct).where(mail_outcomes.c.campaign == campaign)
        with self._store.reading() as connection:
            rows = connection.execute(query.group_by(mail_outcomes.c.kind)).all()
        return OutcomeCounts.model_validate({row[0]: row[1] for row in rows})

    def contacts(self, campaign: str, kind: OutcomeKind) -> dict[str, datetime]:
        """The contacts of a campaign that had an outcome, and when first."""
        first = sa.func.min(mail_outcomes.c.at, type_=mail_outcomes.c.at.type)
        query = (
            sa.select(mail_outcomes.c.contact, first)
            .where(mail_outcomes.c.campaign == campaign, mail_outcomes.c.kind == kind)
            .group_by(mail_outcomes.c.contact)
        )
        with self._store.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def _row(outcome: Outcome) -> dict[str, object]:
    return {**outcome.model_dump(), "id": outcome.id[:200], "detail": outcome.detail[:500]}
