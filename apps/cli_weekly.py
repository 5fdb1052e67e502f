"""`gtm weekly`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from agents.session import Session
from agents.weekly.labels import SECTIONS, said
from agents.weekly.report import WeeklyProgress, WeeklyReport
from analytics.figures import Unit
from apps import cli_edge as edge
from apps.reports.writing import checked_ending, write_report
from integrations import connect
from integrations.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

_TITLES = {"summary": "Summary", **SECTIONS}


def run_weekly(settings: Settings, as_of: date | None, out: Path | None = None, *, as_json: bool) -> None:
    """Make the report on the last complete week, and print it; with `out` also write it to that file."""
    if out is not None:
        checked_ending(out)
    session = Session(connect(settings))
    try:
        watching = edge.console(stderr=True)
        with watching.status("Reading the business data …") as status:
            done: dict[str, str] = {}

            def tell(progress: WeeklyProgress) -> None:
                done[progress.specialist] = progress.step
                status.update(", ".join(f"{name}: {step}" for name, step in done.items()))

            edition = session.weekly.make(as_of, tell, by=edge.operator(), origin="shell")
    finally:
        session.close()
    report = edition.report
    if out is not None:
        for file in write_report(edition, out):
            watching.print(f"Wrote {file}", markup=False, highlight=False)
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
        now, before = (
            _number(value, one.unit, one.name, report.currency) for value in (one.value, one.previous)
        )
        table.add_row(one.name, now, before, note)
    console.print(table)
    for error in report.errors:
        console.print(f"{error.specialist} failed: {error.error}", markup=False, style="yellow")


def _number(value: float | None, unit: Unit, name: str, currency: str) -> str:
    return "–" if value is None else said(value, unit, currency, name)
