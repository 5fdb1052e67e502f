"""The room's live line: server-sent events that say in which conversations something changed."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Final

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from agents.errors import DeskError
from agents.session import Session
from apps.room.access import Desk, Viewer, read_caller

router = APIRouter()

EVERY: Final = 1.0
"""Seconds between two looks at the database."""

BEAT: Final = 15
"""After so many looks without news a beat is sent, and the session is looked at again."""

log = logging.getLogger(__name__)


@router.get("/live")
async def live(request: Request, desk: Desk, _: Viewer) -> StreamingResponse:
    """Events until the page goes or the session ends."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(request, desk), media_type="text/event-stream", headers=headers)


async def _events(request: Request, desk: Session) -> AsyncIterator[str]:
    cursor = (await anyio.to_thread.run_sync(desk.changes, -1)).cursor
    yield "retry: 2000\n\nevent: ready\ndata: {}\n\n"
    quiet = 0
    while not await request.is_disconnected():
        await anyio.sleep(EVERY)
        try:
            changes = await anyio.to_thread.run_sync(desk.changes, cursor)
        except DeskError:
            log.warning("The live line could not look for changes")
            return
        quiet = 0 if changes.conversations else quiet + 1
        if changes.conversations:
            cursor = changes.cursor
            yield f"event: change\ndata: {json.dumps({'conversations': changes.conversations})}\n\n"
        elif quiet % BEAT == 0:
            if await anyio.to_thread.run_sync(read_caller, request) is None:
                yield "event: ended\ndata: {}\n\n"
                return
            yield ": still here\n\n"
