"""What specialists make for somebody in the room: each run in a thread of its own, watched while it runs."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from agents.errors import BadInput, DeskError
from apps.room.access import read_caller

log = logging.getLogger(__name__)

AT_ONCE: Final = 3
KEPT: Final = 20
LOOK: Final = 0.15
"""Seconds between two looks at a run."""
BEAT: Final = 15.0


class Progress(Protocol):
    """What a specialist tells of their part."""

    @property
    def specialist(self) -> str:
        """Who it is."""

    def model_dump(self) -> dict[str, Any]:
        """All that is told."""


Told = TypeVar("Told", bound=Progress)


@dataclass
class _Run(Generic[Told]):
    """How far one run is; `changes` counts what has happened to it."""

    id: str
    by: str
    about: str
    started: datetime
    steps: dict[str, Told] = field(default_factory=dict)
    ended: datetime | None = None
    made: str | None = None
    error: str | None = None
    changes: int = 0


class Runs(Generic[Told]):
    """Starts runs and tells how they go; a run knows nothing of another. Safe to share between threads."""

    def __init__(self, made: str, specialists: Sequence[str]) -> None:
        """`made` is what they make, in the plural; `specialists` are those who work on each, in order."""
        self._what, self._specialists = made, specialists
        self._runs: dict[str, _Run[Told]] = {}
        self._lock = threading.Lock()

    def start(self, make: Callable[[Callable[[Told], None]], str], by: str, about: str = "") -> str:
        """Begin, and give the run's id; `make` tells how far it is, and gives the id of what it has made.

        `about` is what the run is to change, where it does not make something new. Raises `BadInput` where too many
        are under way.
        """
        with self._lock:
            if sum(run.ended is None for run in self._runs.values()) >= AT_ONCE:
                raise BadInput(
                    f"{AT_ONCE} {self._what} are being made already. Wait for one of them, please."
                )
            run: _Run[Told] = _Run(f"r-{secrets.token_hex(6)}", by, about, datetime.now(UTC))
            self._runs[run.id] = run
            for old in [each.id for each in self._runs.values() if each.ended][:-KEPT]:
                del self._runs[old]
        name = f"{self._what} {run.id}"
        threading.Thread(target=self._work, args=(make, run), name=name, daemon=True).start()
        return run.id

    def running(self, about: str = "") -> list[str]:
        """The ids of those under way, the first one first."""
        with self._lock:
            return [run.id for run in self._runs.values() if run.ended is None and run.about == about]

    def state(self, run: str) -> dict[str, Any]:
        """How far a run is: of a specialist who has told nothing yet the name alone.

        Raises `BadInput` for one that is not known (any more).
        """
        with self._lock:
            found = self._runs.get(run)
            if found is None:
                raise BadInput(
                    f"This run is not known any more; the {self._what} that were made are all kept."
                )
            return {
                "run": found.id,
                "by": found.by,
                "started": found.started.isoformat(),
                "running": found.ended is None,
                "specialists": [
                    told.model_dump() if (told := found.steps.get(name)) else {"specialist": name}
                    for name in self._specialists
                ],
                "made": found.made,
                "error": found.error,
                "changes": found.changes,
            }

    def events(self, request: Request, run: str) -> StreamingResponse:
        """How far a run is, told whenever it changes, until it ends or the page's session does."""
        self.state(run)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._told(request, run), media_type="text/event-stream", headers=headers)

    async def _told(self, request: Request, run: str) -> AsyncIterator[str]:
        seen, beaten = -1, time.monotonic()
        while True:
            now = self.state(run)
            if now["changes"] != seen:
                seen = now["changes"]
                yield f"data: {json.dumps(now)}\n\n"
            if not now["running"]:
                return
            if time.monotonic() - beaten >= BEAT:
                beaten = time.monotonic()
                if await run_in_threadpool(read_caller, request, active=False) is None:
                    return
                yield ": still here\n\n"
            await asyncio.sleep(LOOK)

    def _work(self, make: Callable[[Callable[[Told], None]], str], run: _Run[Told]) -> None:
        def tell(progress: Told) -> None:
            with self._lock:
                run.steps[progress.specialist] = progress
                run.changes += 1

        made: str | None = None
        error: str | None = None
        try:
            made = make(tell)
        except DeskError as refused:
            error = str(refused)
        except Exception:  # the edge of this thread: the page says what it can, the log has the rest
            reference = secrets.token_hex(4)
            log.exception("Making one of the %s failed (reference %s)", self._what, reference)
            error = f"Something went wrong on our side. Please try again. (Reference {reference})"
        finally:
            with self._lock:
                run.made, run.error = made, error
                run.ended = datetime.now(UTC)
                run.changes += 1
