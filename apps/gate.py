"""What stands before every request: which paths exist, how much may be sent and whence, and the headers."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.documents import MAX_FILE_BYTES

BODY_LIMIT: Final = 1_000_000
"""The most bytes a call may carry: enough to be told that a message is too long, no more."""

UPLOADS: Final = "/room/api/documents/"
UPLOAD_LIMIT: Final = MAX_FILE_BYTES + 1
"""What an upload may carry: enough to be told that a document is too large."""

_FROM_ANYWHERE: Final = "/u/"
"""Where an inbox's own page may post a customer's one click (RFC 8058): the link says who, no cookie does."""

_GRADIO: Final = re.compile(
    r"""/(
        (assets|static)/[^?]+ | theme\.css | robots\.txt
      | gradio_api/( startup-events | theme\.css | heartbeat/\w+ )
    )""",
    re.VERBOSE,
)
"""All that the chat page asks of Gradio. Its other doors (calls, files, uploads, proxy, documentation) stay shut."""

_HASHED: Final = re.compile(r"/assets/.+-[\w-]{8,}\.\w+")

log = logging.getLogger(__name__)


class Gate:
    """Refuses what the pages never ask for, and adds the headers that hold for every answer.

    `ours` are the paths served beside Gradio by `app`: a path itself, or the beginning of one where it ends
    in "/". All others that may pass are for `gradio`.
    """

    def __init__(self, app: ASGIApp, gradio: ASGIApp, ours: Iterable[str], frame_ancestors: str) -> None:
        self._app = app
        self._gradio = gradio
        self._ours = tuple(ours)
        self._policy = content_policy("script-src 'none'", frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP (start and stop of the server) passes through."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await refusal(scope, receive, send_with_headers)
        else:
            app = self._app if self._is_ours(scope["path"]) else self._gradio
            await app(scope, _limited(receive, _limit(scope["path"])), send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | JSONResponse | None:
        path, headers = scope["path"], Headers(scope=scope)
        if not self._is_ours(path) and not _GRADIO.fullmatch(path):
            return PlainTextResponse("There is no such page.", status_code=404)
        if scope["method"] not in ("GET", "HEAD"):
            # A page of another site must not speak in a visitor's name with the visitor's cookie.
            whence = "none" if path.startswith(_FROM_ANYWHERE) else headers.get("sec-fetch-site", "none")
            if whence not in ("same-origin", "none"):
                return PlainTextResponse("This may only be called from our own page.", status_code=403)
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > _limit(path):
                log.warning("A call of %s was refused: it states %s bytes", path, length[:20])
                return JSONResponse({"detail": "That is more than we can take at once."}, status_code=413)
        return None

    def _is_ours(self, path: str) -> bool:
        return any(
            path.startswith(own) if own.endswith("/") and own != "/" else path == own for own in self._ours
        )

    def _add_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        headers.setdefault("content-security-policy", self._policy)
        headers["x-content-type-options"] = "nosniff"
        headers["referrer-policy"] = "same-origin"
        headers["permissions-policy"] = "camera=(), geolocation=(), microphone=()"
        if _HASHED.fullmatch(scope["path"]):
            headers["cache-control"] = "public, max-age=31536000, immutable"


def content_policy(scripts: str, frame_ancestors: str) -> str:
    """A Content-Security-Policy under which nothing is loaded from, or sent to, another host."""
    return (
        f"default-src 'self'; {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {frame_ancestors}"
    )


def _limit(path: str) -> int:
    return UPLOAD_LIMIT if path.startswith(UPLOADS) else BODY_LIMIT


def _limited(receive: Receive, limit: int) -> Receive:
    """The request's body, cut off where a sender without a stated length passes the limit."""
    taken = 0

    async def receive_within_limit() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > limit else message

    return receive_within_limit
