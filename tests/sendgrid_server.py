"""A local stand-in for SendGrid: it takes, refuses, or falls silent as a test has told it to."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY = "SG.test"


@dataclass(frozen=True)
class Says:
    """An answer; `silent` takes the request and says nothing, `drops` hangs up after it."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    errors: tuple[dict[str, str | None], ...] = ()
    ending: Literal["answers", "silent", "drops"] = "answers"


@dataclass
class SendGridServer:
    """`taken` are the messages that were accepted; `next` are its next answers, after them it accepts."""

    url: str
    next: deque[Says] = field(default_factory=deque)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    scopes: list[str] = field(default_factory=lambda: ["mail.send"])


@contextlib.contextmanager
def sendgrid_server() -> Iterator[SendGridServer]:
    """A server that runs within the block."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self._known()
            self._answer(Says(200 if known else 401), {"scopes": server.scopes} if known else {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked += 1
            said = server.next.popleft() if server.next else Says()
            if not self._known():
                said = Says(401, errors=({"message": "The provided authorization grant is invalid"},))
            if said.status in (200, 202):
                server.taken.append(body)
            if said.ending == "silent":
                over.wait()
            if said.ending != "answers":
                self.close_connection = True
                return
            headers = {"X-Message-Id": f"m{len(server.taken)}", **said.headers}
            self._answer(Says(said.status, headers), {"errors": said.errors} if said.errors else None)

        def _known(self) -> bool:
            return bool(self.headers["authorization"] == f"Bearer {KEY}")

        def _answer(self, said: Says, body: object) -> None:
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(said.status)
            for name, value in {**said.headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server = SendGridServer(f"http://127.0.0.1:{listening.server_address[1]}")
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        listening.shutdown()
        listening.server_close()
        thread.join()


class Signer:
    """Signs calls of the event webhook as SendGrid does."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """As SendGrid's settings show it."""
        der = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(der).decode()

    def sign(self, body: bytes, timestamp: str) -> str:
        """The signature of a call."""
        return base64.b64encode(self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
