"""Filling the index from the command line and from the room: the same paths, the same steps after it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from agents.errors import BadInput
from agents.knowledge import translated
from ingest.files import NothingToIngest
from ingest.pipeline import IngestReport, Progress, ingest
from integrations import connect, open_index, prepare_home
from integrations.settings import Settings
from knowledge_base.confidence import Calibration, shipped
from knowledge_base.index import Index
from knowledge_base.passages import Embedder


def ingest_documents(
    settings: Settings,
    paths: Sequence[Path],
    embedder: Embedder,
    tell: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
) -> IngestReport:
    """Make the index equal to `paths` and what was uploaded, and remember the paths for the next time."""
    prepare_home(settings.home)
    with translated():
        index = open_index(settings, embedder)
        try:
            report = ingest(_with_uploads(settings, paths), index, embedder, tell, on_wait)
            _take_in_answers(settings)
            if report.added or report.changed or report.removed:
                calibrate(settings, index, embedder, shipped())
        except NothingToIngest as error:
            raise BadInput(str(error)) from error
        finally:
            index.close()
    _remember(settings, paths)
    return report


def usual_paths(settings: Settings) -> list[Path]:
    """Where the documents are: as set, else as last given. Raises `BadInput` where one is not there any more.

    Without one of them an ingest would take its documents out of the index.
    """
    if settings.documents:
        paths = [Path(part) for part in settings.documents.split(os.pathsep) if part]
    else:
        paths = [Path(path) for path in _remembered(settings)]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise BadInput(
            f"{', '.join(missing)} is not there any more. Bring it back, set GTM_DOCUMENTS, or run "
            "`gtm ingest` with the right paths."
        )
    if not paths and not has_uploads(settings):
        raise BadInput(
            "It is not known where the documents are. Run `gtm ingest PATH…` once, or set GTM_DOCUMENTS."
        )
    return paths


def has_uploads(settings: Settings) -> bool:
    """Whether anything was uploaded."""
    return settings.uploads.is_dir() and any(settings.uploads.iterdir())


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


def _with_uploads(settings: Settings, paths: Sequence[Path]) -> list[Path]:
    """Uploads belong to every ingest; but where no path exists they must not hide the slip of the pen."""
    if not has_uploads(settings) or (paths and not any(path.exists() for path in paths)):
        return list(paths)
    return [*paths, settings.uploads]


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


def _remember(settings: Settings, paths: Sequence[Path]) -> None:
    draft = settings.ingested.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"paths": [str(path.absolute()) for path in paths]}), "utf-8")
    draft.replace(settings.ingested)


def _remembered(settings: Settings) -> list[str]:
    try:
        paths = json.loads(settings.ingested.read_text("utf-8"))["paths"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [path for path in paths if isinstance(path, str)]
