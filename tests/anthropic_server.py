"""A local host that speaks Anthropic's messages from a script; a function is always called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.model_server import Json, ModelServer, Turn


class AnthropicServer(ModelServer):
    """As `ModelServer`, in another vendor's words."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.url.removesuffix("/v1")
        self.models = ["claude-sonnet-5"]

    def whole(self, turn: Turn, body: Json) -> Json:
        """A message with some text and a call of the function."""
        call = {"type": "tool_use", "id": "t1", "name": body["tools"][0]["name"], "input": turn.value}
        return _message(body) | {"content": [{"type": "text", "text": "Well."}, call]}

    def events(self, turn: Turn, body: Json) -> list[str]:
        """The same, as a stream."""
        call = {"type": "tool_use", "id": "t1", "name": body["tools"][0]["name"], "input": {}}
        deltas = [
            {
                "type": "content_block_delta",
                "index": 1,
                "delta": {"type": "input_json_delta", "partial_json": p},
            }
            for p in turn.streamed()
        ]
        text = {"type": "text_delta", "text": "Well."}
        events: list[Json] = [
            {"type": "message_start", "message": _message(body) | {"content": [], "stop_reason": None}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": text},
            {"type": "content_block_stop", "index": 0},
            {"type": "content_block_start", "index": 1, "content_block": call},
            *deltas,
            {"type": "content_block_stop", "index": 1},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "tool_use", "stop_sequence": None},
                "usage": {"input_tokens": 100, "output_tokens": 20},
            },
            {"type": "message_stop"},
        ]
        return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events]


def _message(body: Json) -> Json:
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 20},
    }


@contextmanager
def anthropic_server() -> Iterator[AnthropicServer]:
    """A server for one test."""
    server = AnthropicServer()
    server.start()
    try:
        yield server
    finally:
        server.close()
