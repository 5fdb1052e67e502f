"""`gtm ingest`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agents.errors import BadInput
from agents.knowledge import translated
from apps import cli_edge as edge
from ingest.files import NothingToIngest
from ingest.pipeline import IngestReport, ingest
from ingest.pipeline import Progress as Tell
from integrations import open_embedder, open_index, prepare_home
from integrations.settings import Settings

WORDS = {"reading": "Reading files", "embedding": "Understanding passages", "storing": "Storing"}


def run_ingest(settings: Settings, paths: list[Path], *, as_json: bool) -> None:
    """Make the index equal to `paths`, and print what was done."""
    prepare_home(settings.home)
    embedder = open_embedder(settings)
    with translated():
        index = open_index(settings, embedder)
        try:
            with _progress() as tell:
                report = ingest(paths, index, embedder, tell, on_wait=_say_who_is_first)
        except NothingToIngest as error:
            raise BadInput(str(error)) from error
        finally:
            index.close()
    if as_json:
        edge.print_json(report.as_json())
    else:
        _show(report)


@contextlib.contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on standard error while a person watches, nothing otherwise."""
    console = edge.console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks = {phase: bar.add_task(word, total=None, visible=False) for phase, word in WORDS.items()}

        def tell(phase: str, done: int, total: int) -> None:
            if phase in tasks:
                bar.update(tasks[phase], completed=done, total=total, visible=True)

        yield tell


def _say_who_is_first(holder: str) -> None:
    edge.console(stderr=True).print(f"Waiting for another ingest ({holder}) …")


def _show(report: IngestReport) -> None:
    console = edge.console()
    console.print(
        f"{report.added} added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged; {report.chunks} passages in {report.seconds:.1f} s"
    )
    for failure in report.failed:
        console.print(f"  not read: {failure.path}: {failure.reason}", markup=False, style="yellow")
