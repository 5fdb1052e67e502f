"""A Web API like Slack's that answers from a script, for what the local counterpart lacks."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any], dict[str, str]]


class Script:
    """A Web API that answers what it is told to; `calls` are the methods that were called."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.calls: list[str] = []
        self.sent: list[dict[str, Any]] = []

    def says(
        self, method: str, status: int = 200, headers: dict[str, str] | None = None, **body: Any
    ) -> None:
        """From now on a method answers this."""
        self.answers[method] = (status, body, headers or {})


@contextlib.contextmanager
def scripted_slack() -> Iterator[Script]:
    """A Web API that runs within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            method = self.path.split("?")[0].rsplit("/", 1)[1]
            kept.calls.append(method)
            kept.sent.append(json.loads(body) if body.startswith(b"{") else {})
            status, answer, headers = kept.answers.get(method, (200, {"ok": True}, {}))
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Script(f"http://127.0.0.1:{server.server_port}/api")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()
