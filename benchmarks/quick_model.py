"""A scripted host of chat models that is no bottleneck: `python -m benchmarks.quick_model PORT SECONDS`.

It waits so long and then says the first whole sentence of the first source, which holds by itself; as a stream where
that is asked for.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

SENTENCE = re.compile(r"(?<=[\n ])[A-Z][^\n|#*\[\]:]{30,200}?\.(?=\s|$)")
PIECE = 12  # letters of a stream's piece
USAGE = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}


def words(body: dict[str, Any]) -> str:
    """What is said to a prompt, in the form that it asks for."""
    told = str(body["messages"][-1]["content"])
    sources = told.partition("Sources:")[2].partition("What was said before:")[0]
    found = SENTENCE.search(sources)
    sentence = found[0] if found else ""
    return json.dumps({"sufficient": bool(found), "quotes": [sentence] if found else [], "answer": sentence})


def frame(body: dict[str, Any], choice: dict[str, Any], kind: str) -> dict[str, Any]:
    """One message of the protocol."""
    return {"id": "c", "object": kind, "created": 0, "model": body["model"], "choices": [choice]}


async def stream(body: dict[str, Any], text: str) -> AsyncIterator[str]:
    """The events of a stream."""
    for at in range(0, len(text), PIECE):
        choice = {"index": 0, "delta": {"content": text[at : at + PIECE]}, "finish_reason": None}
        yield f"data: {json.dumps(frame(body, choice, 'chat.completion.chunk'))}\n\n"
    last = frame(body, {"index": 0, "delta": {}, "finish_reason": "stop"}, "chat.completion.chunk")
    yield f"data: {json.dumps(last)}\n\n"
    yield f"data: {json.dumps({**last, 'choices': [], 'usage': USAGE})}\n\ndata: [DONE]\n\n"


def serve(port: int, seconds: float) -> None:
    """Answer until killed."""
    import uvicorn  # noqa: PLC0415
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.requests import Request  # noqa: PLC0415
    from starlette.responses import JSONResponse, Response, StreamingResponse  # noqa: PLC0415

    async def complete(request: Request) -> Response:
        body = await request.json()
        text = words(body)
        await asyncio.sleep(seconds)
        if body.get("stream"):
            return StreamingResponse(stream(body, text), media_type="text/event-stream")
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return JSONResponse(frame(body, choice, "chat.completion") | {"usage": USAGE})

    app = Starlette()
    app.add_route("/v1/chat/completions", complete, methods=["POST"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", backlog=1024)


@contextmanager
def quick_model(seconds: float) -> Iterator[str]:
    """Such a host in a process of its own; gives its base URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.quick_model", str(port), str(seconds)])
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
