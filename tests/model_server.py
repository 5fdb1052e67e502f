"""A local host of chat models that answers from a script: whatever a real one does wrong, on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass
class Turn:
    """What one request is answered with: a value in the asked form, or text that is none, or an error."""

    value: object = None
    text: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False


Script = Callable[[Json], Turn]


class ModelServer:
    """Serves turns in order, then the last one for ever; keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[Json] = []
        self._turns: list[Turn | Script] = [Turn(value={})]
        self._lock = threading.Lock()
        self.models = ["gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"]
        self.refuses_schemas = False
        """Whether `response_format` is an error, as on hosts that know function calls only."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server._serve(self)

            def do_GET(self) -> None:
                server._list(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.block_on_close = False  # a script may answer late
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def say(self, *turns: Turn | Script) -> None:
        """Answer with these from now on."""
        with self._lock:
            self._turns = list(turns)
            self.requests.clear()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body: Json = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        with self._lock:
            self.requests.append(body)
            turn = self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]
        answer = turn(body) if callable(turn) else turn
        if self.refuses_schemas and "response_format" in body:
            answer = Turn(status=500)
        time.sleep(answer.delay)
        content = b"" if answer.status != 200 else json.dumps(_completion(answer, body)).encode()
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2] if answer.cut else content)

    def _list(self, handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers["authorization"] == "Bearer key"
        models = [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in self.models]
        content = json.dumps({"object": "list", "data": models}).encode()
        handler.send_response(200 if known else 401)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def start(self) -> None:
        """Serve until closed."""
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()


def _completion(turn: Turn, body: Json) -> Json:
    text = turn.text if turn.text is not None else json.dumps(turn.value)
    message: Json = {"role": "assistant", "content": text}
    if tools := body.get("tools"):
        call = {"name": tools[0]["function"]["name"], "arguments": text}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
        }
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server for one test."""
    server = ModelServer()
    server.start()
    try:
        yield server
    finally:
        server.close()
