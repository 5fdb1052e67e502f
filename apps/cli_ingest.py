"""`gtm ingest`."""

from __future__ import annotations

from pathlib import Path

from agents.errors import BadInput
from agents.knowledge import translated
from apps import cli_edge as edge
from apps.cli_progress import progress
from ingest.files import NothingToIngest
from ingest.pipeline import IngestReport, ingest
from integrations import open_embedder, open_index, prepare_home
from integrations.settings import Settings


def run_ingest(settings: Settings, paths: list[Path], *, as_json: bool) -> None:
    """Make the index equal to `paths`, and print what was done."""
    prepare_home(settings.home)
    embedder = open_embedder(settings)
    with translated():
        index = open_index(settings, embedder)
        try:
            with progress() as tell:
                report = ingest(paths, index, embedder, tell, on_wait=_say_who_is_first)
        except NothingToIngest as error:
            raise BadInput(str(error)) from error
        finally:
            index.close()
    if as_json:
        edge.print_json(report.as_json())
    else:
        _show(report)


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
