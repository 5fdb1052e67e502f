"""What a host says of its limits is read, and heeded; a second room in a process reaches the same host."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from agents.models.calls import Headroom, NoWords
from integrations.openai import read_headroom
from tests.model_room import GOOD, Ledger, job, room_on
from tests.model_server import Json, ModelServer, Turn, model_server


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


class OddServer(ModelServer):
    """Streams an event that is none of the protocol."""

    event = ""

    def events(self, turn: Turn, body: Json) -> list[str]:
        return [f"data: {self.event}\n\n"]


@pytest.fixture
def odd_server() -> Iterator[OddServer]:
    server = OddServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("1d", 86400),
        ("soon", None),
        ("", None),
    ],
)
def test_durations_are_read(said: str, seconds: float | None) -> None:
    headroom = read_headroom({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": said})
    assert headroom == Headroom(requests=1, requests_reset=seconds)


def test_headers_that_name_no_limit_say_nothing() -> None:
    assert read_headroom({"content-type": "application/json"}) is None
    assert read_headroom({"x-ratelimit-remaining-requests": "many"}) is None


def test_a_host_is_told_how_long_an_answer_may_be_by_the_older_name_too(
    server: ModelServer, ledger: Ledger
) -> None:
    server.say(GOOD)
    room_on(server, ledger).write(job())
    [request] = server.requests
    assert (request["max_completion_tokens"], request["max_tokens"]) == (800, 800)


def test_a_stream_is_asked_for_as_an_answer_at_once_is(server: ModelServer, ledger: Ledger) -> None:
    server.say(GOOD)
    room = room_on(server, ledger)
    room.write(job())
    room.write(job(hear=lambda _: []))
    at_once, streamed = server.requests
    assert streamed == at_once | {"stream": True, "stream_options": {"include_usage": True}}
    assert server.keys == ["Bearer key"] * 2


@pytest.mark.parametrize(
    "event", ["[]", '"words"', "null", '{"choices": [{}]}', '{"choices": [{"delta": 3}]}']
)
def test_a_host_whose_events_are_none_is_down(odd_server: OddServer, ledger: Ledger, event: str) -> None:
    odd_server.event = event
    with pytest.raises(NoWords, match="down"):
        room_on(odd_server, ledger).write(job(hear=lambda _: []))


@pytest.mark.parametrize(
    ("error", "kept", "gone"),
    [
        (
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_completion_tokens",
            "max_tokens",
        ),
        ("body.max_completion_tokens: Extra inputs are not permitted", "max_tokens", "max_completion_tokens"),
    ],
)
def test_a_host_that_refuses_one_name_of_the_length_is_told_the_other(
    server: ModelServer, ledger: Ledger, error: str, kept: str, gone: str
) -> None:
    server.say(Turn(status=400, error=error), GOOD, GOOD)
    room = room_on(server, ledger)
    room.write(job())
    room.write(job())
    for request in server.requests[1:]:
        assert request[kept] == 800
        assert gone not in request
    assert len(server.requests) == 3


@pytest.mark.parametrize("streamed", [True, False])
def test_what_is_left_is_told_to_other_processes_and_kept_to(
    server: ModelServer, ledger: Ledger, streamed: bool
) -> None:
    limits = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1m",
        "x-ratelimit-remaining-tokens": "900",
    }
    server.say(Turn(value=GOOD.value, headers=limits))
    room = room_on(server, ledger)
    room.write(job(hear=lambda _: []) if streamed else job())
    [state] = ledger.states()
    assert (state.model, state.breaker, state.requests_left, state.tokens_left) == (
        "gpt-4.1-mini",
        "closed",
        0,
        900,
    )
    with pytest.raises(NoWords, match="busy"):
        room.write(job())
    assert len(server.requests) == 1


def test_a_host_that_asks_for_a_rest_is_not_asked_by_the_next_one_either(
    server: ModelServer, ledger: Ledger
) -> None:
    server.say(GOOD)
    room = room_on(server, ledger)
    room.write(job())
    server.say(Turn(status=429, headers={"retry-after": formatdate(time.time() + 60, usegmt=True)}))
    with pytest.raises(NoWords, match="down"):
        room.write(job())
    with pytest.raises(NoWords, match="busy"):
        room.write(job())
    assert len(server.requests) == 1


def test_a_second_room_in_the_process_reaches_the_same_host(server: ModelServer, ledger: Ledger) -> None:
    server.say(GOOD)
    for _ in range(2):
        room = room_on(server, ledger)
        assert room.write(job()).attempts == 1
        assert room.write(job(hear=lambda _: [])).attempts == 1
        room.close()
