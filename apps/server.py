"""The web server: the chat, the documents it quotes, the snippet that embeds it, and a health check."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from agents.errors import BadInput, DeskError
from agents.session import Session
from apps.answering import Answerer, warm
from apps.answering_pool import AnsweringPool
from apps.chat_calls import Answers, CallRunner, ChatCalls, add_calls
from apps.chat_events import add_events
from apps.documents_page import document_page, render_document
from apps.gate import Gate
from apps.gradio_ui import build_chat
from apps.live import Live
from apps.loaded import set_apart_what_is_loaded
from apps.mail_events import add_mail_events
from apps.metrics import add_metrics
from apps.room.pages import add_room, entry_line
from apps.shell import Shell
from apps.unsubscribe import add_unsubscribe
from apps.visitors import COOKIE, Visitors, cookie_header, read_secret
from integrations.settings import Settings

if TYPE_CHECKING:
    from slack_bolt import App as Bolt

STATIC: Final = Path(__file__).with_name("static")
GRACE: Final = 3
"""Seconds that running answers get when the server is told to stop."""

_OURS: Final = (
    "/",
    "/healthz",
    "/metrics",
    "/embed.js",
    "/favicon.ico",
    "/documents/",
    "/chat/",
    "/room",
    "/room/",
    "/u/",
    "/c/",
    "/mail/events/",
)

log = logging.getLogger(__name__)


def build_app(
    session: Session,
    settings: Settings,
    live: Live | None = None,
    slack: Bolt | None = None,
    pool: AnsweringPool | None = None,
) -> ASGIApp:
    """Everything that is served; `live` tells open pages what changed, `slack` takes what Slack tells the bot.

    Questions are answered by the processes of `pool`, in this one without any.

    A further Gradio page is one more mount, and its prefix in `_OURS`.
    """
    policy = session.policy
    visitors = Visitors(read_secret(settings.home))
    ancestors = settings.embed_origins
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)],
    )
    live = live or Live(session.changes)
    answerer, runner = Answerer(session), CallRunner(policy.texts)
    calls = ChatCalls(session, live, answerer.presenter)
    _add_documents(app, session, policy.brand.name)
    add_calls(
        app, calls, Answers(answerer, runner, live, pool), runner, texts=policy.texts, visitors=visitors
    )
    add_events(app, calls, live, visitors)
    _add_files(app, session)
    add_metrics(app, session, settings.metrics_token)
    add_room(app, session, settings, live)
    add_unsubscribe(app, session.contacts)
    add_mail_events(app, session.contacts, settings.sendgrid_event_key)
    ours: tuple[str, ...] = _OURS
    if slack is not None:
        from apps.slack.endpoint import PATH, add_endpoint  # noqa: PLC0415 - Slack's library is paid for where it is used

        add_endpoint(app, slack)
        ours = (*_OURS, PATH)
    blocks = build_chat(policy, models=settings.has_models)
    shell = Shell(title=policy.brand.name, description=policy.brand.welcome, frame_ancestors=ancestors)

    @app.get("/", response_class=HTMLResponse)
    async def chat_page(request: Request) -> Response:
        response = await shell.page(request)
        if visitors.read(request.cookies.get(COOKIE)) is None:
            https = request.url.scheme == "https"
            response.headers.append("set-cookie", cookie_header(visitors.issue(), https=https))
        return response

    gr.mount_gradio_app(app, blocks, path="/", footer_links=[], run_history=False, show_error=False)
    gradio = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "")
    shell.wraps(gradio)
    return Gate(app, gradio, ours=ours, frame_ancestors=ancestors)


def _add_documents(app: FastAPI, session: Session, brand: str) -> None:
    @app.get("/documents/{name:path}", response_class=HTMLResponse)
    def whole_document(request: Request, name: str, quote: str = "") -> Response:
        root = request.scope.get("root_path", "") + "/"
        try:
            document = session.document(name)
        except DeskError:
            log.exception("The document %r cannot be shown", name)
            body = "<h1>We cannot show this document just now</h1><p>Please try again in a moment.</p>"
            page = document_page(title="Not available", brand=brand, body=body, root=root)
            return HTMLResponse(page, status_code=503)
        if document is None:
            body = "<h1>This document is not here any more</h1><p>It may have been renamed or removed.</p>"
            page = document_page(title="Not found", brand=brand, body=body, root=root)
            return HTMLResponse(page, status_code=404)
        body = render_document(document.source, document.passages, quote)
        return HTMLResponse(document_page(title=document.title, brand=brand, body=body, root=root))


def _add_files(app: FastAPI, session: Session) -> None:
    @app.get("/healthz")
    def health() -> JSONResponse:
        try:
            state: str = session.status().state
        except DeskError:
            log.exception("The state of the index cannot be told")
            state = "broken"
        return JSONResponse({"state": state}, status_code=200 if state == "ok" else 503)

    @app.get("/embed.js")
    def embed_script() -> Response:
        return FileResponse(STATIC / "embed.js", headers={"cache-control": "public, max-age=300"})

    @app.get("/favicon.ico")
    def icon() -> Response:
        return FileResponse(STATIC / "favicon.svg", headers={"cache-control": "public, max-age=86400"})

    app.mount("/chat", StaticFiles(directory=STATIC))


def serve(
    session: Session,
    settings: Settings,
    address: tuple[str, int],
    jobs: AbstractContextManager[object],
    *,
    slack: Bolt | None = None,
    pool: AnsweringPool | None = None,
) -> None:
    """Serve until told to stop, with `jobs` running; says where once the first question can be answered.

    A port that cannot be had raises `BadInput` before the jobs and the processes of `pool` are begun.
    """
    host, port = address
    listener = _listen(host, port)
    live = Live(session.changes)
    with listener, _answering(session, pool) as ready:
        config = uvicorn.Config(
            build_app(session, settings, live, slack, pool),
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )
        url = _address(host, listener)
        lines = [f"{session.policy.brand.name} answers at {url}", entry_line(session, url)]
        server = _DeskServer(config, ready, lines, live)
        with jobs, contextlib.suppress(KeyboardInterrupt):  # raised again once all has been closed
            server.run(sockets=[listener])


@contextlib.contextmanager
def _answering(session: Session, pool: AnsweringPool | None) -> Iterator[Callable[[], Awaitable[None]]]:
    """Within the block, whoever will answer loads what that needs; gives what waits until it is done."""
    if pool is not None:
        try:
            pool.begin()
            yield pool.ready
        finally:
            pool.end()
        return
    loading = threading.Thread(target=warm, args=(session,), name="warm", daemon=True)
    loading.start()

    async def loaded() -> None:
        loading.join()

    yield loaded


class _DeskServer(uvicorn.Server):
    """A server that says that it is ready when it is, and sends its listeners home when it stops."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]], lines: Sequence[str], live: Live
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._lines = lines
        self._live = live

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self._ready()
        set_apart_what_is_loaded()
        await super().startup(sockets)
        sys.stdout.writelines(f"{line}\n" for line in self._lines)
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.close()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=512
        )
    except OSError as error:
        raise BadInput(
            f"Port {port} on {host} cannot be had ({os.strerror(error.errno) if error.errno else error}). "
            "Stop what uses it, or choose another one with --port."
        ) from error


def _address(host: str, listener: socket.socket) -> str:
    try:
        everywhere = ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    shown = "localhost" if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"
