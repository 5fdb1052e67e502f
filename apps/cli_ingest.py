"""`gtm ingest`."""

from __future__ import annotations

from pathlib import Path

from apps import cli_edge as edge
from apps.cli_progress import progress
from apps.ingesting import ingest_documents
from ingest.pipeline import IngestReport
from integrations import open_embedder
from integrations.settings import Settings


def run_ingest(settings: Settings, paths: list[Path], *, as_json: bool) -> None:
    """Make the index equal to `paths` and what was uploaded, and print what was done."""
    with progress() as tell:
        report = ingest_documents(settings, paths, open_embedder(settings), tell, on_wait=_say_who_is_first)
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
