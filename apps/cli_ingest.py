"""`gtm ingest`."""

from __future__ import annotations

from pathlib import Path

from agents.errors import BadInput
from agents.knowledge import translated
from apps import cli_edge as edge
from apps.cli_progress import progress
from ingest.files import NothingToIngest
from ingest.pipeline import IngestReport, ingest
from integrations import connect, open_embedder, open_index, prepare_home
from integrations.settings import Settings
from knowledge_base.confidence import Calibration, shipped
from knowledge_base.index import Index
from knowledge_base.passages import Embedder


def run_ingest(settings: Settings, paths: list[Path], *, as_json: bool) -> None:
    """Make the index equal to `paths`, and print what was done."""
    prepare_home(settings.home)
    embedder = open_embedder(settings)
    with translated():
        index = open_index(settings, embedder)
        try:
            with progress() as tell:
                report = ingest(paths, index, embedder, tell, on_wait=_say_who_is_first)
                _take_in_answers(settings)
                if report.added or report.changed or report.removed:
                    calibrate(settings, index, embedder, shipped())
        except NothingToIngest as error:
            raise BadInput(str(error)) from error
        finally:
            index.close()
    if as_json:
        edge.print_json(report.as_json())
    else:
        _show(report)


def _take_in_answers(settings: Settings) -> None:
    """Add what the team has answered; an index that was begun afresh has lost it."""
    from agents.session import Session  # noqa: PLC0415

    if not settings.has_database:
        return
    session = Session(connect(settings))
    try:
        session.learning.catch_up()
    finally:
        session.close()


def calibrate(settings: Settings, index: Index, embedder: Embedder, base: Calibration) -> None:
    """Without labelled questions, learn from the documents how far the confidence may be trusted here."""
    from knowledge_base.self_calibration import self_calibrate  # noqa: PLC0415 - if something changed

    if settings.calibration.is_file():
        return
    with index.snapshot() as snapshot:
        adjusted = self_calibrate(snapshot, embedder, base)
    if adjusted == base:
        settings.self_calibration.unlink(missing_ok=True)
    else:
        adjusted.save(settings.self_calibration)


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
