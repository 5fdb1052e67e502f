"""Whatever a model's host does: words that hold, or none, in time; every call in the ledger."""

from __future__ import annotations

import logging
import time

import pytest

from agents.alerts import Alarm
from agents.models.calls import NoWords
from agents.models.policy import ModelTerms, Prices
from agents.models.room import ModelRoom
from tests.model_room import GOOD, PROMPT, Ledger, job, now, policy, room_on
from tests.model_server import ModelServer, Turn


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def endings(ledger: Ledger) -> list[str]:
    return [call.ending for call in ledger.calls]


def test_words_that_hold_are_given_with_who_wrote_them(server: ModelServer, ledger: Ledger) -> None:
    server.say(GOOD)
    words = room_on(server, ledger).write(job())
    assert (words.value.number, words.prompt, words.attempts) == (7, PROMPT.label, 1)
    [call] = ledger.calls
    assert (call.ending, call.input_tokens, call.output_tokens) == ("ok", 100, 20)
    assert call.micro_dollars == round(100 * 0.4 + 20 * 1.6)
    [request] = server.requests
    assert (request["temperature"], request["max_completion_tokens"]) == (0.2, 800)


def test_a_wrong_answer_is_told_and_tried_again(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value={"number": 8}), GOOD)
    assert room_on(server, ledger).write(job()).attempts == 2
    assert "8 is not the number" in server.requests[1]["messages"][-1]["content"]
    assert endings(ledger) == ["ungrounded", "ok"]


@pytest.mark.parametrize(
    "turn",
    [
        Turn(text="{broken"),
        Turn(text=""),
        Turn(text="Sure! The number is seven."),
        Turn(value={"number": "many"}),
        Turn(value=[]),
        Turn(value={"other": 7}),
    ],
)
def test_what_has_not_the_form_is_told_and_tried_again(
    server: ModelServer, ledger: Ledger, turn: Turn
) -> None:
    server.say(turn, GOOD)
    assert room_on(server, ledger).write(job()).value.number == 7
    assert len(server.requests) == 2


def test_after_three_wrong_answers_there_are_no_words(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value={"number": 8}))
    with pytest.raises(NoWords, match="8 is not the number") as failure:
        room_on(server, ledger).write(job())
    assert (failure.value.why, len(server.requests)) == ("unusable", 3)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_host_that_is_busy_or_broken_is_tried_again(
    server: ModelServer, ledger: Ledger, status: int
) -> None:
    room = room_on(server, ledger)
    server.say(GOOD)
    room.write(job())
    server.say(Turn(status=status), GOOD)
    assert room.write(job()).value.number == 7


def test_a_line_that_breaks_in_the_middle_is_tried_again(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(value={"number": 7}, cut=True), GOOD)
    assert room_on(server, ledger).write(job()).value.number == 7


def test_retry_after_is_kept(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(status=429, headers={"retry-after": "0.3"}), GOOD)
    began = time.monotonic()
    room_on(server, ledger).write(job())
    assert time.monotonic() - began >= 0.3


def test_a_retry_after_beyond_the_deadline_ends_it_at_once(server: ModelServer, ledger: Ledger) -> None:
    server.say(Turn(status=429, headers={"retry-after": "60"}))
    with pytest.raises(NoWords) as failure:
        room_on(server, ledger).write(job(2.0))
    assert (failure.value.why, len(server.requests)) == ("down", 1)


def test_a_host_that_never_answers_costs_no_more_than_the_deadline(
    server: ModelServer, ledger: Ledger
) -> None:
    server.say(Turn(delay=20))
    began = time.monotonic()
    with pytest.raises(NoWords):
        room_on(server, ledger).write(job(0.8))
    assert time.monotonic() - began < 5
    assert set(endings(ledger)) == {"late"}


def test_a_refused_key_is_not_tried_again_and_told_once(
    server: ModelServer, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    server.say(Turn(status=401))
    room = room_on(server, ledger)
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            with pytest.raises(NoWords) as failure:
                room.write(job())
            assert failure.value.why == "refused"
    assert len(server.requests) == 2
    assert len([record for record in caplog.records if "does not accept our key" in record.message]) == 1


@pytest.mark.parametrize("status", [400, 500])
def test_a_host_that_knows_only_function_calls_is_asked_by_them(
    server: ModelServer, ledger: Ledger, status: int
) -> None:
    server.refuses_schemas = True
    server.say(GOOD)
    room = room_on(server, ledger)
    assert room.write(job()).value.number == 7
    assert room.write(job()).value.number == 7
    assert ["tools" in request for request in server.requests] == [False, True, True]


def test_an_outage_leaves_the_model_alone_and_ends_by_itself(server: ModelServer, ledger: Ledger) -> None:
    rules = policy(outage={"failures": 3, "rest_seconds": 0.5})
    room = room_on(server, ledger, rules)
    server.say(Turn(status=503))
    for _ in range(2):
        with pytest.raises(NoWords):
            room.write(job())
    model = rules.specialists["support"].model
    assert room.breaker(model).state == "open"
    asked = len(server.requests)
    with pytest.raises(NoWords) as failure:
        room.write(job())
    assert (failure.value.why, len(server.requests)) == ("outage", asked)
    time.sleep(0.6)
    server.say(GOOD)
    assert room.write(job()).value.number == 7
    assert room.breaker(model).state == "closed"


def test_another_model_takes_over_from_one_that_is_down(server: ModelServer, ledger: Ledger) -> None:
    rules = policy()
    support = rules.specialists["support"].model_copy(update={"fallback": "spare"})
    models = rules.models | {"spare": ModelTerms(price=Prices(input=1, output=2))}
    rules = rules.model_copy(
        update={"specialists": rules.specialists | {"support": support}, "models": models}
    )
    server.say(lambda body: GOOD if body["model"] == "spare" else Turn(status=503))
    assert room_on(server, ledger, rules).write(job()).model == "spare"
    assert [(call.model, call.micro_dollars) for call in ledger.calls][-1] == ("spare", 100 * 1 + 20 * 2)
    [text] = ledger.written
    assert (text.model, text.fallback, text.attempts, text.ending) == ("spare", True, 4, "ok")


def test_at_the_budgets_end_no_call_is_made(
    server: ModelServer, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    server.say(GOOD)
    room = room_on(server, ledger, policy(budget={"usd_a_day": 0.0001, "warn_at": 0.5}))
    room.write(job())
    with caplog.at_level(logging.ERROR):
        room.write(job())  # 72 of 100 millionths are spent: the team is told
        with pytest.raises(NoWords):
            room_on(server, ledger, room.policy).write(
                job()
            )  # another process, which does not tell them again
    assert caplog.text.count("Models have cost") == 1
    with pytest.raises(NoWords) as failure:
        room.write(job())
    assert (failure.value.why, len(server.requests)) == ("budget", 2)


def test_without_a_host_there_are_no_words(ledger: Ledger) -> None:
    room = ModelRoom(policy(), None, ledger, now, alarm=Alarm(ledger, now))
    assert not room.on
    with pytest.raises(NoWords, match="off"):
        room.write(job())
