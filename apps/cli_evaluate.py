"""`gtm eval support`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from rich.table import Table

from agents.domain import Mode
from agents.errors import BadInput
from agents.policy import load_policy
from agents.ports import Services
from apps import cli_edge as edge
from apps.cli_lists import one_of
from apps.cli_progress import progress
from integrations import connect, connect_throw_away, prepare_home
from integrations.settings import Settings
from jobs.evaluation import Evaluation, OpenHome, evaluate
from jobs.figures import FIGURES, Figures
from jobs.fitting import Refit, refit


def run_evaluation(
    settings: Settings, sets: list[Path], out: Path, mode: str, *, fit: bool, as_json: bool
) -> None:
    """Evaluate, print the figures, and refit the confidence where asked."""
    wanted = one_of(mode, get_args(Mode), "mode")
    with _homes(settings, wanted) as open_home, progress() as tell:
        evaluation = evaluate(open_home, sets, out, tell, wanted)
    found: dict[str, object] = {**evaluation.pooled.as_json(), "mode": wanted, "out": str(out)}
    if wanted == "model":
        found["worded"] = sum(row.mode == "model" for row in evaluation.rows)
    if len(evaluation.by_set) > 1:
        found["sets"] = {name: figures.as_json() for name, figures in evaluation.by_set.items()}
    columns = dict(evaluation.by_set)
    if len(columns) > 1:
        columns["pooled"] = evaluation.pooled
    if fit:
        refitted, file = _refit(settings, evaluation, wanted)
        columns |= {"refitted, in sample": refitted.in_sample, "5-fold": refitted.cross_validated}
        found["fit"] = {
            "saved": str(file),
            "in_sample": refitted.in_sample.as_json(),
            "cross_validated": refitted.cross_validated.as_json(),
        }
    if as_json:
        edge.print_json(found)
        return
    _show(columns)
    if wanted == "model":
        edge.console().print(f"A model was heard on {found['worded']} of {len(evaluation.rows)} questions.")
    if fit:
        edge.console().print(f"The confidence was refitted and saved in {file}.")


@contextlib.contextmanager
def _homes(settings: Settings, mode: Mode) -> Iterator[OpenHome]:
    """Opens passing homes; in mode `model` they share this home's models, their budget and their ledger."""
    if mode == "offline":
        yield lambda home: connect_throw_away(settings, home)
        return
    if not settings.has_models:
        raise BadInput(
            "--mode model needs a model: set OPENAI_API_KEY, and OPENAI_BASE_URL for another host than OpenAI's."
        )
    services = connect(settings)

    def open_home(home: Path) -> Services:
        passing = connect_throw_away(settings, home)
        passing.open_models = services.open_models
        return passing

    try:
        yield open_home
    finally:
        services.close()


def _refit(settings: Settings, evaluation: Evaluation, mode: Mode) -> tuple[Refit, Path]:
    """The new fit, and where it was saved."""
    rows = [row for row in evaluation.rows if row.mode == mode]
    fitted_on = f"{len(rows)} questions of {', '.join(evaluation.by_set)}"
    refitted = refit(evaluation.rows, load_policy(settings.policies).thresholds, fitted_on, mode)
    prepare_home(settings.home)
    file = settings.model_calibration if mode == "model" else settings.calibration
    refitted.calibration.save(file)
    return refitted, file


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
