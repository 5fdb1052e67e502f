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
from agents.weekly.claims import Written
from agents.weekly.claims_figures import Basis
from agents.weekly.claims_findings import Findings, sheet_of
from agents.weekly.edition import Claim, Words
from agents.weekly.facts import Facts, FinanceFacts, InsightsFacts, MarketingFacts, figures_of
from agents.weekly.model_words import ModelWriter
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import (
    SPECIALISTS,
    AlertLine,
    ChurnReport,
    CohortLine,
    DriverLine,
    ForecastModel,
    ForecastReport,
    Metric,
    SegmentLine,
    SpecialistName,
    Status,
    WeeklyPeriod,
    WeeklyProgress,
    WeeklyReport,
)
from agents.weekly.specialists import Specialist, Task, assumptions_of, specialists
from agents.weekly.words import RuleWriter
from analytics.figures import Figure, Known, ratio
from analytics.period import Period, last_complete_week, month_of

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
        alerts = RuleWriter(policy).alerts(finished.findings)
        report = WeeklyReport(
            period=WeeklyPeriod(start=week.start, end=week.last, as_of=day),
            currency=currency,
            sample=sample,
            metrics=_metrics(finished, policy, currency),
            segments=_segments(finished),
            churn=_churn(finished, policy),
            cohorts=_cohorts(finished),
            forecast=_forecast(finished, week, policy),
            alerts=_alerts(finished, alerts),
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
            finished.findings,
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
            self._specialists, writer, lambda facts: findings(facts, basis, sample=task.sample)
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


def findings(facts: Mapping[SpecialistName, Facts], basis: Basis, *, sample: bool) -> Findings:
    """What the texts are written from: the facts, what needs more than one specialist, and the sheet of them all."""
    together = add_up(facts)
    return Findings(facts, together, sheet_of(facts, together, basis), sample)


def add_up(facts: Mapping[SpecialistName, Facts]) -> tuple[Figure, ...]:
    """LTV:CAC: what customers have brought in margin by what a paid one costs, a blended one where that is unknown."""
    known = {one.name: one for found in facts.values() for one in figures_of(found)}
    lacking = Known.unknown("the customers or the costs could not be counted")
    ltv, paid, blended = (
        Known(known[name].value, known[name].reason) if name in known else lacking
        for name in ("ltv_historic", "cac_paid", "cac_blended")
    )
    found = ratio(ltv, paid if paid.value is not None else blended, "a new customer cost nothing")
    before = None
    then = {name: one.previous for name, one in known.items()}
    cost_then = then.get("cac_paid") or then.get("cac_blended")
    value_then = then.get("ltv_historic")
    if value_then is not None and cost_then:
        before = value_then / cost_then
    return (Figure("ltv_cac", "ratio", found.value, before, found.reason),)


def _metrics(finished: Finished, policy: WeeklyPolicy, currency: str) -> tuple[Metric, ...]:
    found = [one for facts in finished.facts.values() for one in figures_of(facts)]
    return tuple(
        Metric(
            name=one.name,
            value=one.value,
            unit=one.unit,
            previous=one.previous,
            change=one.change,
            status=_status(one, policy, currency),
            reason=one.reason,
        )
        for one in (*found, *finished.findings.together)
    )


def _status(figure: Figure, policy: WeeklyPolicy, currency: str) -> Status:
    from analytics.currency import minor_units  # noqa: PLC0415

    if figure.value is None:
        return "unknown"
    aims = policy.finance
    limits: dict[str, bool] = {
        "ltv_cac": figure.value < aims.ltv_cac_target,
        "runway": figure.value < aims.runway_months_at_least,
        "mer": figure.value < 1 / aims.contribution_margin,
        "pacing": figure.value < 0.95,
        "budget_variance": figure.value < -0.05,
        "budget_variance_marketing_spend": figure.value < -0.05,
    }
    if aims.cac_target is not None:
        limits["cac_blended"] = figure.value > aims.cac_target * minor_units(currency)
    return "watch" if limits.get(figure.name, False) else "ok"


def _segments(finished: Finished) -> tuple[SegmentLine, ...]:
    facts = finished.facts.get("insights")
    if not isinstance(facts, InsightsFacts):
        return ()
    return tuple(
        SegmentLine(name=one.name, customers=one.customers, share=one.share, value=one.value)
        for one in facts.segments
    )


def _churn(finished: Finished, policy: WeeklyPolicy) -> ChurnReport:
    given = policy.predictions
    empty = ChurnReport(horizon_days=given.churn_days, threshold=given.churn_alarm)
    facts = finished.facts.get("insights")
    if not isinstance(facts, InsightsFacts):
        return empty.model_copy(update={"reason": "the specialist for insights failed"})
    churn = facts.churn
    if churn.probability is None or churn.model is None or churn.recency_alone is None:
        return empty.model_copy(update={"reason": churn.reason})
    return empty.model_copy(
        update={
            "auc": churn.model.auc,
            "brier": churn.model.brier,
            "baseline_auc": churn.recency_alone.auc,
            "baseline_brier": churn.recency_alone.brier,
            "judged_customers": churn.judged,
            "judged_at": churn.judged_at,
            "warned": len(facts.warned),
            "warned_worth": sum(one.worth for one in facts.warned),
            "customers": facts.warned,
        }
    )


def _cohorts(finished: Finished) -> tuple[CohortLine, ...]:
    facts = finished.facts.get("insights")
    if not isinstance(facts, InsightsFacts):
        return ()
    return tuple(
        CohortLine(cohort=one.month, size=one.size, retention=one.retention) for one in facts.cohorts
    )


def _forecast(finished: Finished, week: Period, policy: WeeklyPolicy) -> ForecastReport:
    facts = finished.facts.get("finance")
    if not isinstance(facts, FinanceFacts):
        return ForecastReport(
            month=f"{month_of(week.end).start:%Y-%m}",
            so_far=None,
            level=policy.predictions.interval,
            reason="the specialist for finance failed",
        )
    one = facts.forecast
    return ForecastReport(
        month=f"{one.month:%Y-%m}",
        so_far=one.so_far,
        value=one.value,
        low=one.low,
        high=one.high,
        level=policy.predictions.interval,
        model=one.model,
        coverage=one.coverage,
        origins=one.origins,
        models=tuple(
            ForecastModel(model=each.model, coverage=each.covered, error=each.error) for each in one.beside
        ),
        reason=one.reason,
    )


def _alerts(finished: Finished, words: Sequence[Written]) -> tuple[AlertLine, ...]:
    facts = finished.facts.get("finance")
    if not isinstance(facts, FinanceFacts):
        return ()
    return tuple(
        AlertLine(
            name=one.measure,
            value=one.value,
            expected=one.expected,
            change=one.change,
            money=one.money,
            drivers=tuple(DriverLine(channel=each.channel, share=each.part) for each in one.drivers),
            text=said.text,
        )
        for one, said in zip(facts.alerts, words, strict=True)
    )
