"""The weekly report in the room: made on a click, watched while it is made, kept, and opened again."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from agents.domain import Value
from agents.weekly.report import WeeklyProgress
from apps.room.access import Agent, Desk, Viewer
from apps.room.runs import Runs

router = APIRouter()

SHOWN: Final = 100


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
    started = runs.start(lambda tell: desk.weekly.make(wanted.as_of, tell, by=name, origin="room").id, name)
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
    return _runs(request).events(request, run)


def _runs(request: Request) -> Runs[WeeklyProgress]:
    runs: Runs[WeeklyProgress] = request.app.state.weekly_runs
    return runs
