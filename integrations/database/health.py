"""The figures of the desk's health, counted in one pass over each table.

Quantiles are taken here, not in SQL: over a hundred thousand rows SQLite's window functions take several seconds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.health_figures import AnswerCount, CallCount, Counted, Latency, Moment, TextCount, Waiting
from agents.models.calls import ModelText
from integrations.database.engine import Store
from integrations.database.tables import model_calls, model_texts, reviews, traces

_SHARES: Final = (0.5, 0.95, 0.99)
_NO_ERROR: Final = ("ok", "off", "gone", "budget", "unusable")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time, cut into moments of equal length."""

    since: datetime
    until: datetime
    moments: int

    @property
    def width(self) -> int:
        """Seconds of a moment."""
        return int((self.until - self.since).total_seconds()) // self.moments

    def holds(self, at: sa.Column[datetime]) -> sa.ColumnElement[bool]:
        """Whether a row lies in it."""
        return sa.and_(at >= self.since, at < self.until)

    def moment(self, at: sa.Column[datetime]) -> sa.ColumnElement[int]:
        """The moment in which a row lies; what is of this very second is in the last one."""
        elapsed = sa.cast(sa.extract("epoch", at), sa.BigInteger) - int(self.since.timestamp())
        last = self.moments - 1
        return sa.case((elapsed >= last * self.width, last), else_=elapsed // self.width).label("moment")


@dataclass(slots=True)
class _Sums:
    """What is counted of each moment."""

    answers: Counter[int] = field(default_factory=Counter)
    seconds: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    texts: Counter[int] = field(default_factory=Counter)
    errors: Counter[int] = field(default_factory=Counter)
    micro_dollars: Counter[int] = field(default_factory=Counter)


class HealthBook:
    """Implements `HealthFigures`; reads only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, since: datetime, until: datetime, moments: int) -> Counted:
        """What was counted in a time, also by that many moments of equal length."""
        stretch, sums = _Stretch(since, until, moments), _Sums()
        with self._store.reading() as connection:
            texts, text_latency = _texts(connection, stretch, sums)
            answers, answer_latency = _answers(connection, stretch, sums)
            calls = _calls(connection, stretch, sums)
        return Counted(
            texts=texts,
            calls=calls,
            answers=answers,
            text_latency=text_latency,
            answer_latency=answer_latency,
            moments=list(_moments(stretch, sums)),
        )

    def last_text(self, specialist: str) -> ModelText | None:
        """The last text that a model was to write."""
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


def _texts(
    connection: Connection, stretch: _Stretch, sums: _Sums
) -> tuple[list[TextCount], dict[str, Latency]]:
    table = model_texts.c
    called = sa.case((table.attempts > 0, 1), else_=0).label("called")
    rows = sa.select(
        table.specialist,
        table.ending,
        table.cache,
        table.fallback,
        stretch.moment(table.at),
        called,
        table.attempts,
        table.seconds,
    )
    within = rows.where(stretch.holds(table.at)).subquery().c
    kind = (within.specialist, within.ending, within.cache, within.fallback, within.called)
    query = sa.select(
        *kind, within.moment, sa.func.count(), sa.func.sum(within.attempts), _listed(within.seconds)
    )
    counts: Counter[tuple[Any, ...]] = Counter()
    attempts: Counter[tuple[Any, ...]] = Counter()
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for *key, moment, number, tried, took in connection.execute(query.group_by(*kind, within.moment)):
        specialist, ending, cache, _, asked = key
        counts[tuple(key)] += number
        attempts[tuple(key)] += int(tried)
        sums.texts[moment] += number
        sums.errors[moment] += 0 if ending in _NO_ERROR else number
        if ending != "gone" and (asked or cache is not None):  # what a budget forbade took no time
            seconds[specialist] += _numbers(took)
    texts = [
        TextCount(specialist, ending, cache, fallback, number, number if asked else 0, attempts[key])
        for key, number in counts.items()
        for specialist, ending, cache, fallback, asked in [key]
    ]
    return texts, {specialist: _latency(each) for specialist, each in seconds.items()}


def _answers(
    connection: Connection, stretch: _Stretch, sums: _Sums
) -> tuple[list[AnswerCount], dict[str, Latency]]:
    table = traces.c
    rows = sa.select(table.decision, table.mode, stretch.moment(table.at), table.seconds)
    within = rows.where(stretch.holds(table.at), table.decision.is_not(None)).subquery().c
    kind = (within.decision, within.mode, within.moment)
    query = sa.select(*kind, sa.func.count(), _listed(within.seconds)).group_by(*kind)
    counts: Counter[tuple[str, str]] = Counter()
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for decision, mode, moment, number, listed in connection.execute(query):
        took = _numbers(listed)
        counts[decision, mode] += number
        seconds[mode] += took
        sums.answers[moment] += number
        sums.seconds[moment] += took
    latencies = {mode: _latency(each) for mode, each in seconds.items()}
    everything = [took for each in seconds.values() for took in each]
    return [AnswerCount(*key, number) for key, number in counts.items()], {
        **latencies,
        "": _latency(everything),
    }


def _listed(seconds: sa.ColumnElement[float]) -> sa.ColumnElement[str]:
    """All of a group in one text: a row each costs ten times as much to fetch."""
    return sa.func.aggregate_strings(sa.cast(seconds, sa.Text), ",")


def _numbers(listed: str) -> list[float]:
    return [float(each) for each in listed.split(",")]


def _calls(connection: Connection, stretch: _Stretch, sums: _Sums) -> list[CallCount]:
    table = model_calls.c
    rows = sa.select(
        table.specialist,
        table.model,
        table.ending,
        stretch.moment(table.at),
        table.input_tokens,
        table.output_tokens,
        table.micro_dollars,
    )
    within = rows.where(stretch.holds(table.at)).subquery().c
    kind = (within.specialist, within.model, within.ending, within.moment)
    used = (within.input_tokens, within.output_tokens, within.micro_dollars)
    query = sa.select(*kind, sa.func.count(), *(sa.func.sum(column) for column in used)).group_by(*kind)
    counts: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for specialist, model, ending, moment, *numbers in connection.execute(query):
        found = counts[specialist, model, ending]
        for place, number in enumerate(numbers):
            found[place] += int(number)
        sums.micro_dollars[moment] += int(numbers[-1])
    return [CallCount(*key, *numbers) for key, numbers in counts.items()]


def _latency(seconds: Sequence[float]) -> Latency:
    """The quantiles by nearest rank."""
    if not seconds:
        return Latency()
    ranked = sorted(seconds)
    p50, p95, p99 = (ranked[max(0, -(-int(1000 * share) * len(ranked) // 1000) - 1)] for share in _SHARES)
    return Latency(p50=p50, p95=p95, p99=p99)


def _moments(stretch: _Stretch, sums: _Sums) -> Iterator[Moment]:
    for each in range(stretch.moments):
        yield Moment(
            until=stretch.since + timedelta(seconds=stretch.width * (each + 1)),
            answers=sums.answers[each],
            latency=_latency(sums.seconds[each]),
            texts=sums.texts[each],
            errors=sums.errors[each],
            dollars=sums.micro_dollars[each] / 1_000_000,
        )
