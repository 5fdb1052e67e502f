"""The room's live line: server-sent events that say in which conversations something changed."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from apps.live import Live
from apps.room.access import Viewer, read_caller

router = APIRouter()

BEAT: Final = 15.0
"""Seconds after which a beat is sent at the latest, and the session is looked at again."""


@router.get("/live")
async def live(request: Request, _: Viewer) -> StreamingResponse:
    """Events until the page goes, the session ends, or the server stops."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    events = _events(request, request.app.state.live)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(request: Request, live: Live) -> AsyncIterator[str]:
    with live.everything() as listener:
        await live.ready()
        yield "retry: 2000\n\n" + _event("ready", {})
        checked = time.monotonic()
        while not listener.closed:
            changed = await listener.wait(BEAT)
            # A busy desk must not keep the line open for somebody whose session has ended.
            if time.monotonic() - checked >= BEAT - 1:
                checked = time.monotonic()
                if await run_in_threadpool(read_caller, request, active=False) is None:
                    yield _event("ended", {})
                    return
            yield _event("change", {"conversations": sorted(changed)}) if changed else ": still here\n\n"


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
