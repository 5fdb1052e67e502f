"""Numbers of the specialists as the report has them; of a specialist who failed there is a reason, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.weekly.claims import Written
from agents.weekly.claims_figures import Basis
from agents.weekly.claims_findings import Findings, sheet_of
from agents.weekly.facts import Facts, FinanceFacts, InsightsFacts, figures_of
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import (
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
)
from analytics.currency import minor_units
from analytics.figures import Figure, Known, ratio
from analytics.period import Period, month_of


def add_together(facts: Mapping[SpecialistName, Facts], basis: Basis, *, sample: bool) -> Findings:
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


def metrics(findings: Findings, policy: WeeklyPolicy, currency: str) -> tuple[Metric, ...]:
    """Every metric, with its reason where it is not known."""
    found = [one for facts in findings.facts.values() for one in figures_of(facts)]
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
        for one in (*found, *findings.together)
    )


def _status(figure: Figure, policy: WeeklyPolicy, currency: str) -> Status:
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


def segments(findings: Findings) -> tuple[SegmentLine, ...]:
    """The segments, none without the specialist for insights."""
    facts = findings.facts.get("insights")
    if not isinstance(facts, InsightsFacts):
        return ()
    return tuple(
        SegmentLine(name=one.name, customers=one.customers, share=one.share, value=one.value)
        for one in facts.segments
    )


def churn(findings: Findings, policy: WeeklyPolicy) -> ChurnReport:
    """The early warning."""
    given = policy.predictions
    empty = ChurnReport(horizon_days=given.churn_days, threshold=given.churn_alarm)
    facts = findings.facts.get("insights")
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


def cohorts(findings: Findings) -> tuple[CohortLine, ...]:
    """The cohorts by month."""
    facts = findings.facts.get("insights")
    if not isinstance(facts, InsightsFacts):
        return ()
    return tuple(
        CohortLine(cohort=one.month, size=one.size, retention=one.retention) for one in facts.cohorts
    )


def forecast(findings: Findings, week: Period, policy: WeeklyPolicy) -> ForecastReport:
    """The forecast of the month of the week's end."""
    facts = findings.facts.get("finance")
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


def alerts(findings: Findings, words: Sequence[Written]) -> tuple[AlertLine, ...]:
    """What is out of the ordinary, each with its words."""
    facts = findings.facts.get("finance")
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
