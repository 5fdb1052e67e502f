"""The HTML around Gradio's page: the brand's own head, no words of others, a nonce on each script."""

from __future__ import annotations

import re
import secrets
from html import escape
from typing import Final

import httpx
from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp

from apps.gate import content_policy

_META: Final = re.compile(
    r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*|<link rel="manifest"[^>]*>\s*'
)
_VIEWPORT: Final = re.compile(r'<meta\s+name="viewport"[^>]*>')
_FRAME_RESIZER: Final = re.compile(r"<script>\s*\(\(\) => \{\s*const root = .*?</script>", re.DOTALL)
_NONCE: Final = "@nonce@"
_OUR_VIEWPORT: Final = (
    "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
)


class Shell:
    """Serves Gradio's index page, rendered once for each address that it is reached by."""

    def __init__(self, *, title: str, description: str, frame_ancestors: str) -> None:
        self._gradio: ASGIApp | None = None
        self._title = title
        self._description = description
        self._frame_ancestors = frame_ancestors
        self._pages: dict[str, str] = {}

    def wraps(self, gradio: ASGIApp) -> None:
        """Name the Gradio app whose index page this is; known only once it is mounted."""
        self._gradio = gradio

    async def page(self, request: Request) -> HTMLResponse:
        """The page with a fresh nonce, so that a script that got into it any other way is not run."""
        address = str(request.base_url)
        html = self._pages.get(address)
        if html is None:
            html = self._branded(await self._render(request))
            if len(self._pages) > 32:  # made-up Host headers must not fill the memory
                self._pages.clear()
            self._pages[address] = html
        nonce = secrets.token_urlsafe(16)
        scripts = (
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'"  # Gradio compiles its templates at run time
        )
        return HTMLResponse(
            html.replace(_NONCE, nonce),
            headers={
                "content-security-policy": content_policy(scripts, self._frame_ancestors),
                "cache-control": "no-store",
            },
        )

    async def _render(self, request: Request) -> str:
        if self._gradio is None:
            raise RuntimeError("the shell wraps no Gradio app yet")
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in ("host", "x-forwarded-host", "x-forwarded-proto")
        }
        transport = httpx.ASGITransport(self._gradio, root_path=request.scope.get("root_path", ""))
        async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as client:
            response = await client.get("/", headers=headers)
            return response.raise_for_status().text

    def _branded(self, html: str) -> str:
        head = f"""<title>{escape(self._title)}</title>
<meta name="description" content="{escape(self._description)}">
<meta name="viewport" content="{_OUR_VIEWPORT}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="chat/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="chat/chat.css">
<link rel="modulepreload" href="chat/chat.js">
"""
        html = _META.sub("", html)
        html = _FRAME_RESIZER.sub("", html)
        html = _VIEWPORT.sub(head, html, count=1)
        return re.sub(r"<script(?=[\s>])", f'<script nonce="{_NONCE}"', html)
