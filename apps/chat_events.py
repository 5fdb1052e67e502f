"""The chat page's live line: server-sent events with new messages, and how the conversation stands."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from agents.errors import DeskError
from apps.chat_calls import ChatCalls
from apps.live import Live
from apps.visitors import COOKIE, Visitors

log = logging.getLogger(__name__)

BEAT: Final = 15.0
"""Seconds without news after which the page is told that the line stands."""

FADES: Final = 1.0
"""Seconds until another look while a person types: that they have stopped, nobody tells."""

LOOKS: Final = 4
"""How many pages are looked up for at the same time, beside the answers."""


def add_events(app: Starlette, calls: ChatCalls, live: Live, visitors: Visitors) -> None:
    """Serve `/chat/events`: whose conversation it tells of, the cookie says."""
    threads = anyio.CapacityLimiter(LOOKS)

    async def events(request: Request) -> Response:
        visitor = visitors.read(request.cookies.get(COOKIE))
        last = request.query_params.get("last", "0")
        if visitor is None or not (last.isascii() and last.isdecimal()) or len(last) > 18:
            return PlainTextResponse("There is no conversation to follow.", status_code=403)
        line = _Line(calls, visitor, int(last), threads)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(_follow(line, live), media_type="text/event-stream", headers=headers)

    app.add_route("/chat/events", events, methods=["GET"])


async def _follow(line: _Line, live: Live) -> AsyncIterator[str]:
    with live.of_visitor(line.visitor) as listener:
        await live.ready()
        yield ": the line stands\n\n"
        try:
            while not listener.closed:
                news = await line.look()
                if line.conversation:
                    live.belongs(line.conversation, line.visitor)
                if news is not None:
                    yield f"event: news\ndata: {json.dumps(news)}\n\n"
                if not await listener.wait(FADES if line.typing else BEAT) and not listener.closed:
                    yield "event: beat\ndata: {}\n\n"
        except DeskError as error:
            log.warning("A page must come back for its news: %s", error)


class _Line:
    """What one page has been told so far."""

    def __init__(self, calls: ChatCalls, visitor: str, last: int, threads: anyio.CapacityLimiter) -> None:
        self.visitor = visitor
        self.conversation: str | None = None
        self._calls = calls
        self._last = last
        self._threads = threads
        self._standing: dict[str, Any] | None = None
        self._begun = False

    @property
    def typing(self) -> bool:
        """Whether the page shows that a person types."""
        return bool(self._standing and self._standing["typing"])

    async def look(self) -> dict[str, Any] | None:
        """What the page does not know yet, or None."""
        seen = await anyio.to_thread.run_sync(
            self._calls.look, self.visitor, self._last, limiter=self._threads
        )
        moved = seen["conversation"] != self.conversation
        if self._begun and not moved and not seen["messages"] and seen["standing"] == self._standing:
            return None
        self.conversation, self._standing, self._begun = seen["conversation"], seen["standing"], True
        if seen["messages"] or seen["whole"]:
            self._last = seen["messages"][-1]["id"] if seen["messages"] else 0
        return {name: seen[name] for name in ("whole", "messages", "standing")}
