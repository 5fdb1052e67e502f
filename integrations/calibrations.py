"""Which fit of the confidence is in force: the home's own, or the shipped one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from agents.errors import Permanent
from integrations.settings import Settings

if TYPE_CHECKING:
    from knowledge_base.confidence import Calibration, Mode

log = logging.getLogger(__name__)


def open_calibration(settings: Settings, mode: Mode = "offline") -> Calibration:
    """The fit on the home's own questions, else on its own documents, else the shipped one.

    In mode `model` it is about a model's words, of which documents alone tell nothing. A file that is there
    but cannot be used raises `Permanent`.
    """
    from knowledge_base.confidence import Calibration  # noqa: PLC0415

    files = _calibrations(settings, mode)
    try:
        return Calibration.load(next((file for file in files if file.is_file()), None), mode)
    except ValueError as error:
        raise Permanent(str(error)) from error


def _calibrations(settings: Settings, mode: Mode) -> tuple[Path, ...]:
    """Where a fit may lie, the one that goes first at the beginning."""
    if mode == "model":
        return (settings.model_calibration,)
    return settings.calibration, settings.self_calibration


class CurrentCalibration:
    """The calibration in force; a new fit is noticed by the next question, also of a running server."""

    def __init__(self, settings: Settings, mode: Mode = "offline") -> None:
        self._settings = settings
        self._mode: Mode = mode
        self._current: tuple[object, Calibration] | None = None

    def __call__(self) -> Calibration:
        stamp = [_stamp(file) for file in _calibrations(self._settings, self._mode)]
        current = self._current
        if current is None or current[0] != stamp:
            current = self._current = (stamp, self._open())
        return current[1]

    def _open(self) -> Calibration:
        try:
            return open_calibration(self._settings, self._mode)
        except Permanent as error:
            # A fit that an upgrade has outdated must not keep customers from answers.
            log.warning("The shipped confidence is used: %s", error)
            nowhere = self._settings.model_copy(update={"home": self._settings.home / "none"})
            return open_calibration(nowhere, self._mode)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
