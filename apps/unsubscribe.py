"""`/u/…`: where a customer unsubscribes from campaigns, without a login; and `/c/…`, which counts a click."""

from __future__ import annotations

import logging
from html import escape
from typing import Final
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from agents.campaigns.contact_desk import ContactDesk
from agents.campaigns.policy import UnsubscribePage
from agents.errors import BadInput, DeskError
from apps.allowance import Allowance

A_LINK: Final = 30
"""How often one link is answered in a minute: people press twice, machines do not stop."""

STRANGERS: Final = 60
"""How many links that are not ours one address may try in a minute."""

_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex"}

log = logging.getLogger(__name__)


def add_unsubscribe(app: FastAPI, contacts: ContactDesk) -> None:
    """Serve both. Opening a page changes nothing: scanners of mail open every link there is."""
    allowance = Allowance(A_LINK)
    strangers = Allowance(STRANGERS)

    def page(request: Request, state: str, status: int = 200, do: str | None = None) -> Response:
        html = _page(contacts, request.scope.get("root_path", "") + "/", state, do)
        return HTMLResponse(html, status, headers=_HEADERS)

    def refusal(request: Request, error: DeskError) -> Response:
        if isinstance(error, BadInput):
            host = request.client.host if request.client else ""
            return page(request, "wrong", 400) if strangers.take(host) else page(request, "busy", 429)
        # The link itself stays out of the log: it is as good as the customer's signature.
        log.error("A link of a campaign could not be followed: %s", error)
        return page(request, "failed", 503)

    def show(request: Request, token: str) -> Response:
        try:
            subscribed = contacts.is_subscribed(token)
        except DeskError as error:
            return refusal(request, error)
        return page(request, "ask", do="unsubscribe") if subscribed else page(request, "done", do="subscribe")

    def change(request: Request, token: str, do: str) -> Response:
        try:
            if do == "subscribe":
                contacts.subscribe_again(token)
                return page(request, "back")
            contacts.unsubscribe(token)
        except DeskError as error:
            return refusal(request, error)
        return page(request, "done", do="subscribe")

    @app.api_route("/u/{token}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def unsubscribe_page(request: Request, token: str) -> Response:
        return show(request, token) if allowance.take(token) else page(request, "busy", 429)

    @app.post("/u/{token}", response_class=HTMLResponse)
    async def unsubscribe(request: Request, token: str) -> Response:
        if not allowance.take(token):
            return page(request, "busy", 429)
        # Whatever an inbox posts, in whatever form (RFC 8058), means to unsubscribe; only our own page says otherwise.
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        return await run_in_threadpool(change, request, token, form.get("do", [""])[0])

    @app.api_route("/c/{token}", methods=["GET", "HEAD"])
    def click(request: Request, token: str, to: str = "") -> Response:
        try:
            contacts.check_click(token, to)
        except DeskError as error:
            return refusal(request, error)
        if request.method == "GET" and allowance.take(token):
            try:
                contacts.clicked(token, to)
            except DeskError as error:
                log.error("A click was not counted: %s", error)  # the customer still gets where they wanted
        return RedirectResponse(to, 302, headers=_HEADERS)


def _page(contacts: ContactDesk, root: str, state: str, do: str | None) -> str:
    policy = contacts.policy
    words: dict[str, str] = policy.unsubscribe_page.model_dump()
    brand, root = escape(policy.mail.sender.name), escape(root)
    return f"""<!doctype html>
<html lang="{escape(policy.mail.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(words[state])} · {brand}</title>
<link rel="icon" href="{root}chat/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{root}chat/document.css">
<link rel="stylesheet" href="{root}chat/unsubscribe.css">
</head>
<body>
<header><a href="{root}" class="home"><img src="{root}chat/favicon.svg" alt="" width="28" height="28">
<span>{brand}</span></a></header>
<main>
<h1>{escape(words[state])}</h1>
<p>{escape(words[f"{state}_detail"])}</p>
{_button(policy.unsubscribe_page, do)}
</main>
</body>
</html>"""


def _button(words: UnsubscribePage, do: str | None) -> str:
    if do is None:
        return ""
    label, kind = (words.ask_button, "main") if do == "unsubscribe" else (words.again_button, "quiet")
    return (
        f'<form method="post"><button class="{kind}" name="do" value="{do}">{escape(label)}</button></form>'
    )
