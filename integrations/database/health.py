"""The figures of the desk's health, counted where they lie: a hundred thousand calls take well under a second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.health_figures import AnswerCount, CallCount, Counted, Latency, Moment, TextCount, Waiting
from agents.model_calls import ModelText
from integrations.database.engine import Store
from integrations.database.tables import model_calls, model_texts, reviews, traces

_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_NO_ERROR = ("ok", "off", "gone", "budget", "unusable")

_ASKED = sa.or_(model_texts.c.attempts > 0, model_texts.c.cache.is_not(None))
_ANSWERED = traces.c.decision.is_not(None)


class HealthBook:
    """Implements `HealthFigures`; reads only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, since: datetime, until: datetime, moments: int) -> Counted:
        """What was counted in a time, also by that many moments of equal length."""

        def within(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
            return sa.and_(column >= since, column < until)

        with self._store.reading() as connection:
            return Counted(
                texts=_texts(connection, within(model_texts.c.at)),
                calls=_calls(connection, within(model_calls.c.at)),
                answers=_answers(connection, within(traces.c.at)),
                text_latency=_latency(
                    connection,
                    model_texts.c.specialist,
                    model_texts.c.seconds,
                    within(model_texts.c.at) & _ASKED,
                ),
                answer_latency=_latency(
                    connection, traces.c.mode, traces.c.seconds, within(traces.c.at) & _ANSWERED
                )
                | _latency(connection, sa.literal(""), traces.c.seconds, within(traces.c.at) & _ANSWERED),
                moments=_moments(connection, since, until, moments),
            )

    def last_text(self, specialist: str) -> ModelText | None:
        """The last text for which a model was asked, or would have been."""
        columns = [column for column in model_texts.c if column is not model_texts.c.id]
        query = sa.select(*columns).where(
            model_texts.c.specialist == specialist,
            model_texts.c.ending != "gone",
            model_texts.c.cache.is_(None),
        )
        with self._store.reading() as connection:
            row = connection.execute(query.order_by(model_texts.c.at.desc()).limit(1)).one_or_none()
        return None if row is None else ModelText.model_validate(dict(row._mapping))

    def waiting(self, now: datetime) -> Waiting:
        """The reviews that are not decided."""
        late = sa.func.coalesce(sa.func.sum(sa.case((reviews.c.due < now, 1), else_=0)), 0)
        query = sa.select(sa.func.count(), late, sa.func.min(reviews.c.opened, type_=reviews.c.opened.type))
        with self._store.reading() as connection:
            count, too_late, oldest = connection.execute(query.where(reviews.c.status != "decided")).one()
        return Waiting(reviews=count, late=too_late, oldest=oldest)


def _texts(connection: Connection, where: sa.ColumnElement[bool]) -> list[TextCount]:
    kind = (model_texts.c.specialist, model_texts.c.ending, model_texts.c.cache, model_texts.c.fallback)
    query = sa.select(
        *kind,
        sa.func.count(),
        sa.func.sum(sa.case((model_texts.c.attempts > 0, 1), else_=0)),
        sa.func.sum(model_texts.c.attempts),
    )
    rows = connection.execute(query.where(where).group_by(*kind))
    return [TextCount(*row[:4], *map(int, row[4:])) for row in rows]


def _calls(connection: Connection, where: sa.ColumnElement[bool]) -> list[CallCount]:
    kind = (model_calls.c.specialist, model_calls.c.model, model_calls.c.ending)
    used = (model_calls.c.input_tokens, model_calls.c.output_tokens, model_calls.c.micro_dollars)
    query = sa.select(*kind, sa.func.count(), *(sa.func.sum(column) for column in used))
    return [
        CallCount(*row[:3], *map(int, row[3:]))
        for row in connection.execute(query.where(where).group_by(*kind))
    ]


def _answers(connection: Connection, where: sa.ColumnElement[bool]) -> list[AnswerCount]:
    kind = (traces.c.decision, traces.c.mode)
    query = sa.select(*kind, sa.func.count()).where(where, _ANSWERED)
    return [AnswerCount(*row) for row in connection.execute(query.group_by(*kind))]


def _latency(
    connection: Connection,
    by: sa.ColumnElement[Any],
    seconds: sa.Column[float],
    where: sa.ColumnElement[bool],
) -> dict[Any, Latency]:
    """The quantiles of each group, by nearest rank; one sort in the database."""
    ranked = (
        sa.select(
            by.label("kind"),
            seconds.label("seconds"),
            sa.func.row_number().over(partition_by=by, order_by=seconds).label("place"),
            sa.func.count().over(partition_by=by).label("all"),
        )
        .where(where)
        .subquery()
    )
    quantiles = (
        sa.func.min(sa.case((ranked.c.place >= share * ranked.c["all"], ranked.c.seconds))).label(name)
        for name, share in _SHARES.items()
    )
    query = sa.select(ranked.c.kind, *quantiles).group_by(ranked.c.kind)
    return {row.kind: Latency(p50=row.p50, p95=row.p95, p99=row.p99) for row in connection.execute(query)}


def _moments(connection: Connection, since: datetime, until: datetime, count: int) -> Sequence[Moment]:
    width = int((until - since).total_seconds()) // count

    def place(column: sa.Column[datetime]) -> sa.ColumnElement[int]:
        elapsed = sa.cast(sa.extract("epoch", column), sa.BigInteger) - int(since.timestamp())
        return elapsed // width

    def counted(
        at: sa.Column[datetime], what: sa.ColumnElement[Any], where: Any
    ) -> dict[int, tuple[int, int]]:
        """How many rows there are in each moment, and the sum of something in them."""
        rows = sa.select(place(at).label("moment"), what.label("what"))
        rows_at = rows.where(at >= since, at < until, where).subquery()
        query = sa.select(rows_at.c.moment, sa.func.count(), sa.func.sum(rows_at.c.what))
        found = connection.execute(query.group_by(rows_at.c.moment))
        return {moment: (number, int(summed)) for moment, number, summed in found}

    answered = sa.and_(traces.c.at >= since, traces.c.at < until, _ANSWERED)
    latencies = _latency(connection, place(traces.c.at), traces.c.seconds, answered)
    failed = sa.case((model_texts.c.ending.in_(_NO_ERROR), 0), else_=1)
    answers = counted(traces.c.at, sa.literal(0), _ANSWERED)
    texts = counted(model_texts.c.at, failed, sa.true())
    spent = counted(model_calls.c.at, model_calls.c.micro_dollars, sa.true())
    return [
        Moment(
            until=since + timedelta(seconds=width * (key + 1)),
            answers=answers.get(key, (0, 0))[0],
            latency=latencies.get(key, Latency()),
            texts=texts.get(key, (0, 0))[0],
            errors=texts.get(key, (0, 0))[1],
            dollars=spent.get(key, (0, 0))[1] / 1_000_000,
        )
        for key in range(count)
    ]
