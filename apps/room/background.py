"""An ingest that somebody started in the room: one at a time, watched while it runs."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agents.errors import BadInput, DeskError
from ingest.pipeline import IngestReport, Progress

log = logging.getLogger(__name__)

Run = Callable[[Progress, Callable[[str], None]], IngestReport]


@dataclass
class _State:
    """How far the last ingest is."""

    by: str
    started: datetime
    phase: str = "starting"
    done: int = 0
    total: int = 0
    ended: datetime | None = None
    report: dict[str, object] | None = None
    error: str | None = None


@dataclass
class Ingests:
    """Starts ingests and tells how they go."""

    _state: _State | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, run: Run, by: str) -> None:
        """Begin; raises `BadInput` while another one runs."""
        with self._lock:
            if self._state and self._state.ended is None:
                raise BadInput(f"{self._state.by} has started one already; it is still running.")
            self._state = state = _State(by, datetime.now(UTC))
        threading.Thread(target=_work, args=(run, state), name="ingest", daemon=True).start()

    def state(self) -> dict[str, Any] | None:
        """The present or last one; None where none was started since the server began."""
        state = self._state
        if state is None:
            return None
        return {
            "running": state.ended is None,
            "by": state.by,
            "started": state.started.isoformat(),
            "ended": state.ended.isoformat() if state.ended else None,
            "phase": state.phase,
            "done": state.done,
            "total": state.total,
            "report": state.report,
            "error": state.error,
        }


def _work(run: Run, state: _State) -> None:
    def tell(phase: str, done: int, total: int) -> None:
        state.phase, state.done, state.total = phase, done, total

    def wait(_holder: str) -> None:
        tell("waiting", 0, 0)

    try:
        state.report = run(tell, wait).as_json()
    except DeskError as error:
        state.error = str(error)
    except Exception:  # the edge of this thread: the page says what it can, the log has the rest
        reference = secrets.token_hex(4)
        log.exception("An ingest failed (reference %s)", reference)
        state.error = f"Something went wrong on our side. (Reference {reference})"
    finally:
        state.ended = datetime.now(UTC)
