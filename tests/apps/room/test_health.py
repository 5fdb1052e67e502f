"""The health of the desk and the traces of its answers, as the room's page asks for them."""

from __future__ import annotations

from collections.abc import Callable

from tests.apps.room.conftest import Room
from tests.desk import Desk

Rooms = Callable[..., Room]


def test_whoever_is_signed_in_sees_how_the_desk_is_and_nobody_else(desk: Desk, open_room: Rooms) -> None:
    assert open_room().get("health").status_code == 401
    assert open_room("vera").get("health").status_code == 200


def test_without_a_key_it_says_so_and_knows_no_figure_of_a_model(desk: Desk, open_room: Rooms) -> None:
    health = open_room("vera").get("health").json()
    sentences = {notice["about"]: notice["sentence"] for notice in health["notices"]}
    assert sentences["models"] == "No language model is set: every answer is quoted from the documents."
    assert health["models_on"] is False
    support = next(each for each in health["day"]["specialists"] if each["specialist"] == "support")
    assert (support["success"], support["latency"]["p95"]) == (None, None)
    assert health["limits"] == {"p50": 2.0, "p95": 5.0, "p99": 10.0, "errors": 0.01}


def test_what_waits_and_what_was_answered_is_there(desk: Desk, open_room: Rooms) -> None:
    desk.session.ask("Can you engrave a name on the tin?")
    desk.session.ask("I want to talk to a human")
    health = open_room("vera").get("health").json()
    assert health["work"]["waiting"]["reviews"] == len(desk.session.reviews())
    assert health["day"]["answers"]["answers"] == 2
    assert health["day"]["moments"][-1]["answers"] == 2


def test_a_trace_is_opened_from_the_reply_of_a_conversation(desk: Desk, open_room: Rooms) -> None:
    reply = desk.session.ask("I want to talk to a human")
    room = open_room("vera")
    messages = room.get(f"cases/{reply.conversation}").json()["messages"]
    said = next(each for each in messages if each["role"] == "bot")
    assert (said["trace"], said["review"]) == (reply.trace, reply.review)
    trace = room.get(f"traces/{said['trace']}").json()
    assert [span["name"] for span in trace["spans"]][:2] == ["answer", "memory"]
    assert trace["spans"][0]["facts"]["reason"] == "asks for a person"


def test_a_trace_that_there_is_not_is_said_to_be_none(desk: Desk, open_room: Rooms) -> None:
    refused = open_room("vera").get("traces/0123")
    assert (refused.status_code, "30 days" in refused.json()["error"]) == (400, True)
    assert open_room().get("traces/0123").status_code == 401
