"""Weekly reports that somebody makes from the room: each in a thread of its own, watched while it runs."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from agents.errors import BadInput, DeskError
from agents.weekly.edition import Edition
from agents.weekly.report import SPECIALISTS, WeeklyProgress

log = logging.getLogger(__name__)

Make = Callable[[Callable[[WeeklyProgress], None]], Edition]
"""Makes a report, and tells how far it is."""

AT_ONCE: Final = 3
KEPT: Final = 20


@dataclass
class _Run:
    """How far one run is; `changes` counts what has happened to it."""

    id: str
    by: str
    started: datetime
    steps: dict[str, WeeklyProgress] = field(default_factory=dict)
    ended: datetime | None = None
    edition: str | None = None
    error: str | None = None
    changes: int = 0


@dataclass
class WeeklyRuns:
    """Starts runs and tells how they go; a run knows nothing of another. Safe to share between threads."""

    _runs: dict[str, _Run] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, make: Make, by: str) -> str:
        """Begin, and give the run's id; raises `BadInput` where too many are under way."""
        with self._lock:
            if sum(run.ended is None for run in self._runs.values()) >= AT_ONCE:
                raise BadInput(f"{AT_ONCE} reports are being made already. Wait for one of them, please.")
            run = _Run(f"r-{secrets.token_hex(6)}", by, datetime.now(UTC))
            self._runs[run.id] = run
            for old in [each.id for each in self._runs.values() if each.ended][:-KEPT]:
                del self._runs[old]
        threading.Thread(target=self._work, args=(make, run), name=f"weekly {run.id}", daemon=True).start()
        return run.id

    def running(self) -> list[str]:
        """The ids of those under way, the first one first."""
        with self._lock:
            return [run.id for run in self._runs.values() if run.ended is None]

    def state(self, run: str) -> dict[str, Any]:
        """How far a run is. Raises `BadInput` for one that is not known (any more)."""
        with self._lock:
            found = self._runs.get(run)
            if found is None:
                raise BadInput("This run is not known any more; the reports that were made are all kept.")
            return {
                "run": found.id,
                "by": found.by,
                "started": found.started.isoformat(),
                "running": found.ended is None,
                "specialists": [
                    {"name": name, "step": step.step, "attempt": step.attempt}
                    if (step := found.steps.get(name))
                    else {"name": name, "step": "waiting", "attempt": 1}
                    for name in SPECIALISTS
                ],
                "report": found.edition,
                "error": found.error,
                "changes": found.changes,
            }

    def _work(self, make: Make, run: _Run) -> None:
        def tell(progress: WeeklyProgress) -> None:
            with self._lock:
                run.steps[progress.specialist] = progress
                run.changes += 1

        edition: str | None = None
        error: str | None = None
        try:
            edition = make(tell).id
        except DeskError as refused:
            error = str(refused)
        except Exception:  # the edge of this thread: the page says what it can, the log has the rest
            reference = secrets.token_hex(4)
            log.exception("A weekly report failed (reference %s)", reference)
            error = f"Something went wrong on our side. Please try again. (Reference {reference})"
        finally:
            with self._lock:
                run.edition, run.error = edition, error
                run.ended = datetime.now(UTC)
                run.changes += 1
