"""The local counterpart of Slack: a real server with Slack's Web API, Socket Mode, and a page like Slack's."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.shared_data import missing

PACKAGE = "local-slack-linux-x64"
VERSION = "0.1.8"
FOLDER = Path(__file__).resolve().parents[1] / "build" / "local-slack"
PROGRAM = FOLDER / "node_modules" / PACKAGE / "bin" / "local-slack"

CHANNEL, TEAM_CHANNEL, OTHER_CHANNEL = "C01SUPPORT", "C01GTM", "C01OTHER"
LEAD, SECOND, OUTSIDER = "U01LEAD", "U02MIA", "U03EVE"
SOCKET_BOT, HTTP_BOT = "U0BOT2", "U0BOT"
SECRET = "secret-http"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def installed() -> Path:
    """The program, fetched once; skips where that cannot be, and fails under CI=true."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes at once fetch it once
        if PROGRAM.exists():
            return PROGRAM
        if shutil.which("npm") is None:
            missing("npm is missing, and with it the local counterpart of Slack")
        done = subprocess.run(
            [
                "npm",
                "install",
                f"{PACKAGE}@{VERSION}",
                "--ignore-scripts",
                "--no-save",
                "--prefix",
                str(FOLDER),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if not PROGRAM.exists():
        missing(f"the local counterpart of Slack cannot be had: {done.stderr.strip()[-300:]}")
    return PROGRAM


def workspace(request_url: str) -> dict[str, Any]:
    """A workspace with one app in Socket Mode, one over HTTP, three people and three channels."""
    bots = [HTTP_BOT, SOCKET_BOT]
    return {
        "workspace": {"name": "Two Peaks", "domain": "twopeaks", "teamId": "T01PEAKS"},
        "apps": [
            {
                "appId": "A02SOCK",
                "botUserId": SOCKET_BOT,
                "botName": "gtm",
                "botToken": "xoxb-sock",
                "appToken": "xapp-sock",
                "signingSecret": "secret-sock",
                "mode": "socket",
            },
            {
                "appId": "A01HTTP",
                "botUserId": HTTP_BOT,
                "botName": "gtm-http",
                "botToken": "xoxb-http",
                "appToken": "xapp-http",
                "signingSecret": SECRET,
                "mode": "events",
                "requestUrl": request_url,
            },
        ],
        "users": [
            {"id": LEAD, "name": "lena", "real_name": "Lena Lead", "email": "lena@example.test"},
            {"id": SECOND, "name": "mia", "real_name": "Mia Weber", "email": "mia@example.test"},
            {"id": OUTSIDER, "name": "eve", "real_name": "Eve Else", "email": "eve@example.test"},
        ],
        "channels": [
            {"id": CHANNEL, "name": "support", "members": [LEAD, SECOND, *bots]},
            {"id": TEAM_CHANNEL, "name": "gtm", "members": [LEAD, SECOND, *bots]},
            {"id": OTHER_CHANNEL, "name": "other", "members": [LEAD, OUTSIDER, *bots]},
        ],
    }


@dataclass
class LocalSlack:
    """A running counterpart, driven as its people would."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def api(self) -> str:
        """The base address of the Web API."""
        return f"{self.url}/api/"

    def _control(self, what: str, **body: Any) -> dict[str, Any]:
        answer = httpx.post(f"{self.url}/_control/{what}", json=body, timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def messages(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """All messages of a channel, those of threads and those for one member too, in order."""
        answer = httpx.get(f"{self.url}/_control/messages/{channel}", timeout=30)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def cards(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """The messages that begin a thread."""
        return [each for each in self.messages(channel) if first_block(each).startswith("card:")]

    def thread(self, ts: str, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """The answers in a thread, in order."""
        return [each for each in self.messages(channel) if each.get("thread_ts") == ts]

    def say(self, text: str, user: str = LEAD, channel: str = CHANNEL, thread: str | None = None) -> str:
        """Somebody writes something; gives its id."""
        body = {"channel": channel, "user": user, "text": text}
        said = self._control("message", **body, **({"thread_ts": thread} if thread else {}))
        return str(said["message"]["ts"])

    def press(self, message: dict[str, Any], action: str, user: str = LEAD, channel: str = CHANNEL) -> None:
        """Somebody presses a button of a message."""
        button = buttons(message)[action]
        self._control("interact", channel=channel, messageTs=message["ts"], user=user, action=button)

    def channels(self) -> list[dict[str, Any]]:
        """All channels, direct messages too."""
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/_control/state", timeout=30).json()["channels"]
        return found

    def home(self, user: str, app: str = "A02SOCK") -> dict[str, Any] | None:
        """What a member sees as the app's home."""
        views: dict[str, dict[str, Any]] = page_state(self)["homeViews"]
        return views.get(user, {}).get(app)

    def command(self, text: str, user: str = LEAD, channel: str = CHANNEL, app: str = "A02SOCK") -> None:
        """Somebody writes `/gtm …`; returns once it was acknowledged."""
        self._control("command", channel=channel, user=user, command="/gtm", text=text, appId=app)

    def open_home(self, user: str = LEAD, app: str = "A02SOCK") -> None:
        """Somebody opens the app's home."""
        self._control("open-home", user=user, appId=app)

    def reset(self) -> None:
        """Forget everything that was said."""
        self._control("reset")

    def connected(self, app: str = "A02SOCK") -> bool:
        """Whether an app has told Slack that it listens."""
        return any(
            each["kind"] == "socket" and f"connected (hello) [{app}]" in each["summary"]
            for each in self.log()
        )

    def log(self) -> list[dict[str, Any]]:
        """What went to and from the apps."""
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/_control/log", timeout=30).json()["log"]
        return found


def first_block(message: dict[str, Any]) -> str:
    """The id of a message's first block."""
    blocks = message.get("blocks") or [{}]
    return str(blocks[0].get("block_id", ""))


def buttons(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The buttons of a message by their action, as a press sends them."""
    return {
        element["action_id"]: {**element, "block_id": block["block_id"]}
        for block in message.get("blocks") or ()
        if block["type"] == "actions"
        for element in block["elements"]
    }


def words(message: dict[str, Any]) -> str:
    """All that can be read in a message's blocks."""
    return json.dumps(message.get("blocks") or message.get("text"), ensure_ascii=False)


@contextlib.contextmanager
def local_slack(
    folder: Path, port: int | None = None, request_url: str = "http://127.0.0.1:9/"
) -> Iterator[LocalSlack]:
    """A counterpart that runs within the block."""
    program, port = installed(), port or free_port()
    config = folder / "workspace.yaml"
    config.write_text(yaml.safe_dump(workspace(request_url)), "utf-8")
    command = [str(program), "--config", str(config), "--port", str(port), "--base-host", "127.0.0.1"]
    with (folder / "slack.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
    slack = LocalSlack(f"http://127.0.0.1:{port}", process)
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{slack.url}/_control/state", timeout=1).raise_for_status()
                break
            assert time.monotonic() < deadline, "the local counterpart of Slack did not come up"
            time.sleep(0.05)
        yield slack
    finally:
        process.kill()
        process.wait()


def submit(slack: LocalSlack, values: dict[str, str], user: str = LEAD) -> dict[str, Any]:
    """Somebody fills the open form in and sends it; gives what the page is told then."""
    from websockets.sync.client import connect

    view = open_form(slack) or {"blocks": []}
    kinds = {each["block_id"]: each["element"]["type"] for each in view["blocks"] if "element" in each}
    filled = {name: {name: _filled(kinds.get(name, ""), text)} for name, text in values.items()}
    with connect(slack.url.replace("http://", "ws://") + "/ui", max_size=None) as page:
        json.loads(page.recv())
        page.send(json.dumps({"t": "view_submit", "user": user, "values": filled}))
        while True:
            told: dict[str, Any] = json.loads(page.recv(timeout=10))
            if told["t"] in ("view", "view_errors"):
                return told


def _filled(kind: str, text: str) -> dict[str, Any]:
    """A field as the page sends it."""
    if kind == "static_select":
        option = {"text": {"type": "plain_text", "text": text}, "value": text}
        return {"type": kind, "selected_option": option if text else None}
    return {"type": "plain_text_input", "value": text}


def open_form(slack: LocalSlack) -> dict[str, Any] | None:
    """The form that is open on the page, if one is."""
    stack: list[dict[str, Any]] = page_state(slack)["modalStack"]
    return stack[-1] if stack else None


def page_state(slack: LocalSlack) -> dict[str, Any]:
    """All that the counterpart's page shows."""
    from websockets.sync.client import connect

    with connect(slack.url.replace("http://", "ws://") + "/ui", max_size=None) as page:
        state: dict[str, Any] = json.loads(page.recv())["state"]
    return state


def press_at_home(slack: LocalSlack, action: dict[str, Any], user: str = LEAD, app: str = "A02SOCK") -> None:
    """Somebody presses a button in the app's home."""
    from websockets.sync.client import connect

    with connect(slack.url.replace("http://", "ws://") + "/ui", max_size=None) as page:
        page.recv()
        page.send(json.dumps({"t": "block_action", "user": user, "action": action, "appId": app}))
        page.recv(timeout=10)
