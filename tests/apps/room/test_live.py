"""What an open page hears, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from agents.domain import Decision
from apps.live import Live
from apps.room.access import COOKIE
from apps.server import build_app
from tests.desk import Desk


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    live = Live(desk.session.changes)
    app = build_app(desk.session, desk.settings, live)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        live.close()
        server.should_exit = True
        thread.join(20)


@contextmanager
def listening(
    desk: Desk, url: str, name: str = "anna"
) -> Iterator[Iterator[tuple[str, dict[str, list[str]]]]]:
    """The events that a signed-in page hears."""
    token = desk.session.team_sessions.open(desk.session.team.account(name), datetime.now(UTC))
    with httpx.stream("GET", f"{url}/room/api/live", cookies={COOKIE: token}, timeout=60) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


def _events(response: httpx.Response) -> Iterator[tuple[str, dict[str, list[str]]]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_new_question_is_heard_at_once(desk: Desk, url: str) -> None:
    with listening(desk, url) as events:
        assert next(events)[0] == "ready"
        conversation = desk.session.ask("Can you engrave my name on a tin?").conversation
        name, data = next(events)
    assert (name, data["conversations"]) == ("change", [conversation])


def test_a_proposal_and_what_becomes_of_it_are_heard(desk: Desk, url: str) -> None:
    reply = desk.session.ask("Can you engrave my name on a tin?")
    desk.session.decide(str(reply.review), Decision(verb="edit", text="Yes, we can.", by="Anna Lee"))
    heard = ("change", {"conversations": [reply.conversation]})
    with listening(desk, url) as events:
        assert next(events)[0] == "ready"
        desk.session.learning.propose(str(reply.review))
        assert next(events) == heard
        entry = desk.session.learning.proposals()[0].entry.id
        desk.session.learning.dismiss(entry, by="Anna Lee", origin="shell")
        assert next(events) == heard


def test_a_removed_user_hears_no_more(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.room.live.BEAT", 1.2)
    with listening(desk, url) as events:
        assert next(events)[0] == "ready"
        desk.session.team.remove("anna")
        assert next(events)[0] == "ended"
        assert next(events, None) is None
