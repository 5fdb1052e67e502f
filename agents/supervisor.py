"""Puts the specialists to work. Now: the weekly report."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agents.domain import DeskFigures
from agents.errors import BadInput, DeskError
from agents.gaps import Gap, find_gaps
from agents.graphs.weekly import Finished, SectionWriter, WeeklyGraph
from agents.knowledge import Knowledge
from agents.ports import Services
from agents.weekly import report_parts
from agents.weekly.claims_figures import Basis
from agents.weekly.claims_findings import Findings
from agents.weekly.edition import Claim, Words
from agents.weekly.facts import FinanceFacts, InsightsFacts, MarketingFacts
from agents.weekly.model_words import ModelWriter
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import (
    SPECIALISTS,
    SpecialistName,
    WeeklyPeriod,
    WeeklyProgress,
    WeeklyReport,
)
from agents.weekly.specialists import Specialist, Task, assumptions_of, specialists
from agents.weekly.words import RuleWriter
from analytics.period import Period, last_complete_week

if TYPE_CHECKING:
    from analytics.chart_rows import Rows
    from analytics.lineage import Lineage
    from analytics.tables import Standing

log = logging.getLogger(__name__)
Tell = Callable[[WeeklyProgress], None]


@dataclass(frozen=True)
class Made:
    """A report, the rows of its charts by their names, and the ids of the segment At Risk.

    `claims` and `words` are those of its texts, by section; an alert's are under "alerts.0", "alerts.1", …; `findings`
    are what they were written from.
    """

    report: WeeklyReport
    rows: Mapping[str, Rows]
    at_risk: tuple[str, ...]
    claims: Mapping[str, tuple[Claim, ...]]
    words: Mapping[str, Words]
    findings: Findings


class Supervisor:
    """Runs specialists over the business data. Safe to share between threads."""

    def __init__(
        self,
        services: Services,
        working: Mapping[SpecialistName, Specialist] | None = None,
        knowledge: Knowledge | None = None,
    ) -> None:
        """Open nothing yet; `working` takes the place of the four specialists, `knowledge` is one that is open."""
        self._services = services
        self._specialists = specialists() if working is None else working
        self._knowledge = knowledge or Knowledge(services)

    def weekly(self, as_of: date | None = None, tell: Tell | None = None) -> Made:
        """The report on the last complete week before a day, today where none is given.

        Raises `BadInput` for a day to come and for a store without any data, and what a store raises that is
        locked or gone. Anything else that fails is told in its section.
        """
        started = time.monotonic()
        policy = self._services.open_weekly_policy()
        day, standing = self.check(as_of)
        week = last_complete_week(day)
        currency = standing.currency or policy.currency
        sample = standing.sample is not None
        task, lineage = self._task(week, policy, sample=sample)
        basis = Basis(policy, currency, week, lineage)
        finished = self._run(task, basis, tell or (lambda _progress: None))
        found = finished.findings
        alerts = RuleWriter(policy).alerts(found)
        report = WeeklyReport(
            period=WeeklyPeriod(start=week.start, end=week.last, as_of=day),
            currency=currency,
            sample=sample,
            metrics=report_parts.metrics(found, policy, currency),
            segments=report_parts.segments(found),
            churn=report_parts.churn(found, policy),
            cohorts=report_parts.cohorts(found),
            forecast=report_parts.forecast(found, week, policy),
            alerts=report_parts.alerts(found, alerts),
            sections={name: finished.sections[name] for name in ("summary", *SPECIALISTS)},
            errors=finished.errors,
            seconds=round(time.monotonic() - started, 3),
        )
        insights = finished.facts.get("insights")
        at_risk = insights.at_risk if isinstance(insights, InsightsFacts) else ()
        written = {**finished.written, **{f"alerts.{n}": one for n, one in enumerate(alerts)}}
        return Made(
            report,
            _rows(task, finished, currency),
            at_risk,
            {name: one.claims for name, one in written.items()},
            {name: one.by for name, one in written.items()},
            found,
        )

    def check(self, as_of: date | None = None) -> tuple[date, Standing]:
        """The day that a report would be as of, today where none is given, and what there is to report on.

        Raises `BadInput` for a day to come and for a store without any data.
        """
        policy = self._services.open_weekly_policy()
        today = self._services.now().astimezone(ZoneInfo(policy.timezone)).date()
        day = as_of or today
        if day > today:
            raise BadInput(
                f"{day} lies in the future; today is {today}. Give a day up to then, or leave it out."
            )
        standing = self._services.open_warehouse().standing()
        if not standing.filled:
            raise BadInput(
                "There are no business data yet. Import some, as in `gtm data import orders.csv --kind orders`, or "
                "load a sample with `gtm data sample`."
            )
        return day, standing

    def _task(self, week: Period, policy: WeeklyPolicy, *, sample: bool) -> tuple[Task, Lineage]:
        from analytics.books import read_books  # noqa: PLC0415 - pandas and the engine
        from analytics.lineage import Lineage  # noqa: PLC0415 - as above

        warehouse, assumptions = self._services.open_warehouse(), assumptions_of(policy)
        with warehouse.reading() as tables:
            books = read_books(tables, week.end)
            lineage = Lineage(tables, week, assumptions)
        desk, before = (self._desk(period, policy) for period in (week, week.before()))
        task = Task(
            warehouse, books, week, assumptions, desk, before, sample, lambda: self._gaps(week, policy)
        )
        return task, lineage

    def _gaps(self, week: Period, policy: WeeklyPolicy) -> Sequence[Gap]:
        """What customers asked in the week and no document answers; nothing where there is no usable index."""
        zone = ZoneInfo(policy.timezone)
        since, until = (datetime.combine(day, datetime.min.time(), zone) for day in (week.start, week.end))
        services = self._services
        try:
            return find_gaps(services.entries, self._knowledge, services.policy, since, until)
        except DeskError as error:
            log.warning("The gaps in the documents are not told: %s", error)
            return ()

    def _writer(self, policy: WeeklyPolicy) -> SectionWriter:
        """A model where there is one, with the rules behind it; else the rules alone."""
        rules, room = RuleWriter(policy), self._services.open_models()
        return ModelWriter(policy, room, rules) if room.on else rules

    def _desk(self, week: Period, policy: WeeklyPolicy) -> DeskFigures:
        """What the desk itself did in a week."""
        zone = ZoneInfo(policy.timezone)
        since, until = (datetime.combine(day, datetime.min.time(), zone) for day in (week.start, week.end))
        return self._services.ledger.figures(since, until, self._services.policy.people)

    def _run(self, task: Task, basis: Basis, tell: Tell) -> Finished:
        finished: Finished | None = None
        writer = self._writer(basis.policy)
        graph = WeeklyGraph(
            self._specialists,
            writer,
            lambda facts: report_parts.add_together(facts, basis, sample=task.sample),
        )
        for piece in graph.run(task):
            if isinstance(piece, Finished):
                finished = piece
            else:
                tell(piece)
        if finished is None:
            raise RuntimeError("the weekly graph ended without a result")
        return finished


def _rows(task: Task, finished: Finished, currency: str) -> Mapping[str, Rows]:
    """What the charts show; of a specialist who failed there is none."""
    from analytics import chart_rows  # noqa: PLC0415 - pandas

    rows = {
        "revenue": chart_rows.revenue_rows(task.books, task.week, currency),
        "spend": chart_rows.spend_rows(task.books, task.week, currency),
    }
    finance, insights = finished.facts.get("finance"), finished.facts.get("insights")
    if isinstance(finance, FinanceFacts):
        rows["forecast"] = chart_rows.forecast_rows(task.books, finance.forecast, currency)
    if isinstance(insights, InsightsFacts):
        rows["segments"] = chart_rows.segment_rows(insights.segments)
        rows["cohorts"] = chart_rows.cohort_rows(insights.cohorts)
    marketing = finished.facts.get("marketing")
    if isinstance(marketing, MarketingFacts):
        rows["channels"] = chart_rows.channel_rows(marketing.channels, currency)
    return rows
