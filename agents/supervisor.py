"""Puts the specialists to work. Now: the weekly report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agents.domain import DeskFigures
from agents.errors import BadInput
from agents.graphs.weekly import Finished, WeeklyGraph
from agents.ports import Services
from agents.weekly.facts import Facts, FinanceFacts, InsightsFacts, MarketingFacts, figures_of
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import (
    AlertLine,
    ChurnReport,
    CohortLine,
    DriverLine,
    ForecastModel,
    ForecastReport,
    Metric,
    SectionText,
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
    from analytics.tables import Standing

Tell = Callable[[WeeklyProgress], None]


@dataclass(frozen=True)
class Made:
    """A report, the rows of its charts by their names, and the ids of the segment At Risk."""

    report: WeeklyReport
    rows: Mapping[str, Rows]
    at_risk: tuple[str, ...]


class Supervisor:
    """Runs specialists over the business data. Safe to share between threads."""

    def __init__(
        self, services: Services, working: Mapping[SpecialistName, Specialist] | None = None
    ) -> None:
        """Open nothing yet; `working` takes the place of the four specialists."""
        self._services = services
        self._specialists = specialists() if working is None else working

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
        writer = RuleWriter(policy, currency)
        task = self._task(week, policy, sample=standing.sample is not None)
        finished = self._run(task, writer, tell or (lambda _progress: None))
        report = WeeklyReport(
            period=WeeklyPeriod(start=week.start, end=week.last, as_of=day),
            currency=currency,
            sample=standing.sample is not None,
            metrics=_metrics(finished, policy, currency),
            segments=_segments(finished),
            churn=_churn(finished, policy),
            cohorts=_cohorts(finished),
            forecast=_forecast(finished, week, policy),
            alerts=_alerts(finished, writer),
            sections={
                "summary": SectionText(
                    status="ok", text=writer.summary(finished.facts, standing.sample is not None)
                ),
                **finished.sections,
            },
            errors=finished.errors,
            seconds=round(time.monotonic() - started, 3),
        )
        insights = finished.facts.get("insights")
        at_risk = insights.at_risk if isinstance(insights, InsightsFacts) else ()
        return Made(report, _rows(task, finished, currency), at_risk)

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

    def _task(self, week: Period, policy: WeeklyPolicy, *, sample: bool) -> Task:
        from analytics.books import read_books  # noqa: PLC0415 - pandas and the engine

        warehouse = self._services.open_warehouse()
        with warehouse.reading() as tables:
            books = read_books(tables, week.end)
        desk, before = (self._desk(period, policy) for period in (week, week.before()))
        return Task(warehouse, books, week, assumptions_of(policy), desk, before, sample)

    def _desk(self, week: Period, policy: WeeklyPolicy) -> DeskFigures:
        """What the desk itself did in a week."""
        zone = ZoneInfo(policy.timezone)
        since, until = (datetime.combine(day, datetime.min.time(), zone) for day in (week.start, week.end))
        return self._services.ledger.figures(since, until, self._services.policy.people)

    def _run(self, task: Task, writer: RuleWriter, tell: Tell) -> Finished:
        finished: Finished | None = None
        for piece in WeeklyGraph(self._specialists, writer, add_up).run(task):
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
        for one in (*found, *finished.together)
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


def _alerts(finished: Finished, writer: RuleWriter) -> tuple[AlertLine, ...]:
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
            text=writer.alert(one),
        )
        for one in facts.alerts
    )
