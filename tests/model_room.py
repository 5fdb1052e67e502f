"""A room of models on a scripted host, with a ledger that can be looked at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from agents.alerts import Alarm, Alert
from agents.models.cache import SharedWords
from agents.models.calls import Job, ModelCall, ModelState, ModelText
from agents.models.hosts import ModelHosts
from agents.models.policy import ModelPolicy, load_model_policy
from agents.models.room import ModelRoom
from agents.presence import Presence
from agents.prompting import load_prompts
from integrations.openai import OpenAIModels
from tests.model_server import ModelServer, Turn

GOOD = Turn(value={"number": 7})
PROMPT = load_prompts()["support_answer"].sample()


class Answer(BaseModel):
    """The form that the tests ask for."""

    number: int


class Ledger:
    """Keeps calls in memory."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []
        self.written: list[ModelText] = []
        self.standing: dict[str, ModelState] = {}
        self.alerts: dict[str, Alert] = {}

    def record(self, call: ModelCall) -> None:
        self.calls.append(call)

    def list(self, since: datetime) -> list[ModelCall]:
        return [call for call in self.calls if call.at >= since]

    def spent(self, since: datetime) -> int:
        return sum(call.micro_dollars for call in self.calls if call.at >= since)

    def record_text(self, text: ModelText) -> None:
        self.written.append(text)

    def texts(self, since: datetime) -> Sequence[ModelText]:
        return [text for text in self.written if text.at >= since]

    def note_state(self, state: ModelState) -> None:
        self.standing[state.model] = state

    def states(self) -> Sequence[ModelState]:
        return list(self.standing.values())

    def claim(self, alert: Alert) -> bool:
        return self.alerts.setdefault(alert.key, alert) is alert


def policy(**changes: object) -> ModelPolicy:
    """The shipped policy with short waits, one fast model, no other to fall back on, and no memory."""
    shipped = load_model_policy().model_dump()
    shipped["specialists"]["support"] |= {"fallback": None, "timeout_seconds": 1.0, "cache": False}
    return ModelPolicy.model_validate(shipped | {"backoff_seconds": 0.01} | changes)


def now() -> datetime:
    return datetime.now(UTC)


def room_on(
    server: ModelServer,
    ledger: Ledger,
    rules: ModelPolicy | None = None,
    shared: Sequence[SharedWords] = (),
) -> ModelRoom:
    hosts = ModelHosts([("", OpenAIModels("key", server.url))])
    room = ModelRoom(rules or policy(), hosts, ledger, now, alarm=Alarm(ledger, now), shared=shared)
    room.warm("support")
    return room


def seven(answer: Answer) -> Sequence[str]:
    return [] if answer.number == 7 else [f"{answer.number} is not the number"]


def job(seconds: float = 5.0, **more: Any) -> Job[Answer]:
    return Job(specialist="support", prompt=PROMPT, form=Answer, check=seven, seconds=seconds, **more)


def leave_once(happened: Callable[[], object], presence: Presence) -> None:
    """Let somebody leave as soon as something has happened."""

    def leave() -> None:
        while not happened():
            time.sleep(0.01)
        presence.leave()

    threading.Thread(target=leave, daemon=True).start()
