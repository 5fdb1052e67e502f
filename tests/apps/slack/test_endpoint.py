"""The bot over HTTP: what Slack signs is heard, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from apps.slack.bot import Bot
from apps.slack.endpoint import LIMIT, add_endpoint
from apps.worker import turn_on
from integrations import open_channel
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import running, wait_until
from tests.slack_server import LEAD, SECRET, LocalSlack, free_port, local_slack, words


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def http_slack(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[LocalSlack]:
    url = f"http://127.0.0.1:{port}/slack/events"
    with local_slack(tmp_path_factory.mktemp("slack"), request_url=url) as slack:
        yield slack


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, http_slack: LocalSlack, port: int) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    desk = open_desk(folder / "home", 0.3, [write_documents(folder / "docs")], slack_url=http_slack.api)
    http = {"slack_app_token": None, "slack_bot_token": SecretStr("xoxb-http")}
    desk.settings = desk.settings.model_copy(update=http)
    channel = open_channel(desk.settings)
    assert channel is not None
    desk.services.open_channel = lambda: channel
    turn_on(desk.services, channel)
    bot = Bot(desk.session, desk.services, desk.settings)
    app = FastAPI()
    add_endpoint(app, bot.app)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    with running(desk), bot.listening():
        thread.start()
        wait_until(lambda: server.started)
        yield desk
        server.should_exit = True
        thread.join(10)
    desk.close()


def signed(body: str, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers that Slack sends with a body."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def command(text: str, **more: str) -> str:
    return urlencode({"command": "/gtm", "text": text, "user_id": LEAD, "team_id": "T01PEAKS", **more})


def post(port: int, body: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}/slack/events", content=body, headers=headers, timeout=30)


def test_a_case_is_answered_over_http(desk: Desk, http_slack: LocalSlack) -> None:
    conversation = desk.session.ask("Can you engrave a name on the tin?").conversation
    wait_until(lambda: len(http_slack.cards()) == 1)
    card = http_slack.cards()[0]
    http_slack.say("Yes, we can.", thread=card["ts"])
    wait_until(
        lambda: (
            [each.text for each in desk.session.messages(conversation) if each.role == "person"]
            == ["Yes, we can."]
        )
    )
    wait_until(lambda: "Answered by Lena Lead" in words(http_slack.cards()[0]))
    http_slack.press(http_slack.cards()[0], "case_hand-back", LEAD)
    wait_until(lambda: desk.session.standing(conversation).state == "bot")


def test_a_signed_command_is_answered_at_once(desk: Desk, port: int) -> None:
    body = command("hlep")
    started = time.monotonic()
    answer = post(port, body, signed(body))
    assert time.monotonic() - started < 3, "Slack shows an error after three seconds"
    assert answer.status_code == 200
    assert "Did you mean `/gtm help`?" in answer.text


def test_slacks_own_challenge_is_answered(desk: Desk, port: int) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    answer = post(port, body, {**signed(body), "Content-Type": "application/json"})
    assert "abc" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(command("help"), secret="guessed"),
        signed(command("help"), at=time.time() - 600),
        signed(command("status")),
    ],
    ids=["unsigned", "another secret", "replayed", "of another body"],
)
def test_what_slack_has_not_signed_just_now_is_refused_and_logged(
    desk: Desk, port: int, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = post(port, command("help"), headers)
    assert answer.status_code == 401
    assert "refused" in caplog.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    desk: Desk, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    body = "x" * (LIMIT + 1)
    assert post(port, body, signed(body)).status_code == 413
    parts = (b"x" * 60_000 for _ in range(20))  # no length is stated
    url = f"http://127.0.0.1:{port}/slack/events"
    assert httpx.post(url, content=parts, headers=signed(""), timeout=30).status_code == 413
    assert caplog.text.count("refused") == 2
