"""The control room as one application: its page, its files, its calls, and what every answer bears."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agents.errors import (
    AlreadyDecided,
    Ambiguous,
    BadInput,
    DeskError,
    Forbidden,
    MailerClosed,
    StillPersonal,
    TooMany,
    Transient,
    WrongField,
)
from agents.session import Session
from agents.weekly.report import SPECIALISTS, WeeklyProgress
from apps.live import Live
from apps.room import (
    campaign_actions,
    campaigns,
    conversations,
    documents,
    health,
    inbox,
    inquiries,
    knowledge,
    numbers,
    people,
    signing_in,
    weekly,
    weekly_files,
)
from apps.room import live as live_line
from apps.room.access import NotSignedIn
from apps.room.background import Ingests
from apps.room.presenting import RoomPresenter
from apps.room.runs import Runs
from apps.room.vega_script import VegaScript
from integrations.settings import Settings

STATIC: Final = Path(__file__).parents[1] / "static" / "room"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_STATUS: Final[tuple[tuple[type[DeskError], int], ...]] = (
    (NotSignedIn, 401),
    (Forbidden, 403),
    (TooMany, 429),
    (AlreadyDecided, 409),
    (BadInput, 400),
    (Transient, 503),
    (MailerClosed, 503),
    (Ambiguous, 504),
)

log = logging.getLogger(__name__)


def add_room(app: FastAPI, session: Session, settings: Settings, live: Live) -> None:
    """Put the room at /room."""
    app.get("/room")(_page)
    app.mount("/room", build_room(session, settings, live))


def build_room(session: Session, settings: Settings, live: Live) -> ASGIApp:
    """All that lies below /room."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.session = session
    app.state.settings = settings
    app.state.live = live
    app.state.presenter = RoomPresenter(session)
    app.state.ingests = Ingests()
    app.state.weekly_runs = Runs[WeeklyProgress]("reports", SPECIALISTS)
    app.state.campaign_runs = campaigns.new_runs()
    app.state.vega = VegaScript(settings.home / "cache")
    parts = (
        signing_in,
        inbox,
        conversations,
        knowledge,
        documents,
        weekly,
        campaigns,
        campaign_actions,
        numbers,
        inquiries,
        health,
        people,
        live_line,
    )
    for part in parts:
        app.include_router(part.router, prefix="/api")
    app.include_router(weekly_files.router)
    app.get("/enter")(_enter)
    app.get("/ask")(_ask)
    app.get("/")(_without_slash)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.exception_handler(DeskError)(_refuse)
    app.exception_handler(RequestValidationError)(_refuse_form)
    app.exception_handler(Exception)(_apologise)
    return _WithHeaders(app)


def entry_line(session: Session, url: str) -> str:
    """Where the room is; while nobody has a password yet, with a link that lets one person in, once."""
    if session.team.users():
        return f"The team works at {url}/room"
    token = session.team_sessions.offer_link(datetime.now(UTC))
    return (
        "Nobody can sign in to the control room yet. Add somebody with `gtm users add NAME --role admin`, or "
        f"open this once within an hour: {url}/room/enter?token={token}"
    )


def _page() -> Response:
    """The page. It holds nothing of anybody's: all it shows it asks for, in the name of who is signed in."""
    return FileResponse(STATIC / "room.html", headers=_headers())


def _without_slash() -> Response:
    return RedirectResponse("../room", status_code=308)


def _ask() -> Response:
    """The box for questions about the numbers."""
    return RedirectResponse("../room#numbers/ask", status_code=303)


def _enter(token: str = "") -> Response:
    """The one-time link. The page uses it up, not the address: what only looks at links must not spend it."""
    return RedirectResponse(f"../room#enter={quote(token, safe='')}", status_code=303)


def _headers() -> dict[str, str]:
    return {"content-security-policy": POLICY, "cache-control": "no-cache", "x-frame-options": "DENY"}


def _refuse(_: Request, error: Exception) -> JSONResponse:
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        log.error("The room was refused by the desk: %s", error)
    more: dict[str, object] = {}
    if isinstance(error, StillPersonal):
        more = {"parts": error.parts}
    elif isinstance(error, WrongField):
        more = {"field": error.field}
    return JSONResponse({"error": str(error), **more}, status_code=status)


def _refuse_form(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    return JSONResponse({"error": f"{field}: {first['msg']}."}, status_code=400)


def _apologise(request: Request, _: Exception) -> JSONResponse:
    reference = secrets.token_hex(4)
    log.error("%s %s failed (reference %s)", request.method, request.url.path, reference)
    sentence = f"Something went wrong on our side. Please try again. (Reference {reference})"
    return JSONResponse({"error": sentence}, status_code=500)


class _WithHeaders:
    """Nothing of the room is framed, kept by a cache, or runs a script that is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _headers().items():
                    headers.setdefault(name, value)
                if "/api/" in scope["path"]:
                    headers["cache-control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)
