"""`gtm eval support`."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from agents.policy import load_policy
from apps import cli_edge as edge
from apps.cli_progress import progress
from integrations import connect_throw_away, prepare_home
from integrations.settings import Settings
from jobs.evaluation import evaluate
from jobs.figures import FIGURES, Figures
from jobs.fitting import refit


def run_evaluation(settings: Settings, sets: list[Path], out: Path, *, fit: bool, as_json: bool) -> None:
    """Evaluate, print the figures, and refit the confidence where asked."""
    with progress() as tell:
        evaluation = evaluate(lambda home: connect_throw_away(settings, home), sets, out, tell)
    found: dict[str, object] = {**evaluation.pooled.as_json(), "out": str(out)}
    if len(evaluation.by_set) > 1:
        found["sets"] = {name: figures.as_json() for name, figures in evaluation.by_set.items()}
    columns = dict(evaluation.by_set)
    if len(columns) > 1:
        columns["pooled"] = evaluation.pooled
    if fit:
        fitted_on = f"{len(evaluation.rows)} questions of {', '.join(evaluation.by_set)}"
        refitted = refit(evaluation.rows, load_policy(settings.policies).thresholds, fitted_on)
        prepare_home(settings.home)
        refitted.calibration.save(settings.calibration)
        columns |= {"refitted, in sample": refitted.in_sample, "5-fold": refitted.cross_validated}
        found["fit"] = {
            "saved": str(settings.calibration),
            "in_sample": refitted.in_sample.as_json(),
            "cross_validated": refitted.cross_validated.as_json(),
        }
    if as_json:
        edge.print_json(found)
        return
    _show(columns)
    if fit:
        edge.console().print(f"The confidence was refitted and saved in {settings.calibration}.")


def _show(columns: dict[str, Figures]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("figure")
    for name in columns:
        table.add_column(name, justify="right")
    table.add_row("questions", *(str(figures.questions) for figures in columns.values()))
    for figure in FIGURES:
        table.add_row(figure, *(_value(figures, figure) for figures in columns.values()))
    edge.console().print(table)


def _value(figures: Figures, name: str) -> str:
    value = figures.values[name]
    return figures.reasons[name] if value is None else f"{value:.3f}"
