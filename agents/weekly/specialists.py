"""The four specialists: each reads the store and finds its facts. They know numbers, no words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.domain import DeskFigures
from agents.gaps import Gap
from agents.ports import Warehouse
from agents.weekly.facts import Facts, FinanceFacts, InsightsFacts, MarketingFacts, SupportFacts
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import AtRisk, SpecialistName
from analytics.figures import AlertRules, Assumptions, Figure, Unit
from analytics.period import Period

if TYPE_CHECKING:
    import pandas as pd

    from analytics.books import Books
    from analytics.churn import Churn

_OUT_OF_REACH = ("Churned", "Hibernating")
_MOST_WARNED = 500


@dataclass(frozen=True)
class Task:
    """What a specialist is given."""

    warehouse: Warehouse
    books: Books
    week: Period
    assumptions: Assumptions
    desk: DeskFigures
    desk_before: DeskFigures
    sample: bool
    find_gaps: Callable[[], Sequence[Gap]] = tuple
    """What customers asked the desk in the week and no document answers."""


Specialist = Callable[[Task], Facts]


def specialists() -> Mapping[SpecialistName, Specialist]:
    """Each specialist under its name."""
    return {
        "finance": find_finance,
        "marketing": find_marketing,
        "insights": find_insights,
        "support": find_support,
    }


def assumptions_of(policy: WeeklyPolicy) -> Assumptions:
    """What the policy says the numbers are counted with."""
    foretold, alarms = policy.predictions, policy.alerts
    return Assumptions(
        margin=policy.finance.contribution_margin,
        discount_rate=policy.finance.discount_rate_a_year,
        paid_channels=frozenset(policy.attribution.paid_channels),
        cost_lines=frozenset(policy.finance.cost_lines),
        move_share=policy.attribution.move_share,
        churn_days=foretold.churn_days,
        churn_alarm=foretold.churn_alarm,
        customers_at_least=foretold.customers_at_least,
        days_at_least=foretold.days_at_least,
        interval=foretold.interval,
        alerts=AlertRules(alarms.at_most, alarms.deviations, alarms.worse_by, alarms.weeks_of_history),
    )


# The engines are imported when a specialist first works: `gtm --help` does without them.


def find_finance(task: Task) -> FinanceFacts:
    """Revenue, acquisition, cash, budget, forecast, and what is out of the ordinary."""
    from analytics.alerts import alerts  # noqa: PLC0415
    from analytics.finance import finance  # noqa: PLC0415
    from analytics.forecast import forecast_month  # noqa: PLC0415

    given = task.assumptions
    return FinanceFacts(
        tuple(finance(task.books, task.week, given)),
        forecast_month(task.books, task.week, given.interval, given.days_at_least),
        tuple(alerts(task.books, task.week, given.alerts)),
    )


def find_marketing(task: Task) -> MarketingFacts:
    """Channels, where to move budget, and the campaigns under way."""
    from analytics.marketing import channels, running_campaigns, suggest_move  # noqa: PLC0415

    found = channels(task.books, task.week)
    with task.warehouse.reading() as tables:
        campaigns = running_campaigns(tables.campaigns, task.week)
    return MarketingFacts(
        tuple(found), suggest_move(task.books, task.week, found, task.assumptions), tuple(campaigns)
    )


def find_support(task: Task) -> SupportFacts:
    """Tickets of the week; where none were imported, or only a sample's, what the desk has in its own log.

    Beside them what customers asked the desk and no document answers.
    """
    from analytics.support import support  # noqa: PLC0415

    with task.warehouse.reading() as tables:
        found = support(tables.tickets, task.week)
    imported = any(one.name == "support_volume" and one.value for one in found.figures)
    gaps = _lasting(task.find_gaps()) if task.desk.asked else ()
    if not task.desk.asked or (imported and not task.sample):
        return SupportFacts(found.figures, found, gaps=gaps)
    rated = tuple(one for one in found.figures if one.name == "nps_proxy" and not task.sample)
    return SupportFacts((*_desk_figures(task.desk, task.desk_before), *rated), found, of_desk=True, gaps=gaps)


def _lasting(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """What is asked by more than one and still not answered: a single question may tell of a person."""
    return tuple(one for one in gaps if one.conversations > 1 and not one.answered_now)


def _desk_figures(now: DeskFigures, before: DeskFigures) -> tuple[Figure, ...]:
    """The desk's own figures under the names of the tickets'."""

    def share(figures: DeskFigures, of: int) -> float | None:
        return of / figures.asked if figures.asked else None

    rows: tuple[tuple[str, Unit, float | None, float | None], ...] = (
        ("support_volume", "count", now.asked, before.asked),
        ("support_answered", "share", share(now, now.answered), share(before, before.answered)),
        ("support_escalated", "share", share(now, now.escalated), share(before, before.escalated)),
        ("support_resolved", "share", now.deflection, before.deflection),
        ("first_response_time", "seconds", now.bot_response_p50, before.bot_response_p50),
    )
    return tuple(
        Figure(name, unit, value, then, None if value is not None else "the desk's log does not tell it")
        for name, unit, value, then in rows
    )


def find_insights(task: Task) -> InsightsFacts:
    """Segments, cohorts, who is about to go, and what customers are worth."""
    from analytics.churn import read_buyers  # noqa: PLC0415
    from analytics.customers import cohorts, segments  # noqa: PLC0415

    week = task.week
    with task.warehouse.reading() as tables:
        buyers = read_buyers(tables, week.end)
        before = read_buyers(tables, week.start)
        found = cohorts(tables.documents, week.end)
        churn = _churn(task, tables, buyers)
    return InsightsFacts(
        customers=len(buyers),
        figures=(
            _counted("customers", buyers, before),
            _historic(task, buyers, before),
            _predicted(task, buyers),
        ),
        segments=tuple(segments(buyers, before)),
        cohorts=tuple(found),
        churn=churn,
        at_risk=tuple(buyers["customer_id"][buyers["segment"] == "At Risk"].to_list()),
        warned=_warned(task, buyers, churn),
    )


def _counted(name: str, now: pd.DataFrame, before: pd.DataFrame) -> Figure:
    if now.empty:
        return Figure(name, "count", None, None, "no customer has ordered up to the end of this week")
    return Figure(name, "count", len(now), len(before))


def _historic(task: Task, now: pd.DataFrame, before: pd.DataFrame) -> Figure:
    """The mean of net revenue so far by margin."""
    if now.empty:
        return Figure(
            "ltv_historic", "minor", None, None, "no customer has ordered up to the end of this week"
        )
    margin = task.assumptions.margin
    then = None if before.empty else round(float(before["net"].sum()) / len(before) * margin)
    return Figure("ltv_historic", "minor", round(float(now["net"].sum()) / len(now) * margin), then)


def _gate(task: Task, buyers: pd.DataFrame) -> str | None:
    """Why nothing is foretold of customers, or None where it may be."""
    given = task.assumptions
    if len(buyers) < given.customers_at_least:
        known = f"{len(buyers):,} {'customer is' if len(buyers) == 1 else 'customers are'} known"
        return f"{known}; {given.customers_at_least:,} are needed"
    first = buyers["first_day"].min().date()
    if (task.week.end - first).days < given.days_at_least:
        return f"{(task.week.end - first).days} days of orders are known; {given.days_at_least} are needed"
    if not (buyers["orders"] >= 3).any():
        return "nobody has ordered three times yet"
    return None


def _churn(task: Task, tables: object, buyers: pd.DataFrame) -> Churn:
    from analytics.churn import Churn, predict_churn  # noqa: PLC0415
    from analytics.tables import Tables  # noqa: PLC0415

    closed = _gate(task, buyers)
    if closed is not None or not isinstance(tables, Tables):
        return Churn(None, closed)
    return predict_churn(tables, buyers, task.week.end, task.assumptions.churn_days)


def _predicted(task: Task, buyers: pd.DataFrame) -> Figure:
    """What a customer will bring within a year, in the mean."""
    import pandas as pd  # noqa: PLC0415

    from analytics.clv import predict_worth  # noqa: PLC0415

    reason = _gate(task, buyers)
    if reason is not None:
        return Figure("ltv_predicted", "minor", None, None, reason)
    known = (pd.Timestamp(task.week.end) - buyers["first_day"]).dt.days
    found = predict_worth(buyers, known, task.assumptions.margin, task.assumptions.discount_rate)
    if found.predicted is None:
        return Figure("ltv_predicted", "minor", None, None, found.reason)
    return Figure("ltv_predicted", "minor", round(float(found.predicted.mean())))


def _warned(task: Task, buyers: pd.DataFrame, churn: Churn) -> tuple[AtRisk, ...]:
    """Those above the alarm who are still in reach and have left something over, by what they bring in a year."""
    if churn.probability is None:
        return ()
    people = buyers.assign(probability=churn.probability)
    in_reach = (people["recency"] <= 2 * task.assumptions.churn_days) & ~people["segment"].isin(_OUT_OF_REACH)
    alarming = people["probability"] >= task.assumptions.churn_alarm
    people = people[alarming & in_reach & (people["net"] > 0)]
    years = (people["recency"] + (people["last_day"] - people["first_day"]).dt.days).clip(lower=365) / 365
    people = people.assign(worth=people["net"] * task.assumptions.margin / years)
    people = people.sort_values(["worth", "probability"], ascending=False, kind="stable")
    return tuple(
        AtRisk(
            customer_id=str(row["customer_id"]),
            probability=round(float(row["probability"]), 4),
            worth=round(float(row["worth"])),
            why=_why(int(row["orders"]), int(row["recency"]), row["median_gap"]),
            orders=int(row["orders"]),
            usual_days=None if row["orders"] == 1 else float(row["median_gap"]),
            days_since=int(row["recency"]),
        )
        for _, row in people.head(_MOST_WARNED).iterrows()
    )


def _why(orders: int, recency: int, gap: float) -> str:
    if orders == 1:
        return f"ordered once, {recency} days ago"
    return f"ordered {orders} times, usually after {round(gap)} days, last {recency} days ago"
