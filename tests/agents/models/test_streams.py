"""Words that are heard while they come: part by part, cut short where they do not hold or nobody waits any more."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from agents.models.calls import Job, NoWords
from agents.presence import Presence
from tests.model_room import PROMPT, Ledger, job, leave_once, policy, room_on
from tests.model_server import ModelServer, Turn

LETTER = Turn(value={"quotes": ["one", "two"], "answer": "One, then two."})


class Letter(BaseModel):
    """A form with an order."""

    quotes: list[str]
    answer: str


class Heard:
    """Keeps what it hears; complains of a word."""

    def __init__(self, wrong: str = "nothing is wrong") -> None:
        self.parts: list[dict[str, Any]] = []
        self.threads: set[int] = set()
        self._wrong = wrong

    def __call__(self, part: Mapping[str, Any]) -> Sequence[str]:
        self.parts.append(dict(part))
        self.threads.add(threading.get_ident())
        return [f"no {self._wrong}, please"] if self._wrong in part.get("answer", "") else []


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def letter(hear: Heard, seconds: float = 5.0, presence: Presence | None = None) -> Job[Letter]:
    return Job(
        specialist="support",
        prompt=PROMPT,
        form=Letter,
        check=lambda value: [],
        seconds=seconds,
        hear=hear,
        presence=presence,
    )


@pytest.mark.parametrize("by_function", [False, True])
def test_the_parts_are_heard_as_they_come_on_the_callers_thread(
    server: ModelServer, ledger: Ledger, by_function: bool
) -> None:
    server.refuses_schemas = by_function
    server.say(Turn(value=LETTER.value, pause=0.01))
    heard = Heard()
    words = room_on(server, ledger).write(letter(heard))
    assert words.value.model_dump() == LETTER.value == heard.parts[-1]
    assert len(heard.parts) > 3
    assert heard.threads == {threading.get_ident()}
    answers = [part.get("answer", "") for part in heard.parts]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(answers))
    assert [call.detail for call in ledger.calls] == [""]
    assert (ledger.calls[0].input_tokens, ledger.calls[0].output_tokens) == (100, 20)


def test_fields_are_heard_in_the_forms_order(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(pieces=['{"answer": "A.", ', '"quotes": [], "mood": 3}']))
    heard = Heard()
    room_on(server, ledger).write(letter(heard))
    assert list(heard.parts[-1]) == ["quotes", "answer"]


def test_a_complaint_ends_the_call_and_is_told(server: ModelServer, ledger: Ledger) -> None:
    wrong = Turn(
        pieces=['{"quotes": [], "answer": "', "Sixty ", "days", *["and so on "] * 100, '"}'], pause=0.05
    )
    server.say(wrong, LETTER)
    room = room_on(server, ledger)
    words = room.write(letter(Heard("Sixty")))
    assert (words.value.answer, words.attempts) == ("One, then two.", 2)
    assert server.left.acquire(timeout=5), "the host was not told that nobody listens"
    assert "no Sixty, please" in server.requests[1]["messages"][-1]["content"]
    first, second = ledger.calls
    assert (first.ending, second.ending) == ("ungrounded", "ok")
    assert first.input_tokens > 0, "what was cut off is charged for"
    assert "tokens estimated" in first.detail


def test_tokens_that_nobody_counts_are_estimated_and_said_to_be(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value=LETTER.value, counted=False))
    room_on(server, ledger).write(letter(Heard()))
    [call] = ledger.calls
    assert call.input_tokens > 100
    assert call.output_tokens > 5
    assert call.detail == "tokens estimated"


@pytest.mark.parametrize("knows_schemas", [True, False])
def test_a_host_that_cannot_count_a_streams_tokens_is_not_asked_to(
    server: ModelServer, ledger: Ledger, knows_schemas: bool
) -> None:
    server.refuses_counting, server.refuses_schemas = True, not knows_schemas
    server.say(LETTER)
    room = room_on(server, ledger)
    assert room.write(letter(Heard())).attempts == 1
    asked = len(server.requests)
    assert room.write(letter(Heard())).attempts == 1
    assert len(server.requests) == asked + 1, "the way is found once"
    assert ("tools" in server.requests[-1]) is not knows_schemas


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param(Turn(value=LETTER.value, cut=True), id="cut off in the middle"),
        pytest.param(Turn(text='{"quotes": ['), id="broken JSON"),
        pytest.param(Turn(text=""), id="empty"),
        pytest.param(Turn(text="Sure!"), id="prose"),
        pytest.param(Turn(value={"quotes": "one", "answer": 7}), id="wrong types"),
        pytest.param(Turn(value=[1, 2]), id="a list"),
        pytest.param(Turn(status=429, headers={"retry-after": "0.05"}), id="429"),
    ],
)
@pytest.mark.parametrize("by_function", [False, True])
def test_a_stream_that_fails_is_tried_again(
    server: ModelServer, ledger: Ledger, turn: Turn, by_function: bool
) -> None:
    server.refuses_schemas = by_function
    room = room_on(server, ledger)
    server.say(LETTER)
    room.write(letter(Heard()))
    server.say(turn, LETTER)
    words = room.write(letter(Heard()))
    assert (words.value.answer, words.attempts) == ("One, then two.", 2)


@pytest.mark.parametrize("turn", [Turn(status=500), Turn(status=503)])
def test_a_stream_on_a_broken_host_gives_no_words(server: ModelServer, ledger: Ledger, turn: Turn) -> None:
    server.say(turn)
    with pytest.raises(NoWords) as failure:
        room_on(server, ledger).write(letter(Heard()))
    assert failure.value.why == "down"


def test_a_stream_that_dawdles_ends_with_the_deadline(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value={"quotes": [], "answer": "word " * 400}, pause=0.1))
    began = time.monotonic()
    heard = Heard()
    with pytest.raises(NoWords) as failure:
        room_on(server, ledger).write(letter(heard, 0.6))
    assert failure.value.why == "late"
    assert heard.parts
    assert time.monotonic() - began < 5
    assert server.left.acquire(timeout=5)


@pytest.mark.parametrize("streamed", [True, False])
def test_whoever_leaves_cuts_the_call_off(server: ModelServer, ledger: Ledger, streamed: bool) -> None:
    server.say(Turn(value=LETTER.value, delay=30))
    presence, room = Presence(), room_on(server, ledger)
    leave_once(lambda: server.requests, presence)
    began = time.monotonic()
    with pytest.raises(NoWords) as failure:  # noqa: PT012
        if streamed:
            room.write(letter(Heard(), 60, presence))
        else:
            room.write(job(60, presence=presence))
    assert failure.value.why == "gone"
    assert time.monotonic() - began < 20
    assert server.left.acquire(timeout=5), "the host still writes for nobody"
    assert [call.ending for call in ledger.calls] == ["gone"]
    assert [text.ending for text in ledger.written] == ["gone"]
    assert room.breaker("gpt-4.1-mini").failures == 0


def test_nobody_is_asked_for_one_who_has_left(server: ModelServer, ledger: Ledger) -> None:
    presence = Presence()
    presence.leave()
    with pytest.raises(NoWords, match="gone"):
        room_on(server, ledger).write(letter(Heard(), presence=presence))
    assert server.requests == []


def test_leaving_ends_the_wait_between_attempts(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(status=429, headers={"retry-after": "30"}))
    presence = Presence()
    leave_once(lambda: ledger.calls, presence)
    with pytest.raises(NoWords, match="gone"):
        room_on(server, ledger, policy()).write(letter(Heard(), 60, presence))
    assert len(server.requests) == 1
