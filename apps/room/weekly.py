"""The weekly report in the room: made on a click, watched while it is made, kept, and opened again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from agents.domain import Value
from apps.room.access import Agent, Desk, Viewer, read_caller
from apps.room.weekly_runs import WeeklyRuns

router = APIRouter()

SHOWN: Final = 100
LOOK: Final = 0.15
"""Seconds between two looks at a run."""
BEAT: Final = 15.0


class Wanted(Value):
    """Which week: the last complete one before this day, today where none is given."""

    as_of: date | None = None


@router.get("/weekly")
def reports(request: Request, desk: Desk, _: Viewer) -> dict[str, Any]:
    """The reports that were made, the last one first, and the runs under way."""
    request.app.state.vega.warm()
    lines = desk.weekly.editions(SHOWN)
    return {
        "reports": [line.model_dump(mode="json") for line in lines],
        "runs": _runs(request).running(),
    }


@router.get("/weekly/reports/{report}")
def report(desk: Desk, _: Viewer, report: str) -> dict[str, Any]:
    """One report whole."""
    from apps.room.weekly_presenting import shown  # noqa: PLC0415 - the charts' library

    return shown(desk.weekly.edition(report))


@router.post("/weekly/runs")
def run(request: Request, desk: Desk, caller: Agent, wanted: Wanted) -> dict[str, Any]:
    """Make a report, in the background."""
    runs = _runs(request)
    name = caller.user.full_name
    started = runs.start(
        lambda tell: desk.weekly.make(wanted.as_of, tell, by=name, origin="room"), caller.user.full_name
    )
    about = f"as of {wanted.as_of}" if wanted.as_of else ""
    desk.team.record(name, caller.origin, "make weekly report", started, about)
    return runs.state(started)


@router.get("/weekly/runs/{run}")
def state(request: Request, _: Viewer, run: str) -> dict[str, Any]:
    """How far a run is."""
    return _runs(request).state(run)


@router.get("/weekly/runs/{run}/events")
async def events(request: Request, _: Viewer, run: str) -> StreamingResponse:
    """How far a run is, told whenever it changes, until it ends."""
    runs = _runs(request)
    runs.state(run)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_told(request, runs, run), media_type="text/event-stream", headers=headers)


async def _told(request: Request, runs: WeeklyRuns, run: str) -> AsyncIterator[str]:
    seen, beaten = -1, time.monotonic()
    while True:
        now = runs.state(run)
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


def _runs(request: Request) -> WeeklyRuns:
    runs: WeeklyRuns = request.app.state.weekly_runs
    return runs
