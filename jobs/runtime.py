"""The durable jobs of a process: DBOS on the home's SQLite file or on PostgreSQL.

Decisions write effects into the outbox. Every process with jobs looks there, makes a durable job of each attempt
that is due, and delivers it; the job's id is the effect's key with the number of the attempt, so that whoever
finds it first makes the only one. What only changes our own database is cheaper than a job of its own, and is done
many at a time. A pause between attempts is kept in the outbox and holds no thread.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from dbos import DBOS, DBOSConfig, SetWorkflowID, StepOptions

from agents.effects import Effect, Worker
from agents.ports import Services
from agents.session import Session
from jobs.delivery import Courier, Due, Handler, Outcome
from jobs.effects import AT_HOME, effect_handlers
from jobs.pace import Pace
from jobs.ticker import Ticker

APPLICATION = "gtm-desk"
VERSION = "1"
"""Of the jobs: raise it when their steps change, so that no process goes on with a job of another form."""

QUEUE = "effects"
AT_ONCE = 32  # jobs of a process
FINISHED_DAYS = 7  # for which finished jobs are kept
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

ENDED_SILENTLY: Final[Outcome] = {"result": "try again", "reason": "The job ended without a result."}
"""Changes nothing where there is a word of the attempt in the outbox."""

RECORD: Final[StepOptions] = {
    "name": "record",
    "retries_allowed": True,
    "max_attempts": 12,
    "interval_seconds": 0.5,
    "backoff_rate": 2,
}
"""A database that is away for minutes must not make an effect that was delivered look as if it was not."""

Daily = Mapping[str, Callable[[datetime], object]]
"""What is done once a day by one process of all, by name."""

log = logging.getLogger(__name__)


class Jobs:
    """The jobs of this process. DBOS allows one such object at a time to be started."""

    def __init__(
        self,
        session: Session,
        services: Services,
        database: str,
        *,
        handlers: Mapping[str, Handler] | None = None,
        daily: Daily | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Start nothing yet. `database` is the SQLAlchemy URL of where the jobs are kept."""
        self._services, self._database, self._pace = services, database, pace or Pace()
        self._outbox, self._workers, self._now = services.outbox, services.workers, services.now
        self._daily = {"finished jobs": self.remove_finished, **(daily or {})}
        self._courier = Courier(
            services.outbox,
            effect_handlers(session, services) if handlers is None else handlers,
            session.policy.delivery,
            services.now,
            session.privacy.mask_for("log"),
            trace=services.telemetry.trace,
        )
        self._under_way: set[int] = set()
        now = self._now()
        self._me = Worker(
            id=secrets.token_hex(8), host=socket.gethostname(), pid=os.getpid(), started=now, beat=now
        )
        self._tickers = (
            Ticker("heartbeat", self._pace.beat, self._beat),
            Ticker("outbox", self._pace.look, self._hand_out),
            Ticker("promises", self._pace.promises, session.keep_promises),
            Ticker("daily jobs", 600, self._begin_day),
        )

    def start(self) -> None:
        """Begin to work. A mailer that cannot be used raises `BadInput` before anything is begun."""
        self._services.open_mailer()
        self._workers.beat(self._me)
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._database,
            "application_version": VERSION,
            "executor_id": self._me.id,
            "log_level": "ERROR",
        }
        DBOS(config=config)
        try:
            self._register()
            DBOS.launch()
            DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=self._pace.dequeue)
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            raise
        for ticker in self._tickers:
            ticker.start()

    def stop(self) -> None:
        """Let running jobs end for a moment, and leave the rest to whoever comes next."""
        for ticker in self._tickers:
            ticker.tell_to_stop()
        for ticker in self._tickers:
            ticker.join(self._pace.grace)
        deadline = time.monotonic() + self._pace.grace
        while self._under_way and time.monotonic() < deadline:
            time.sleep(0.05)
        DBOS.destroy(destroy_registry=True)
        silent = self._now() - timedelta(seconds=self._pace.dead_after)
        self._workers.beat(self._me.model_copy(update={"beat": silent}))

    def _register(self) -> None:
        """Tell DBOS the jobs; their names and arguments are what a later process goes on with."""

        @DBOS.workflow(name="deliver")
        def deliver(effect_id: int, attempts: int) -> None:
            self._under_way.add(effect_id)
            try:
                outcome = DBOS.run_step({"name": "attempt"}, self._courier.attempt, effect_id, attempts)
                DBOS.run_step(RECORD, self._courier.record, effect_id, attempts, outcome)
            finally:
                self._under_way.discard(effect_id)

        @DBOS.workflow(name="deliver_at_home")
        def deliver_at_home(due: list[Due]) -> None:
            effects = {effect_id for effect_id, _ in due}
            self._under_way |= effects
            try:
                outcomes = DBOS.run_step({"name": "attempt"}, self._courier.attempt_all, due)
                DBOS.run_step(RECORD, self._courier.record_all, due, outcomes)
            finally:
                self._under_way -= effects

        @DBOS.workflow(name="daily")
        def daily(name: str, day: str) -> None:
            log.info("%s of %s", name, day)
            DBOS.run_step({"name": name}, self._daily[name], datetime.fromisoformat(day))

        self._deliver, self._deliver_at_home, self._do_daily = deliver, deliver_at_home, daily

    def _hand_out(self) -> None:
        """Make a job of every effect that is due, and one of all that are done at home."""
        now = self._now()
        held = now + timedelta(seconds=self._pace.hold)
        while due := self._outbox.due(now, 100, held, self._courier.kinds):
            at_home = [(effect.id, effect.attempts) for effect in due if effect.kind in AT_HOME]
            if at_home:
                self._begin_at_home(at_home)
            for effect in due:
                if effect.kind not in AT_HOME:
                    self._begin(effect)

    def _begin(self, effect: Effect) -> None:
        with SetWorkflowID(f"{effect.key}#{effect.attempts}"):
            job = DBOS.enqueue_workflow(QUEUE, self._deliver, effect.id, effect.attempts)
        if job.get_status().status in ENDED:
            self._courier.record(effect.id, effect.attempts, ENDED_SILENTLY)

    def _begin_at_home(self, due: list[Due]) -> None:
        with SetWorkflowID(f"at home {hashlib.sha256(repr(due).encode()).hexdigest()}"):
            job = DBOS.enqueue_workflow(QUEUE, self._deliver_at_home, due)
        if job.get_status().status in ENDED:
            self._courier.record_all(due, [ENDED_SILENTLY] * len(due))

    def _beat(self) -> None:
        """Say that this process lives, and go on with what dead ones left."""
        now = self._now()
        self._workers.beat(self._me.model_copy(update={"beat": now}))
        for worker in self._workers.all():
            if not self._pace.alive(worker, now) and self._workers.claim(worker, now):
                for job in DBOS.list_workflows(
                    status="PENDING", executor_id=worker.id, load_input=False, load_output=False
                ):
                    log.warning("Going on with %s, which %s left", job.workflow_id, worker.id)
                    DBOS.resume_workflow(job.workflow_id, queue_name=QUEUE)
                self._workers.forget(worker.id)

    def _begin_day(self) -> None:
        day = f"{self._now():%Y-%m-%d}"
        for name in self._daily:
            with SetWorkflowID(f"{name}#{day}"):
                DBOS.enqueue_workflow(QUEUE, self._do_daily, name, self._now().isoformat())

    def remove_finished(self, now: datetime) -> None:
        """Let go of jobs that ended more than a week ago."""
        before = (now - timedelta(days=FINISHED_DAYS)).isoformat()
        while finished := DBOS.list_workflows(
            completed_before=before, limit=500, load_input=False, load_output=False
        ):
            DBOS.delete_workflows([job.workflow_id for job in finished])
