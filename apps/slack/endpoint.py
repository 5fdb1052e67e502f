"""Where Slack calls us over HTTP: signed, fresh and small, or refused."""

from __future__ import annotations

import logging
from typing import Final

from fastapi import FastAPI, Request
from slack_bolt import App, BoltRequest
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

PATH: Final = "/slack/events"
LIMIT: Final = 500_000
"""The most bytes that a call of Slack's may have; a form full of text has a tenth of that."""

log = logging.getLogger(__name__)


def add_endpoint(server: FastAPI, bot: App) -> None:
    """Let a server take what Slack tells the bot."""

    @server.post(PATH)
    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            log.warning("Slack's endpoint refused a call: it has more than %d bytes", LIMIT)
            return JSONResponse({"error": "too large"}, status_code=413)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            log.warning("Slack's endpoint refused a call: it is no text")
            return JSONResponse({"error": "not text"}, status_code=400)
        call = BoltRequest(
            body=text,
            query=str(request.url.query),
            headers={name: [value] for name, value in request.headers.items()},
        )
        answer = await run_in_threadpool(bot.dispatch, call)
        if answer.status == 401:
            log.warning("Slack's endpoint refused a call: its signature is wrong, or it is too old")
        return Response(
            answer.body, status_code=answer.status, headers=answer.first_headers_without_set_cookie()
        )


async def _body(request: Request) -> bytes | None:
    """The whole body, or None where it is too large; no more of it is read then."""
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > LIMIT:
        return None
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LIMIT:
                return None
    except ClientDisconnect:
        return None
    return body
