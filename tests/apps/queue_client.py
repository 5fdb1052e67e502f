"""Speaks to the chat as its page does: through Gradio's queue over HTTP and server-sent events."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

import httpx


def ask_index(page: str) -> int:
    """The number of the `ask` event in the page's configuration."""
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)[1])  # type: ignore[index]
    return int(next(event["id"] for event in config["dependencies"] if event["api_name"] == "ask"))


def ask(client: httpx.Client, text: object, *, session: str | None = None) -> dict[str, Any]:
    """Send one message and wait for the whole answer."""
    session = session or secrets.token_hex(16)
    index = ask_index(client.get("/").text)
    joined = client.post(
        "/gradio_api/queue/join", json={"data": [text], "fn_index": index, "session_hash": session}
    )
    joined.raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "process_completed":
                answer: dict[str, Any] = message["output"]["data"][0]
                return answer
    raise AssertionError("the stream ended without an answer")


def call(client: httpx.Client, name: str, *data: object) -> dict[str, Any]:
    """One of the calls that are answered at once."""
    response = client.post(f"/gradio_api/run/{name}", json={"data": list(data)})
    response.raise_for_status()
    answer: dict[str, Any] = response.json()["data"][0]
    return answer
