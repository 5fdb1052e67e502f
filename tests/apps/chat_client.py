"""Speaks to the chat as its page does: one request a call."""

from __future__ import annotations

from typing import Any

import httpx


def ask(client: httpx.Client, text: object) -> dict[str, Any]:
    """Send one message; gives the whole answer."""
    return call(client, "ask", text=text)


def call(client: httpx.Client, name: str, **sent: object) -> dict[str, Any]:
    """What a call of the page answers."""
    response = client.post(f"/chat/{name}", json=sent)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer
