"""One person's data in the desk's database: found, given out, erased, and looked for again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.personal import Address, KeepUntil, Rows, Searched
from agents.team import AuditLine
from analytics.persons import PREFIX
from integrations.database.append_only import TOMBSTONE
from integrations.database.campaign_recipients import forget_recipients
from integrations.database.engine import Store
from integrations.database.searching import search_tables
from integrations.database.slack_notes import note_erased
from integrations.database.tables import (
    alerts,
    audit,
    campaign_recipients,
    changes,
    conversations,
    entries,
    mail_outcomes,
    messages,
    metadata,
    model_answers,
    model_calls,
    model_texts,
    outbox,
    reviews,
    sign_ins,
    slack_messages,
    suppressions,
    tickets,
    traces,
    votes,
)
from integrations.database.team import append_audit

_AT_ONCE = 500  # ids in one statement


class PersonalTables:
    """Implements `agents.personal.PersonalData`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def conversations_of(self, address: Address) -> list[str]:
        """The person's conversations, oldest first."""
        said = sa.select(messages.c.conversation, messages.c.text).where(_may_hold(messages.c.text, address))
        left = sa.select(conversations.c.id).where(sa.func.lower(conversations.c.contact) == address.email)
        with self._store.reading() as connection:
            own = {row.conversation for row in connection.execute(said) if address.is_in(row.text)}
            own |= set(connection.execute(left).scalars())
            visitors = _column(connection, conversations.c.visitor, conversations.c.id, own)
            own |= _column(connection, conversations.c.id, conversations.c.visitor, visitors)
            return sorted(own, key=_moments(connection, own).__getitem__)

    def stale_conversations(self, before: datetime) -> list[str]:
        """The conversations at rest since then."""
        active = sa.exists().where(messages.c.conversation == conversations.c.id, messages.c.at >= before)
        waits = sa.exists().where(reviews.c.conversation == conversations.c.id, reviews.c.status != "decided")
        query = sa.select(conversations.c.id).where(conversations.c.created < before, ~active, ~waits)
        with self._store.reading() as connection:
            return list(connection.execute(query).scalars())

    def rows_of(self, address: Address, conversations: Sequence[str]) -> Rows:
        """Every row by its table."""
        with self._store.reading() as connection:
            return {
                table.name: [_as_json(row) for row in rows]
                for table, rows in _rows(connection, conversations, address)
            }

    def suppressions_of(self, contact: str) -> list[dict[str, Any]]:
        """Why a mailbox may not be written to, or might not, by its mark."""
        kept = suppressions.c
        query = sa.select(kept.reason, kept.at, kept.campaign, kept.lifted).where(kept.contact == contact)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(kept.at, kept.reason)).mappings()
            return [_as_json(dict(row)) for row in rows]

    def erase(
        self, conversations: Sequence[str], address: Address | None, line: AuditLine | None
    ) -> dict[str, int]:
        """Erase the rows, newest reference first, and leave a tombstone in the audit."""
        counts: dict[str, int] = {}
        with self._store.writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            for table, rows in _rows(connection, conversations, address):
                key = next(iter(table.primary_key.columns))
                keys = [row[key.name] for row in rows]
                if table is slack_messages:
                    note_erased(connection, rows)
                if table is campaign_recipients:
                    forget_recipients(connection, rows)
                    counts |= {table.name: len(rows)} if rows else {}
                    continue
                if table is entries and address is None:
                    keys = [row["id"] for row in rows if row["status"] != "accepted"]
                for part in _parts(keys):
                    if table is audit:
                        connection.execute(audit.update().where(key.in_(part)).values(detail=TOMBSTONE))
                    else:
                        connection.execute(table.delete().where(key.in_(part)))
                if keys:
                    counts[table.name] = len(keys)
            if line is not None:
                append_audit(connection, line)
        return counts

    def naming(self, ids: Sequence[str]) -> Rows:
        """The rows by their keys, and the columns that name a customer."""
        found: Rows = {}
        with self._store.reading() as connection:
            for table, column in _columns_of_texts():
                for name in ids:
                    query = sa.select(*table.primary_key.columns).where(_names(column, name))
                    for row in connection.execute(query).mappings():
                        found.setdefault(table.name, []).append(
                            {**_as_json(dict(row)), "column": column.name}
                        )
        return found

    def rename(self, names: Mapping[str, str]) -> dict[str, int]:
        """A pseudonym is replaced wherever it stands; any other id where it is the whole text, or a JSON string."""
        counts: Counter[str] = Counter()
        with self._store.writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            for table, column in _columns_of_texts():
                for old, new in names.items():
                    renamed = (
                        sa.func.replace(column, old, new)
                        if old.startswith(PREFIX)
                        else sa.case(
                            (column == old, new), else_=sa.func.replace(column, f'"{old}"', f'"{new}"')
                        )
                    )
                    change = table.update().where(_names(column, old)).values({column.name: renamed})
                    counts[table.name] += connection.execute(change).rowcount
        return {name: count for name, count in counts.items() if count}

    def expire(self, until: KeepUntil) -> dict[str, int]:
        """Erase dismissed entries, delivered effects, what pages were told, sign-ins, and details of the audit."""
        old = {
            "entries": entries.delete().where(
                entries.c.status == "dismissed", entries.c.changed < until.dismissed_entries
            ),
            "outbox": outbox.delete().where(
                outbox.c.status == "delivered", outbox.c.delivered < until.delivered_effects
            ),
            "changes": changes.delete().where(changes.c.at < until.delivered_effects),
            "model_answers": model_answers.delete().where(model_answers.c.until < datetime.now(UTC)),
            "alerts": alerts.delete().where(alerts.c.at < until.logs),
            "sign_ins": sign_ins.delete().where(sign_ins.c.at < until.sign_ins),
            "traces": traces.delete().where(traces.c.at < until.traces),
            "audit": audit.update()
            .where(audit.c.at < until.audit_details, audit.c.detail.not_in(("", TOMBSTONE)))
            .values(detail=TOMBSTONE),
        }
        with self._store.writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            counts = {name: connection.execute(statement).rowcount for name, statement in old.items()}
        return {name: count for name, count in counts.items() if count}

    def search(self, address: Address) -> Searched:
        """Look through the text and binary columns of every table that there is, ours or not."""
        with self._store.reading() as connection:
            return search_tables(connection, address)


def _rows(
    connection: Connection, own: Sequence[str], address: Address | None
) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    """The rows of a person by table, those first that refer to others."""

    def of(table: sa.Table, column: sa.Column[Any], keys: Iterable[Any]) -> list[dict[str, Any]]:
        parts = _parts(list(keys))
        return [
            dict(row)
            for part in parts
            for row in connection.execute(sa.select(table).where(column.in_(part))).mappings()
        ]

    def naming(table: sa.Table, *columns: sa.Column[Any]) -> list[dict[str, Any]]:
        if address is None:
            return []
        query = sa.select(table).where(sa.or_(*(_may_hold(column, address) for column in columns)))
        rows = [dict(row) for row in connection.execute(query).mappings()]
        return [row for row in rows if any(address.is_in(row[column.name] or "") for column in columns)]

    said = of(messages, messages.c.conversation, own)
    asked = of(reviews, reviews.c.conversation, own)
    keys = [review["id"] for review in asked]
    yield votes, of(votes, votes.c.message, [message["id"] for message in said])
    yield tickets, of(tickets, tickets.c.review, keys)
    yield (
        entries,
        _distinct(
            entries,
            of(entries, entries.c.review, keys),
            naming(entries, entries.c.question, entries.c.answer, entries.c.not_personal),
        ),
    )
    yield (
        outbox,
        _distinct(
            outbox, of(outbox, outbox.c.conversation, own), naming(outbox, outbox.c.payload, outbox.c.reason)
        ),
    )
    yield model_calls, of(model_calls, model_calls.c.conversation, own)
    yield model_answers, of(model_answers, model_answers.c.conversation, own)
    yield model_texts, of(model_texts, model_texts.c.conversation, own)
    yield traces, of(traces, traces.c.conversation, own)
    yield changes, of(changes, changes.c.conversation, own)
    marks = [address.contact] if address is not None and address.contact else []
    sent = _distinct(
        campaign_recipients,
        of(campaign_recipients, campaign_recipients.c.contact, marks),
        naming(campaign_recipients, campaign_recipients.c.person),
    )
    yield campaign_recipients, sent
    yield mail_outcomes, of(mail_outcomes, mail_outcomes.c.contact, marks)
    yield slack_messages, of(slack_messages, slack_messages.c.conversation, own)
    yield reviews, asked
    yield messages, said
    yield conversations, of(conversations, conversations.c.id, own)
    yield audit, _distinct(audit, of(audit, audit.c.subject, [*own, *keys]), naming(audit, audit.c.detail))


def _columns_of_texts() -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Where a customer's id may stand; the audit only ever takes new lines, and holds none."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.String) and not column.foreign_keys and table is not audit:
                yield table, column


def _names(column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    if name.startswith(PREFIX):
        return column.contains(name, autoescape=True)
    return sa.or_(column == name, column.contains(f'"{name}"', autoescape=True))


def _distinct(table: sa.Table, *groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = [column.name for column in table.primary_key]
    return list({tuple(row[key] for key in keys): row for rows in groups for row in rows}.values())


def _may_hold(column: sa.Column[Any], address: Address) -> sa.ColumnElement[bool]:
    """A quick look: what it finds has to be looked at again."""
    return sa.or_(*(sa.func.lower(column).contains(each, autoescape=True) for each in address.spellings))


def _column(
    connection: Connection, wanted: sa.Column[Any], by: sa.Column[Any], keys: Iterable[Any]
) -> set[Any]:
    found: set[Any] = set()
    for part in _parts([key for key in keys if key is not None]):
        found |= set(connection.execute(sa.select(wanted).where(by.in_(part))).scalars())
    return found


def _moments(connection: Connection, own: Iterable[str]) -> dict[str, datetime]:
    moments: dict[str, datetime] = {}
    for part in _parts(list(own)):
        query = sa.select(conversations.c.id, conversations.c.created).where(conversations.c.id.in_(part))
        moments |= {row.id: row.created for row in connection.execute(query)}
    return moments


def _parts(keys: list[Any]) -> list[list[Any]]:
    return [keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE)]


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
