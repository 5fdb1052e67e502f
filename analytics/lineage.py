"""How each number of a report was found: the SQL that gives it, or a formula over numbers with theirs.

Nothing is run. The SQL is plain enough for every engine, and is written when it is asked for. Money is in minor units.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from analytics.figures import Assumptions
from analytics.period import Period, month_of
from analytics.tables import Tables, buyers

if TYPE_CHECKING:
    from ibis import Table

_FORMULAS: Final[Mapping[str, tuple[str, str]]] = {
    "average_order_value": ("gross_revenue", "orders"),
    "cac_blended": ("marketing_spend", "new_customers"),
    "cac_paid": ("marketing_spend (paid channels)", "new_customers (paid channels)"),
    "roas": ("net_revenue (paid channels)", "marketing_spend (paid channels)"),
    "mer": ("net_revenue", "marketing_spend"),
    "runway": ("cash_balance", "net_burn"),
    "ltv_cac": ("ltv_historic", "cac_paid"),
    "ltv_cac (blended)": ("ltv_historic", "cac_blended"),
}
_PAID: Final = " (paid channels)"
_NEW: Final = "SUM(CASE WHEN seq = 1 THEN positive ELSE 0 END)"
_SUMS: Final[Mapping[str, str]] = {
    "gross_revenue": "SUM(gross)",
    "discounts": "SUM(discount)",
    "refunds": "SUM(gross - discount - net)",
    "net_revenue": "SUM(net)",
    "orders": "SUM(positive)",
    "new_customers": _NEW,
    "marketing_spend": "SUM(amount)",
}
_CHANNEL: Final = {"net": "net_revenue", "spend": "marketing_spend"}
_RATES: Final = {"roas": ("net", "spend"), "cac": ("spend", "new_customers")}
_TICKETS: Final[Mapping[str, str]] = {
    "support_volume": "COUNT(*)",
    "support_answered": "AVG(CASE WHEN answered_by = 'bot' THEN 1.0 ELSE 0.0 END)",
    "support_escalated": "AVG(CASE WHEN status = 'escalated' THEN 1.0 ELSE 0.0 END)",
    "support_resolved": "AVG(CASE WHEN status = 'resolved' THEN 1.0 ELSE 0.0 END)",
    "first_response_time": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY first_response_seconds)",
}


class Lineage:
    """The queries of one report. Safe to share between threads: what is written twice is the same."""

    def __init__(self, tables: Tables, week: Period, assumptions: Assumptions) -> None:
        """Of the tables only their names and columns are used, so that they may be closed by then."""
        self._tables = tables
        self._week = week
        self._assumptions = assumptions

    def metric(self, name: str, weeks_before: int = 0) -> str:
        """The query of a metric of DEFINITIONS in the week, or in one before it; empty where there is none."""
        return self._metric(name, self._week.before(weeks_before))

    def change(self, name: str, weeks_before: int) -> str:
        """How the change of a metric against an earlier week is found."""
        earlier = f"{name} {weeks_before} week{'s' if weeks_before > 1 else ''} before"
        return together(
            f"({name} - {earlier}) / |{earlier}|",
            {name: self.metric(name), earlier: self.metric(name, weeks_before)},
        )

    def channel(self, measure: str, channel: str, weeks_before: int = 0) -> str:
        """A measure of one channel: net, spend, orders, new_customers, roas or cac."""
        period = self._week.before(weeks_before)
        if measure not in _RATES:
            return self._sum(measure, period, [channel])
        above, below = _RATES[measure]
        parts = {part: self._sum(part, period, [channel]) for part in (above, below)}
        return together(f"{above} / {below}", parts)

    def weekly(self, measure: str, weeks: int) -> str:
        """A measure of every week of the last ones, from which what is usual is taken."""
        since = Period(self._week.before(weeks).start, self._week.end)
        table, where = self._sold_or_spent(measure), _inside(since)
        week = "DATE_TRUNC('week', day)"
        return f"SELECT {week} AS week, {_SUMS[measure]} AS value FROM {table} WHERE {where} GROUP BY {week} ORDER BY 1"  # noqa: S608 - shown, never run

    def daily_net(self) -> str:
        """Net revenue a day, from which the forecast learns."""
        orders, end = _name(self._tables.orders), _day(self._week.end)
        return f"SELECT day, SUM(net) AS net FROM {orders} WHERE day < {end} GROUP BY day ORDER BY day"  # noqa: S608 - as above

    def segment(self, name: str, what: str) -> str:
        """Of a segment: its `customers`, their net revenue (`value`), their `share`, by how many it has `moved`."""
        own = f"segment = {_text(name)}"
        if what == "share":
            return self._of_people(f"AVG(CASE WHEN {own} THEN 1.0 ELSE 0.0 END)")
        counted = self._of_people("SUM(net)" if what == "value" else "COUNT(*)", own)
        if what != "moved":
            return counted
        before = f"the same, with {self._week.start} in place of {self._week.end}"
        return together(f"customers - customers a week before ({before})", {"customers": counted})

    def cohort(self, month: str, *, size_only: bool = False) -> str:
        """The size of a cohort (its month as 2026-10), or which share of it bought in the month after."""
        first = month_of(date(int(month[:4]), int(month[5:]), 1))
        after = month_of(first.end)
        bought = f"SUM(CASE WHEN {_inside(after)} THEN 1 ELSE 0 END)"
        picked = "COUNT(*)" if size_only else "AVG(CASE WHEN again > 0 THEN 1.0 ELSE 0.0 END)"
        buyer = (
            f"SELECT customer_id, MIN(day) AS first_day, {bought} AS again FROM {_name(self._tables.orders)} "  # noqa: S608 - as above
            f"WHERE seq IS NOT NULL AND day < {_day(self._week.end)} GROUP BY customer_id"
        )
        inside = _inside(first).replace("day", "first_day")
        return f"SELECT {picked} AS value FROM ({buyer}) AS buyers WHERE {inside}"  # noqa: S608 - as above

    def tickets(self, what: str, weeks_before: int = 0) -> str:
        """A figure of the week's tickets; empty where it is not a plain query."""
        if what not in _TICKETS:
            return ""
        where = _inside(self._week.before(weeks_before))
        return f"SELECT {_TICKETS[what]} AS value FROM {_name(self._tables.tickets)} WHERE {where}"  # noqa: S608 - as above

    def topic(self, name: str, *, escalated: bool = False, weeks: int = 0) -> str:
        """How many tickets of the week, or a week in the mean of so many before it, were about a topic."""
        period = Period(self._week.before(weeks).start, self._week.start) if weeks else self._week
        where = f"{_inside(period)} AND topic = {_text(name)}" + (" AND status = 'escalated'" * escalated)
        counted = f"COUNT(*) / {weeks}.0" if weeks else "COUNT(*)"
        return f"SELECT {counted} AS value FROM {_name(self._tables.tickets)} WHERE {where}"  # noqa: S608 - as above

    def campaign(self, name: str) -> str:
        """The row of a campaign."""
        columns = "recipients, recipients_ordered, held_out, held_out_ordered"
        return f"SELECT {columns} FROM {_name(self._tables.campaigns)} WHERE campaign = {_text(name)}"  # noqa: S608 - as above

    def _metric(self, name: str, week: Period) -> str:
        """As `metric`, of any week."""
        whole = name.removesuffix(_PAID)
        if name in _FORMULAS:
            above, below = _FORMULAS[name]
            parts = {part: self._metric(part, week) for part in (above, below)}
            return together(f"{above} / {below}", parts)
        if whole in _SUMS:
            only = sorted(self._assumptions.paid_channels) if name.endswith(_PAID) else None
            return self._sum(whole, week, only)
        if name.endswith("_yoy"):
            return self.change(name.removesuffix("_yoy"), 52)
        return self._other(name, week)

    def _other(self, name: str, week: Period) -> str:
        margin = f"{self._assumptions.margin:g}"
        if name == "break_even_mer":
            return f"1 / {margin} (finance.contribution_margin of policies/weekly.yaml)"
        if name in ("cash_balance", "gross_burn", "net_burn"):
            return self._cash(name, week)
        if name.startswith("budget_variance") or name == "pacing":
            return self._planned(name, week)
        if name in ("customers", "ltv_historic"):
            return self._of_people("COUNT(*)" if name == "customers" else f"SUM(net) * {margin} / COUNT(*)")
        if name == "ltv_predicted":
            return together("BG/NBD x Gamma-Gamma x margin, discounted", {"customers": self._people})
        return (
            self._rated(week) if name == "nps_proxy" else self.tickets(name, 0 if week == self._week else 1)
        )

    def _rated(self, week: Period) -> str:
        """Of each customer's last rated ticket in 90 days."""
        where = _inside(Period(week.end - timedelta(days=90), week.end))
        last = (
            "SELECT satisfaction, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY day DESC, ticket_id DESC) AS n "  # noqa: S608 - as above
            f"FROM {_name(self._tables.tickets)} "
            f"WHERE satisfaction IS NOT NULL AND customer_id IS NOT NULL AND {where}"
        )
        score = "AVG(CASE satisfaction WHEN 'positive' THEN 1.0 WHEN 'negative' THEN -1.0 ELSE 0.0 END)"
        return f"SELECT {score} AS value FROM ({last}) AS rated WHERE n = 1"  # noqa: S608 - as above

    def _sum(self, measure: str, period: Period, channels: Collection[str] | None) -> str:
        measure = _CHANNEL.get(measure, measure)
        where = _inside(period)
        if channels is not None:
            listed = f"channel IN ({', '.join(map(_text, channels))})"
            where += f" AND ({listed} OR channel IS NULL)" if "unknown" in channels else f" AND {listed}"
        return f"SELECT {_SUMS[measure]} AS value FROM {self._sold_or_spent(measure)} WHERE {where}"  # noqa: S608 - as above

    def _sold_or_spent(self, measure: str) -> str:
        return _name(self._tables.spend if measure == "marketing_spend" else self._tables.orders)

    def _cash(self, name: str, week: Period) -> str:
        cash, end = _name(self._tables.cash), month_of(week.end).start
        if name == "cash_balance":
            last = f"SELECT account, MAX(day) AS day FROM {cash} WHERE balance IS NOT NULL AND day < {_day(week.end)}"  # noqa: S608 - as above
            joined = f"{cash} JOIN ({last} GROUP BY account) AS last USING (account, day)"
            return f"SELECT SUM(balance) AS value FROM {joined}"  # noqa: S608 - as above
        start = end
        for _ in range(3):
            start = month_of(start - timedelta(days=1)).start
        gone = "cash_out" if name == "gross_burn" else "cash_out - cash_in"
        return f"SELECT SUM({gone}) / 3.0 AS value FROM {cash} WHERE {_inside(Period(start, end))}"  # noqa: S608 - as above

    def _planned(self, name: str, week: Period) -> str:
        item = "marketing_spend" if name.endswith("marketing_spend") else "net_revenue"
        last_whole = month_of(month_of(week.end).start - timedelta(days=1))
        month = month_of(week.last) if name == "pacing" else last_whole
        where = f"month = {_day(month.start)} AND item = {_text(item)}"
        planned = f"SELECT SUM(amount) AS value FROM {_name(self._tables.budget)} WHERE {where}"  # noqa: S608 - as above
        if name == "pacing":
            month = Period(month.start, week.end)
            formula = "actual / (planned x the share of the month's weekdays gone, as they sold in the last 8 weeks)"
        else:
            cost = item in self._assumptions.cost_lines
            formula = "(planned - actual) / |planned|" if cost else "(actual - planned) / |planned|"
        return together(formula, {"actual": self._sum(item, month, None), "planned": planned})

    def _of_people(self, picked: str, where: str = "") -> str:
        only = f" WHERE {where}" if where else ""
        return f"SELECT {picked} AS value FROM (\n{self._people}\n) AS buyers{only}"  # noqa: S608 - as above

    @cached_property
    def _people(self) -> str:
        """The customers with their segments as of the week's end."""
        import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

        documents = self._tables.documents
        found = buyers(documents, self._tables.names, self._week.end)
        return str(ibis.to_sql(found, dialect=documents.get_backend().name))


def _name(table: Table) -> str:
    name: str = table.get_name()
    return name


def _inside(period: Period) -> str:
    return f"day >= {_day(period.start)} AND day < {_day(period.end)}"


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def together(formula: str, parts: Mapping[str, str]) -> str:
    """A formula, then the query of each number in it."""
    return "\n\n".join([formula, *(f"-- {name}\n{query}" for name, query in parts.items() if query)])
