"""`gtm weekly`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rich.table import Table

from agents.session import Session
from agents.weekly.report import Metric, WeeklyProgress, WeeklyReport
from analytics.currency import written
from apps import cli_edge as edge
from integrations import connect
from integrations.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

_TITLES = {
    "summary": "Summary",
    "finance": "Finance",
    "marketing": "Marketing",
    "insights": "Customers",
    "support": "Support",
}


def run_weekly(settings: Settings, as_of: date | None, *, as_json: bool) -> None:
    """Make the report on the last complete week, and print it."""
    session = Session(connect(settings))
    try:
        watching = edge.console(stderr=True)
        with watching.status("Reading the business data …") as status:
            done: dict[str, str] = {}

            def tell(progress: WeeklyProgress) -> None:
                done[progress.specialist] = progress.step
                status.update(", ".join(f"{name}: {step}" for name, step in done.items()))

            report = session.weekly.make(as_of, tell, by=edge.operator(), origin="shell").report
    finally:
        session.close()
    if as_json:
        edge.print_json(report.as_json())
    else:
        show(report, edge.console())


def show(report: WeeklyReport, console: Console) -> None:
    """The report for a person at a terminal."""
    sample = " (sample data)" if report.sample else ""
    console.print(f"[bold]Week {report.period.start} to {report.period.end}[/bold]{sample}\n")
    for name, title in _TITLES.items():
        if name in report.sections:
            console.print(f"[bold]{title}[/bold]")
            console.print(report.sections[name].text + "\n", markup=False)
    if report.alerts:
        console.print("[bold]Out of the ordinary[/bold]")
        for alert in report.alerts:
            console.print(f"- {alert.text}", markup=False)
        console.print()
    table = Table(box=None, pad_edge=False)
    for heading in ("metric", "value", "week before", ""):
        table.add_column(heading, justify="right" if heading in ("value", "week before") else "left")
    for one in report.metrics:
        note = "watch" if one.status == "watch" else one.reason or ""
        table.add_row(one.name, _number(one, one.value, report), _number(one, one.previous, report), note)
    console.print(table)
    for error in report.errors:
        console.print(f"{error.specialist} failed: {error.error}", markup=False, style="yellow")


def _number(metric: Metric, value: float | None, report: WeeklyReport) -> str:
    if value is None:
        return "–"
    written_as = {
        "minor": lambda: written(value, report.currency),
        "share": lambda: f"{value:.1%}",
        "count": lambda: f"{value:,}",
        "ratio": lambda: f"{value:.2f}",
        "months": lambda: f"{value:.1f} months",
        "seconds": lambda: f"{value:.0f} s",
        "days": lambda: f"{value:.0f} days",
    }
    return written_as[metric.unit]()
