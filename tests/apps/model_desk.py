"""A served desk with a scripted host of models, in this process: no embedding model, no start of a command."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from apps.server import build_app
from tests.desk import Desk, open_desk, write_documents
from tests.model_server import ModelServer, Turn, model_server

QUESTION = "Can unopened tins come back?"
QUOTE = "Unopened tins may come back within 30 days."
SENTENCES = (
    "Unopened tins may come back within 30 days.",
    "Write to us with the order number.",
    "Opened pouches cannot come back.",
    "A sealed pouch may come back within 14 days.",
)
WHOLE = {"sufficient": True, "quotes": [QUOTE], "answer": " ".join(SENTENCES)}


@dataclass(frozen=True)
class ModelDesk:
    """Where it is served, what is behind it, and the host that it asks."""

    url: str
    desk: Desk
    models: ModelServer
    server: uvicorn.Server


@contextmanager
def serving_model_desk(folder: Path, confidence: float = 0.9) -> Iterator[ModelDesk]:
    """The desk of the tests, sure of every answer, until the end of the test."""
    with model_server() as models:
        desk = open_desk(
            folder / "home", confidence, [write_documents(folder / "docs")], models_url=models.url
        )
        _ask_each_time(desk)
        desk.session.warm()
        server = uvicorn.Server(
            uvicorn.Config(build_app(desk.session, desk.settings), port=0, log_level="error")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield ModelDesk(f"http://127.0.0.1:{port}", desk, models, server)
        server.should_exit = True
        thread.join(30)
        desk.close()


def _ask_each_time(desk: Desk) -> None:
    """Keep no words: tests ask the same again and again, and the host is to answer each time."""
    room = desk.services.open_models()
    support = room.policy.specialists["support"].model_copy(update={"cache": False})
    specialists = room.policy.specialists | {"support": support}
    room.policy = room.policy.model_copy(update={"specialists": specialists})


@contextmanager
def visitor(url: str) -> Iterator[httpx.Client]:
    """A fresh visitor of the page."""
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/").raise_for_status()
        yield client


def slowly(answer: dict[str, Any], pause: float = 0.05) -> Turn:
    """An answer that comes in small pieces, with a pause before each."""
    return Turn(value=answer, pause=pause)
