"""Stands in front of the local counterpart of Slack, and answers 429, 500 or nothing where it is told to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Fault = Callable[[str, int], str | None]
"""Of a method's n-th call: "429", "500", "lost" (done, but never answered), an error of Slack's, or None."""


class Proxy:
    """`fault` decides on every call; `calls` counts them by method."""

    def __init__(self, url: str) -> None:
        self.api = url
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Let everything go well, and forget what was."""
        self.fault: Fault = lambda _method, _number: None
        self.calls: Counter[str] = Counter()
        self.pictures: list[str] = []
        self.refuse_pictures = False

    def picture_refused(self, body: bytes) -> bool:
        """Note the pictures of a message, and say whether Slack is not ready for them."""
        found = [
            str(each["block_id"])
            for each in (json.loads(body).get("blocks") or [] if body.startswith(b"{") else [])
            if each["type"] == "image"
        ]
        if not found or self.refuse_pictures:
            return bool(found)
        self.pictures += found
        return False

    def decide(self, method: str) -> str | None:
        """Count a call, and say what is to go wrong with it."""
        with self.lock:
            self.calls[method] += 1
            return self.fault(method, self.calls[method])


@contextlib.contextmanager
def slack_proxy(url: str) -> Iterator[Proxy]:
    """A proxy in front of the counterpart at `url`, within the block."""
    client = httpx.Client(base_url=url, timeout=30)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path = self.path.removeprefix("/api/")
            wrong = proxy.decide(path.split("?")[0])
            if wrong is None and proxy.picture_refused(body):
                wrong = "invalid_blocks"
            if wrong is not None and wrong != "lost":
                self._refuse(wrong)
                return
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in ("authorization", "content-type")
            }
            answer = client.request(self.command, f"/api/{path}", content=body, headers=headers)
            if wrong == "lost":
                self.close_connection = True
                self.connection.close()
                return
            self._answer(answer.status_code, answer.json())

        def _refuse(self, wrong: str) -> None:
            if wrong == "429":
                self._answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"})
            elif wrong == "500":
                self._answer(500, {"ok": False})
            else:
                self._answer(200, {"ok": False, "error": wrong})

        def do_GET(self) -> None:
            self.do_POST()

        def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            words = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Keep the tests' output clean."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 200

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A connection that was closed on purpose."""

    server = Server(("127.0.0.1", 0), Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_port}/api/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        client.close()
