"""What each specialist looks up for a question; they share nothing, and may work at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agents.inquiry.assignment import Assignment
from agents.inquiry.spans import before
from agents.ports import Services
from agents.weekly.facts import InsightsFacts
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import AtRisk, SpecialistName
from agents.weekly.specialists import Task, assumptions_of, find_insights
from analytics.figures import Assumptions, Figure, Known, ratio
from analytics.inquiries.change import Part, by_part, causes
from analytics.inquiries.query import KINDS, Kind, Measured, Query
from analytics.period import Period

if TYPE_CHECKING:
    from analytics.forecast import Forecast
    from analytics.inquiries.people import Customer
    from analytics.inquiries.tickets import Pleased


@dataclass(frozen=True)
class Seen:
    """What one look has found; most of it is empty for any one question."""

    now: Measured | None = None
    before: Measured | None = None
    year_ago: tuple[Known, Known] | None = None
    """The same measure over both periods a year earlier."""
    causes: tuple[Part, ...] = ()
    parts: Mapping[Kind, tuple[Part, ...]] | None = None
    customers: tuple[Customer, ...] = ()
    pleased: Pleased | None = None
    forecast: Forecast | None = None
    warned: tuple[AtRisk, ...] = ()
    cohort: tuple[str, int] | None = None
    sql: str = ""


Look = Callable[[], Seen]


@dataclass(frozen=True)
class Specialists:
    """Who knows what: gives the looks that a question needs, by specialist."""

    services: Services
    policy: WeeklyPolicy
    sample: bool
    first: date | None
    """The day of the first order."""

    def looks(self, assignment: Assignment) -> Mapping[SpecialistName, Look]:
        """One look a specialist."""
        source, who = assignment.metric.source, assignment.metric.specialist
        if assignment.why:
            found: dict[SpecialistName, Look] = {
                "finance": lambda: self._change(assignment),
                "marketing": lambda: self._parts(assignment, "channel"),
                "insights": lambda: self._parts(assignment, "country"),
            }
            wanted = {"finance", *(name for name, kind in (("marketing", "channel"), ("insights", "country"))
                                   if kind in assignment.metric.parts and _open(assignment, kind))}  # fmt: skip
            return {name: look for name, look in found.items() if name in wanted}
        looks: dict[str, Callable[[Assignment], Seen]] = {
            "sales": self._sales,
            "people": self._people,
            "best": self._best,
            "tickets": self._tickets,
            "pleased": self._pleased,
            "report": self._report,
            "forecast": self._forecast,
            "churn": self._churn,
            "retention": self._retention,
        }
        return {who: lambda: looks[source](assignment)}

    @property
    def _assumptions(self) -> Assumptions:
        return assumptions_of(self.policy)

    def _sales(self, assignment: Assignment) -> Seen:
        from analytics.inquiries.sales import measure_sales  # noqa: PLC0415 - the engines

        query, against = assignment.query, assignment.against
        with self.services.open_warehouse().reading() as tables:
            now = measure_sales(tables, query, self._assumptions)
            then = None
            if against is not None:
                by = query.by if assignment.explicit and query.by in KINDS else None
                then = measure_sales(tables, replace(query, period=against.period, by=by), self._assumptions)
        return Seen(now, then, sql=now.sql)

    def _change(self, assignment: Assignment) -> Seen:
        """Finance: both periods, what the measure is made of, and how both did a year earlier."""
        from analytics.inquiries.sales import FORMULAS, measure_sales, sums_of  # noqa: PLC0415 - as above

        query, against = replace(assignment.query, by=None), assignment.against
        assert against is not None  # noqa: S101 - the planner asks why only where there is something before
        with self.services.open_warehouse().reading() as tables:
            now = measure_sales(tables, query, self._assumptions)
            then = measure_sales(tables, query.over(against.period), self._assumptions)
            sums = [
                sums_of(tables, query.over(each), self._assumptions)
                for each in (query.period, against.period)
            ]
            year = None
            ago = [before(each, "year").period for each in (assignment.span, against)]
            if self.first is not None and self.first <= min(one.start for one in ago):
                formula = FORMULAS[query.metric]
                year_sums = [sums_of(tables, query.over(each), self._assumptions) for each in ago]
                year = (formula(year_sums[0]), formula(year_sums[1]))
        return Seen(now, then, year, causes(query.metric, sums[0], sums[1]), sql=now.sql)

    def _parts(self, assignment: Assignment, kind: Kind) -> Seen:
        """Which channel or country has what part of the change."""
        from analytics.inquiries.sales import of_paid, parts_of  # noqa: PLC0415 - as above

        against = assignment.against
        assert against is not None  # noqa: S101 - as above
        query = replace(of_paid(replace(assignment.query, by=None), self._assumptions), by=kind)
        with self.services.open_warehouse().reading() as tables:
            now = parts_of(tables, query, self._assumptions)
            then = parts_of(tables, replace(query, period=against.period), self._assumptions)
        return Seen(parts={kind: by_part(query.metric, now, then)})

    def _people(self, assignment: Assignment) -> Seen:
        from analytics.inquiries.people import measure_people  # noqa: PLC0415 - as above

        query = assignment.query
        with self.services.open_warehouse().reading() as tables:
            now = measure_people(tables, query, self._assumptions)
            then = None
            if assignment.against is not None:
                then = measure_people(tables, query.over(assignment.against.period), self._assumptions)
        return Seen(now, then, sql=now.sql)

    def _best(self, assignment: Assignment) -> Seen:
        from analytics.inquiries.people import best_customers  # noqa: PLC0415 - as above

        with self.services.open_warehouse().reading() as tables:
            found, sql = best_customers(tables, assignment.query, assignment.limit or 10)
        return Seen(customers=tuple(found), sql=sql)

    def _tickets(self, assignment: Assignment) -> Seen:
        from analytics.inquiries.tickets import measure_tickets  # noqa: PLC0415 - as above

        query, against = assignment.query, assignment.against
        with self.services.open_warehouse().reading() as tables:
            now = measure_tickets(tables, query)
            then = None if against is None else measure_tickets(tables, query.over(against.period))
        return Seen(now, then, sql=now.sql)

    def _pleased(self, assignment: Assignment) -> Seen:
        from analytics.inquiries.tickets import measure_pleased  # noqa: PLC0415 - as above

        with self.services.open_warehouse().reading() as tables:
            found = measure_pleased(tables, assignment.query)
        return Seen(Measured(found.value, sql=found.sql), pleased=found, sql=found.sql)

    def _report(self, assignment: Assignment) -> Seen:
        """As the weekly report of the week that ends with the period has it."""
        from analytics.finance import finance  # noqa: PLC0415 - as above

        name, task = assignment.query.metric, self._task(assignment.query)
        figures = {one.name: one for one in finance(task.books, task.week, task.assumptions)}
        if name in ("ltv_predicted", "ltv_cac"):
            figures |= {one.name: one for one in find_insights(task).figures}
        if name == "ltv_cac":
            figures[name] = _ltv_cac(figures)
        one = figures[name]
        then = None if one.previous is None else Measured(Known(one.previous))
        return Seen(Measured(Known(one.value, one.reason)), then)

    def _forecast(self, assignment: Assignment) -> Seen:
        from analytics.forecast import forecast_month  # noqa: PLC0415 - as above

        task = self._task(assignment.query)
        given = task.assumptions
        found = forecast_month(task.books, task.week, given.interval, given.days_at_least)
        return Seen(Measured(Known(found.value, found.reason)), forecast=found)

    def _churn(self, assignment: Assignment) -> Seen:
        facts = find_insights(self._task(assignment.query))
        churn = facts.churn
        if churn.probability is None:
            return Seen(Measured(Known.unknown(churn.reason or "there is no prediction")))
        warned = self._restricted(facts, assignment.query)
        return Seen(Measured(Known.of(len(warned))), warned=warned)

    def _restricted(self, facts: InsightsFacts, query: Query) -> tuple[AtRisk, ...]:
        """Those warned of whom the restrictions hold."""
        if not query.only:
            return facts.warned
        with self.services.open_warehouse().reading() as tables:
            people = tables.buyers(query.period.end)
            for one in query.only:
                people = people.filter(people[one.kind].isin(one.values))
            ids = set(people.select("customer_id").to_pandas()["customer_id"])
        return tuple(one for one in facts.warned if one.customer_id in ids)

    def _retention(self, assignment: Assignment) -> Seen:
        from analytics.customers import cohorts  # noqa: PLC0415 - as above

        with self.services.open_warehouse().reading() as tables:
            found = [
                one for one in cohorts(tables.orders, assignment.query.period.end) if len(one.retention) > 1
            ]
        if not found:
            return Seen(
                Measured(Known.unknown("no month's new customers have had a whole month to come back"))
            )
        last = found[-1]
        size = sum(one.size for one in found)
        mean = sum(one.retention[1] * one.size for one in found) / size
        return Seen(
            Measured(Known.of(last.retention[1]), rests_on=last.size),
            Measured(Known.of(mean)),
            cohort=(last.month, last.size),
        )

    def _task(self, query: Query) -> Task:
        from analytics.books import read_books  # noqa: PLC0415 - as above

        week = Period(query.period.end - timedelta(days=7), query.period.end)
        warehouse = self.services.open_warehouse()
        with warehouse.reading() as tables:
            books = read_books(tables, week.end)
        zone = ZoneInfo(self.policy.timezone)
        since, until = (datetime.combine(day, datetime.min.time(), zone) for day in (week.start, week.end))
        desk = self.services.ledger.figures(since, until, self.services.policy.people)
        return Task(warehouse, books, week, self._assumptions, desk, desk, self.sample)


def _open(assignment: Assignment, kind: Kind) -> bool:
    """Whether it makes sense to look at the parts of a kind: not where one of them alone is asked about."""
    only = assignment.query.restriction(kind)
    return only is None or len(only.values) > 1


def _ltv_cac(figures: Mapping[str, Figure]) -> Figure:
    """As the weekly report adds it up: by the paid CAC, by the blended one where that is unknown."""
    ltv, paid, blended = (
        Known(figures[name].value, figures[name].reason)
        for name in ("ltv_historic", "cac_paid", "cac_blended")
    )
    found = ratio(ltv, paid if paid.value is not None else blended, "a new customer cost nothing")
    return Figure("ltv_cac", "ratio", found.value, None, found.reason)
