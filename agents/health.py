"""How the desk is: what waits, what its models did and cost, and whether that is as good as it should be."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Final, get_args

from agents.domain import Value
from agents.errors import BadInput, DeskError
from agents.health_notices import Notice, notices
from agents.health_report import (
    BudgetHealth,
    ModelHealth,
    PeriodHealth,
    WorkHealth,
    answers_health,
    models_health,
    specialist_health,
)
from agents.knowledge import Knowledge
from agents.measures import Tally
from agents.models.policy import Specialist
from agents.ports import Services
from agents.tracing import Trace

FRESH_SECONDS = 1.0  # several pages that look at once are shown the same
DAY: Final = (timedelta(hours=24), 24)
MONTH: Final = (timedelta(days=30), 30)
"""How far back is looked, and into how many moments that is cut for a chart."""
MONTH_FRESH_SECONDS = 60.0  # a month does not change in a minute, and counting it takes longest


class Health(Value):
    """The whole: first what somebody should know, then the figures."""

    at: datetime
    models_on: bool
    notices: tuple[Notice, ...]
    work: WorkHealth
    budget: BudgetHealth
    models: tuple[ModelHealth, ...]
    day: PeriodHealth
    month: PeriodHealth


class HealthDesk:
    """Looks at how the desk is, and at how an answer came about; one instance serves all threads."""

    def __init__(self, services: Services, knowledge: Knowledge) -> None:
        """Open nothing yet."""
        self._services, self._knowledge = services, knowledge
        self._lock = threading.Lock()
        self._last: tuple[float, Health] | None = None
        self._month: tuple[float, PeriodHealth] | None = None

    def trace(self, trace: str) -> Trace:
        """How an answer came about. Raises `BadInput` for a trace that there is not, or not any more."""
        self._services.telemetry.flush()
        found = self._services.traces.trace(trace)
        if found is None:
            days = self._services.privacy.keep_days.traces
            raise BadInput(
                f"There is no trace {trace!r} here. It stands in each answer as `trace`, and is kept for {days} days."
            )
        return found

    def tallies(self) -> list[Tally]:
        """What was counted of all that the desk ever did."""
        return self._services.tallies.all()

    def now(self) -> datetime:
        """The present moment, as the desk's clock has it."""
        return self._services.now()

    def look(self) -> Health:
        """How the desk is, at most a few seconds ago."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] > FRESH_SECONDS:
                self._services.telemetry.flush(1.0)
                self._last = (time.monotonic(), self._look())
            return self._last[1]

    def work(self) -> WorkHealth:
        """What there is to answer from, to do, and to decide."""
        services = self._services
        state, message, documents, passages, last = self._index()
        workers = services.workers.all()
        return WorkHealth(
            index=state,
            index_message=message,
            documents=documents,
            passages=passages,
            last_ingest=last,
            heartbeat=workers[0].beat if workers else None,
            outbox={str(status): count for status, count in services.outbox.counts().items()},
            waiting=services.health.waiting(services.now()),
        )

    def budget(self) -> BudgetHealth:
        """What the models may cost today, and have cost."""
        room = self._services.open_models()
        spent, limit = room.budget.spent() / 1_000_000, room.policy.budget
        return BudgetHealth(
            usd_a_day=limit.usd_a_day,
            warn_at=limit.warn_at,
            spent=round(spent, 6),
            left=round(max(0.0, limit.usd_a_day - spent), 6),
        )

    def models(self) -> tuple[ModelHealth, ...]:
        """How each model that the policy names stands."""
        room = self._services.open_models()
        return models_health(room.policy, room.states(), self._services.now())

    def _index(self) -> tuple[str, str, int | None, int | None, datetime | None]:
        try:
            status = self._knowledge.status()
        except DeskError as error:
            return "broken", str(error), None, None, None
        return status.state, status.message, status.documents, status.chunks, status.last_ingest

    def _look(self) -> Health:
        services, room = self._services, self._services.open_models()
        now = services.now()
        work, budget, models = self.work(), self.budget(), self.models()
        if self._month is None or time.monotonic() - self._month[0] > MONTH_FRESH_SECONDS:
            self._month = (time.monotonic(), self._period(now, *MONTH))
        told = notices(
            now,
            answering=room.policy.specialists["support"].model if room.on else None,
            work=work,
            budget=budget,
            models=models,
            last=services.health.last_text("support"),
        )
        return Health(
            at=now,
            models_on=room.on,
            notices=told,
            work=work,
            budget=budget,
            models=models,
            day=self._period(now, *DAY),
            month=self._month[1],
        )

    def _period(self, now: datetime, length: timedelta, moments: int) -> PeriodHealth:
        since = now - length
        counted = self._services.health.count(since, now, moments)
        return PeriodHealth(
            since=since,
            until=now,
            answers=answers_health(counted),
            specialists=tuple(specialist_health(each, counted) for each in get_args(Specialist)),
            dollars=round(sum(call.micro_dollars for call in counted.calls) / 1_000_000, 6),
            moments=tuple(counted.moments),
        )
