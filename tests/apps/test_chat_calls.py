"""Many conversations run side by side, and an error of ours reaches nobody as a stack trace."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from agents.ports import Services
from agents.session import Session
from apps.guarded_calls import PLACES
from apps.server import build_app
from integrations import connect, open_embedder
from integrations.settings import Settings
from knowledge_base.passages import Chunk, ChunkVectors, Embedder, Vector
from tests.apps.chat_client import ask, call
from tests.apps.conftest import Desk, wait_until

AT_ONCE = PLACES
SHIPPING = "How long does standard shipping take?"


class WrappedEmbedder:
    """An embedder that does something before each question."""

    def __init__(self, embedder: Embedder, before: Callable[[], object]) -> None:
        self._embedder = embedder
        self._before = before

    @property
    def fingerprint(self) -> str:
        """The wrapped one's."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """The wrapped one's."""
        return self._embedder.dimension

    def embed_query(self, text: str) -> Vector:
        """Do it, then embed."""
        self._before()
        return self._embedder.embed_query(text)

    def embed_chunks(self, chunks: Sequence[Chunk]) -> ChunkVectors:
        """As wrapped."""
        return self._embedder.embed_chunks(chunks)


@dataclasses.dataclass(frozen=True)
class Served:
    """A server in this process."""

    url: str
    server: uvicorn.Server


@contextmanager
def serving(desk: Desk, models: Path, before: Callable[[], object]) -> Iterator[Served]:
    """The desk's home served in this process, with something done before each search."""
    settings = Settings(home=desk.home, models=models)
    services: Services = dataclasses.replace(
        connect(settings), open_embedder=lambda: WrappedEmbedder(open_embedder(settings), before)
    )
    session = Session(services)
    server = uvicorn.Server(uvicorn.Config(build_app(session, settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", server)
    server.should_exit = True
    thread.join(30)
    session.close()


@contextmanager
def visitor(url: str) -> Iterator[httpx.Client]:
    """A fresh visitor of a page."""
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/").raise_for_status()
        yield client


def test_slow_conversations_run_at_the_same_time(desk: Desk, models_folder: Path) -> None:
    everybody_is_here = threading.Barrier(AT_ONCE, timeout=30)
    met = threading.local()

    def meet() -> None:
        """Goes on only once as many questions as there are visitors are being answered at the same moment."""
        if not getattr(met, "before", False):
            met.before = True
            everybody_is_here.wait()

    def visit(url: str) -> str:
        with visitor(url) as client:
            return str(ask(client, SHIPPING)["message"]["role"])

    with serving(desk, models_folder, meet) as served, ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(visit, [served.url] * AT_ONCE)) == ["bot"] * AT_ONCE


class Pause:
    """Holds a question up while it is being answered."""

    def __init__(self) -> None:
        self.reached, self.over = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.over.wait(30)


def test_the_answer_to_a_visitor_who_has_left_waits_for_them(desk: Desk, models_folder: Path) -> None:
    pause = Pause()
    with serving(desk, models_folder, pause) as served, visitor(served.url) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/chat/ask", json={"text": SHIPPING}, timeout=0.3)
        with visitor(served.url) as other:
            pause.over.set()
            assert call(other, "open")["messages"] == []
            assert ask(other, "Thank you!")["message"]["role"] == "bot"
        wait_until(lambda: len(call(client, "open")["messages"]) == 2)


def test_a_server_that_is_told_to_stop_finishes_the_answers_under_way(
    desk: Desk, models_folder: Path
) -> None:
    pause = Pause()
    with (
        serving(desk, models_folder, pause) as served,
        visitor(served.url) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        answer = pool.submit(ask, client, SHIPPING)
        assert pause.reached.wait(30)
        served.server.should_exit = True
        wait_until(lambda: not served.server.servers[0].is_serving())
        pause.over.set()
        assert answer.result(30)["message"]["role"] == "bot"


def test_an_error_of_ours_is_a_sentence_with_a_reference_that_the_log_explains(
    desk: Desk, models_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("the secret inside")

    with serving(desk, models_folder, fail) as served, visitor(served.url) as client:
        answer = ask(client, SHIPPING)
        assert answer["kind"] == "failed"
        assert "secret" not in answer["error"]
        reference = answer["error"].split("Reference ")[1].rstrip(")")
        logged = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert any(reference in record.getMessage() and record.exc_info for record in logged)
        assert call(client, "open")["messages"][0]["text"] == SHIPPING
