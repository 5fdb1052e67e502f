"""A local host of chat models that answers from a script: whatever a real one does wrong, on request."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


@dataclass
class Turn:
    """What one request is answered with: a value in the asked form, or text that is none, or an error.

    Where a stream is asked for, it comes in `pieces`, else in pieces of some letters, with a `pause` before each.
    `cut` breaks the line in the middle.
    """

    value: object = None
    text: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    pieces: list[str] | None = None
    pause: float = 0.0
    counted: bool = True
    error: str = ""

    def words(self) -> str:
        """All of it as it is written."""
        if self.pieces is not None:
            return "".join(self.pieces)
        return self.text if self.text is not None else json.dumps(self.value)

    def streamed(self) -> list[str]:
        """The pieces of a stream."""
        words = self.words()
        return self.pieces or [words[at : at + 8] for at in range(0, len(words), 8)]


Script = Callable[[Json], Turn]


class _Http(ThreadingHTTPServer):
    request_queue_size = 512  # a crowd may come at once
    block_on_close = False  # a script may answer late


class ModelServer:
    """Serves turns in order, then the last one for ever; keeps the requests, and counts those that were left."""

    def __init__(self) -> None:
        self.requests: list[Json] = []
        self.keys: list[str] = []
        """What each request was authorised with."""
        self._turns: list[Turn | Script] = [Turn(value={})]
        self._lock = threading.Lock()
        self.models = ["gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"]
        self.refuses_schemas = False
        """Whether `response_format` is an error, as on hosts that know function calls only."""
        self.refuses_counting = False
        """Whether `stream_options` is an error, as on hosts that do not know it."""
        self.left = threading.Semaphore(0)
        """Released each time that a client goes before its answer is whole."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                server._serve(self)

            def do_GET(self) -> None:
                server._list(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = _Http(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def say(self, *turns: Turn | Script) -> None:
        """Answer with these from now on."""
        with self._lock:
            self._turns = list(turns)
            self.requests.clear()
            self.keys.clear()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body: Json = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        with self._lock:
            self.requests.append(body)
            self.keys.append(handler.headers["authorization"])
            turn = self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]
        answer = turn(body) if callable(turn) else turn
        if self.refuses_schemas and "response_format" in body:
            answer = Turn(status=500)
        if self.refuses_counting and "stream_options" in body:
            answer = Turn(status=400, error="unknown field")
        try:
            self._wait(handler, answer.delay)
            self._answer(handler, answer, body)
        except ConnectionError:
            handler.close_connection = True
            self.left.release()

    def _answer(self, handler: BaseHTTPRequestHandler, answer: Turn, body: Json) -> None:
        streamed = answer.status == 200 and body.get("stream")
        if answer.status == 200:
            content = json.dumps(self.whole(answer, body)).encode()
        else:
            content = json.dumps({"error": {"message": answer.error}}).encode() if answer.error else b""
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if streamed:
            handler.send_header("content-type", "text/event-stream")
            handler.send_header("transfer-encoding", "chunked")
            handler.end_headers()
            self._stream(handler, answer, body)
            return
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2] if answer.cut else content)
        handler.close_connection |= answer.cut

    def _stream(self, handler: BaseHTTPRequestHandler, answer: Turn, body: Json) -> None:
        events = self.events(answer, body)
        for event in events[: len(events) // 2] if answer.cut else events:
            self._wait(handler, answer.pause)
            line = event.encode()
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        if not answer.cut:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection |= answer.cut

    def whole(self, turn: Turn, body: Json) -> Json:
        """An answer that comes at once."""
        return _completion(turn, body)

    def events(self, turn: Turn, body: Json) -> list[str]:
        """What a stream sends, one after another."""
        events = _events(turn, body)
        return [f"data: {each if isinstance(each, str) else json.dumps(each)}\n\n" for each in events]

    def _wait(self, handler: BaseHTTPRequestHandler, seconds: float) -> None:
        """Let time pass; raises `ConnectionError` as soon as the client has gone."""
        if not seconds:
            return
        readable, _, _ = select.select([handler.connection], [], [], seconds)
        if readable and not handler.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionResetError

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
    message: Json = {"role": "assistant", "content": turn.words()}
    if tools := body.get("tools"):
        call = {"name": tools[0]["function"]["name"], "arguments": turn.words()}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
        }
    completion: Json = {
        "id": "c1",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }
    return completion | ({"usage": USAGE} if turn.counted else {})


def _events(turn: Turn, body: Json) -> list[Json | str]:
    """What a stream sends, one after another."""
    frame: Json = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": body["model"]}

    def event(delta: Json, ending: str | None = None) -> Json:
        return {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": ending}]}

    events: list[Json | str] = [event({"role": "assistant", "content": ""})]
    if tools := body.get("tools"):
        named = {"name": tools[0]["function"]["name"], "arguments": ""}
        events.append(
            event({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": named}]})
        )
        events += [
            event({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
            for piece in turn.streamed()
        ]
    else:
        events += [event({"content": piece}) for piece in turn.streamed()]
    events.append(event({}, "stop"))
    if turn.counted and (body.get("stream_options") or {}).get("include_usage"):
        events.append({**frame, "choices": [], "usage": USAGE})
    return [*events, "[DONE]"]


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server for one test."""
    server = ModelServer()
    server.start()
    try:
        yield server
    finally:
        server.close()
