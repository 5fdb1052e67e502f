"""An answer sent while it is written: JSON lines with what may be shown of it so far, and at last the whole reply."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from agents.presence import Presence
from apps.safe_markdown import render

MEDIA_TYPE: Final = "application/x-ndjson"

Line = dict[str, Any]

_running: Final[set[asyncio.Task[None]]] = set()
"""Answers under way, also those whose page has gone: a task that nobody holds may be dropped."""


def wants_stream(request: Request) -> bool:
    """Whether a page asks for the answer piece by piece."""
    return MEDIA_TYPE in request.headers.get("accept", "")


class Lines:
    """What one page is told, put in from any thread and sent in order."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[Line] = asyncio.Queue()
        self._said = ""
        self.presence = Presence()

    def hear(self, piece: str) -> None:
        """A further piece of the answer: the page is sent all there is, so that lists and tables stay whole."""
        self._said += piece
        self._put({"part": render(self._said)})

    def end(self, line: Line) -> None:
        """The whole reply."""
        self._put(line)

    def _put(self, line: Line) -> None:
        if not self.presence.gone:
            with contextlib.suppress(RuntimeError):  # the server has stopped: nobody listens any more
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

    async def told(self) -> AsyncIterator[str]:
        """The lines until the reply; a page that goes before has left."""
        try:
            line: Line = {"part": ""}
            while "part" in line:
                line = await self._lines.get()
                yield json.dumps(line) + "\n"
        finally:
            self.presence.leave()


def stream(lines: Lines, answer: Coroutine[Any, Any, None]) -> StreamingResponse:
    """Send the lines while `answer` makes them; what it has begun it ends, whoever has gone meanwhile."""
    task = asyncio.create_task(answer)
    _running.add(task)
    task.add_done_callback(_running.discard)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(lines.told(), media_type=MEDIA_TYPE, headers=headers)
