"""The tables of a kept report: what its files hold, and what stands beside its charts for whoever cannot see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.weekly.edition import Edition
from agents.weekly.labels import UNKNOWN, change_said, label, said, whole
from agents.weekly.report import WeeklyReport
from analytics.currency import minor_units
from analytics.definitions import DEFINITIONS
from analytics.figures import Number, Unit


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a table with its unit; without a value it is not known."""

    value: Number | None
    unit: Unit

    def said(self, currency: str) -> str:
        """As a person writes it."""
        return said(self.value, self.unit, currency)

    def whole(self, currency: str) -> Number | None:
        """As a spreadsheet wants it."""
        return None if self.value is None else whole(self.value, self.unit, currency)


Cell = str | Measure | None
"""Words, a number, or nothing at all where nothing belongs."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `empty` is said in place of rows where there are none."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing to show yet."


def cell_said(cell: Cell, currency: str) -> str:
    """A cell as a person reads it."""
    return "" if cell is None else cell if isinstance(cell, str) else cell.said(currency)


def report_tables(edition: Edition) -> tuple[Table, ...]:
    """The tables of a report, the metrics first."""
    report = edition.report
    return (
        _metrics(report),
        _segments(edition),
        _churn(report),
        _channels(edition),
        _alerts(report),
        _cohorts(report),
        _forecast(report),
    )


def chart_tables(edition: Edition) -> tuple[Table, ...]:
    """What the charts over time show; the others show a table of the report."""
    rows, currency = edition.rows, edition.report.currency
    return (
        _pivot("revenue_by_week", "Net revenue a week", rows.get("revenue", ()), ("week", "of", "net"), currency),
        _pivot("spend_by_week", "Spend a week", rows.get("spend", ()), ("week", "channel", "spend"), currency),
        _months(rows.get("forecast", ()), currency),
    )  # fmt: skip


def _metrics(report: WeeklyReport) -> Table:
    return Table(
        "metrics",
        "All metrics",
        ("metric", "value", "week before", "change", "status", "reason", "definition", "name"),
        tuple(
            (
                label(one.name),
                Measure(one.value, one.unit),
                None if one.previous is None else Measure(one.previous, one.unit),
                change_said(one.change, one.unit),
                one.status,
                one.reason,
                DEFINITIONS.get(one.name),
                one.name,
            )
            for one in report.metrics
        ),
        "No metric could be counted.",
    )


def _segments(edition: Edition) -> Table:
    moved = {str(row["segment"]): row.get("moved") for row in edition.rows.get("segments", ())}
    return Table(
        "segments",
        "Segments",
        ("segment", "customers", "since last week", "share", "net revenue so far"),
        tuple(
            (
                one.name,
                Measure(one.customers, "count"),
                _moved(moved.get(one.name)),
                Measure(one.share, "share"),
                Measure(one.value, "minor"),
            )
            for one in edition.report.segments
        ),
        "There are no customers to sort into segments.",
    )


def _moved(count: str | float | None) -> Cell:
    return f"{count:+d}" if isinstance(count, int) else UNKNOWN


def _churn(report: WeeklyReport) -> Table:
    return Table(
        "churn",
        "Likely to stop",
        ("customer", "probability", "worth a year", "why"),
        tuple(
            (one.customer_id, Measure(one.probability, "share"), Measure(one.worth, "minor"), one.why)
            for one in report.churn.customers
        ),
        "Nobody is named.",
    )


def _channels(edition: Edition) -> Table:
    units = minor_units(edition.report.currency)

    def money(row: Mapping[str, str | float | None], name: str) -> Measure:
        value = row.get(name)
        return Measure(round(value * units) if isinstance(value, int | float) else None, "minor")

    def number(row: Mapping[str, str | float | None], name: str, unit: Unit) -> Measure:
        value = row.get(name)
        return Measure(value if isinstance(value, int | float) else None, unit)

    return Table(
        "channels",
        "Channels",
        ("channel", "spend", "spend before", "net revenue", "net revenue before", "ROAS",
         "ROAS before", "new customers", "CAC", "not known because"),
        tuple(
            (str(row["channel"]).replace("_", " "), money(row, "spend"), money(row, "spend_before"), money(row, "net"),
             money(row, "net_before"), number(row, "roas", "ratio"), number(row, "roas_before", "ratio"),
             number(row, "new_customers", "count"), money(row, "cac"), str(row.get("reason") or ""))
            for row in edition.rows.get("channels", ())
        ),
        "No channel sold or cost anything in this week or the one before.",
    )  # fmt: skip


def _alerts(report: WeeklyReport) -> Table:
    def unit(name: str) -> Unit:
        return "count" if name in ("orders", "new_customers") else "minor"

    return Table(
        "alerts",
        "Out of the ordinary",
        ("what", "value", "to be expected", "difference", "worth", "drivers"),
        tuple(
            (
                label(one.name),
                Measure(one.value, unit(one.name)),
                Measure(one.expected, unit(one.name)),
                f"{one.change:+.0%}",
                Measure(one.money, "minor"),
                ", ".join(f"{each.channel.replace('_', ' ')} {each.share:.0%}" for each in one.drivers),
            )
            for one in report.alerts
        ),
        "Nothing is out of the ordinary.",
    )


def _cohorts(report: WeeklyReport) -> Table:
    months = max((len(one.retention) for one in report.cohorts), default=0)
    return Table(
        "cohorts",
        "Who bought again, by month of the first order",
        ("first order", "customers", *(f"month {month}" for month in range(1, months))),
        tuple(
            (
                one.cohort,
                Measure(one.size, "count"),
                *(Measure(share, "share") for share in one.retention[1:]),
                *([None] * (months - max(len(one.retention), 1))),
            )
            for one in report.cohorts
        ),
        "There is no month of first orders to follow yet.",
    )


def _forecast(report: WeeklyReport) -> Table:
    one = report.forecast
    models = tuple(
        (f"model {each.model}: intervals that held", Measure(each.coverage, "share")) for each in one.models
    )
    return Table(
        "forecast",
        "Forecast",
        ("what", "value"),
        (
            ("month", one.month),
            ("net revenue so far", Measure(one.so_far, "minor")),
            ("net revenue of the month", Measure(one.value, "minor")),
            (f"{one.level:.0%} interval from", Measure(one.low, "minor")),
            (f"{one.level:.0%} interval to", Measure(one.high, "minor")),
            ("intervals that held", Measure(one.coverage, "share")),
            ("earlier stretches", Measure(one.origins, "count")),
            *models,
            *([("why there is none", one.reason)] if one.reason else []),
        ),
    )


def _pivot(
    name: str,
    title: str,
    rows: Sequence[Mapping[str, str | float | None]],
    fields: tuple[str, str, str],
    currency: str,
) -> Table:
    """Rows of a chart with a line a period and a column a series."""
    period, series, value = fields
    units = minor_units(currency)
    names = list(dict.fromkeys(str(row[series]) for row in rows))
    found: dict[str, dict[str, Cell]] = {}
    for row in rows:
        number = row[value]
        cell = Measure(round(number * units) if isinstance(number, int | float) else None, "minor")
        found.setdefault(str(row[period]), {})[str(row[series])] = cell
    lines = tuple((at, *(cells.get(each) for each in names)) for at, cells in found.items())
    return Table(name, title, (period, *(each.replace("_", " ") for each in names)), lines)


def _months(rows: Sequence[Mapping[str, str | float | None]], currency: str) -> Table:
    units = minor_units(currency)

    def money(value: str | float | None) -> Cell:
        return Measure(round(value * units), "minor") if isinstance(value, int | float) else None

    return Table(
        "revenue_by_month",
        "Net revenue a month",
        ("month", "net revenue", "from", "to", "sold or forecast"),
        tuple(
            (str(row["month"]), money(row["net"]), money(row["low"]), money(row["high"]), str(row["of"]))
            for row in rows
        ),
    )
