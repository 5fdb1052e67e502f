"""An answer reaches the page sentence by sentence while a model writes it, and is there when a page has gone."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.apps.chat_client import ask, call
from tests.apps.conftest import wait_until
from tests.apps.model_desk import QUESTION, SENTENCES, WHOLE, ModelDesk, serving_model_desk, slowly, visitor
from tests.model_server import Turn

LINES = {"accept": "application/x-ndjson"}
PLACES_TIMES_TWO = 32


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelDesk]:
    with serving_model_desk(tmp_path_factory.mktemp("stream")) as served:
        yield served


def lines(client: httpx.Client, text: str) -> Generator[dict[str, Any], None, None]:
    """Each line as it arrives."""
    with client.stream("POST", "/chat/ask", json={"text": text}, headers=LINES) as response:
        assert response.headers["content-type"].startswith(LINES["accept"])
        assert response.headers["x-accel-buffering"] == "no"
        for line in response.iter_lines():
            yield json.loads(line)


def test_sentences_arrive_one_after_another_and_then_the_whole_reply(served: ModelDesk) -> None:
    served.models.say(slowly(WHOLE))
    with visitor(served.url) as client:
        *parts, last = lines(client, QUESTION)
    shown = [part["part"] for part in parts]
    assert shown == [f"<p>{' '.join(SENTENCES[:n])}</p>\n" for n in (1, 2)]
    assert last["message"]["html"] == f"<p>{' '.join(SENTENCES)}</p>\n"
    assert last["message"]["decision"] == "answer"


def test_a_part_arrives_while_the_model_still_writes(served: ModelDesk) -> None:
    written = len(json.dumps(WHOLE)) / 8
    served.models.say(slowly(WHOLE, pause=3 / written))
    with visitor(served.url) as client:
        answer = lines(client, QUESTION)
        assert "part" in next(answer)
        assert len(call(client, "open")["messages"]) == 1  # the answer is not in the log yet
        assert "message" in list(answer)[-1]


def test_who_does_not_ask_for_lines_gets_one_object(served: ModelDesk) -> None:
    served.models.say(Turn(value=WHOLE))
    with visitor(served.url) as client:
        assert ask(client, QUESTION)["message"]["html"] == f"<p>{' '.join(SENTENCES)}</p>\n"


def test_errors_and_silence_are_a_last_line_too(served: ModelDesk) -> None:
    with visitor(served.url) as client:
        [refused] = lines(client, " ")
        assert refused["kind"] == "refused"
        [escalated] = lines(client, "I want to talk to a person")
        assert escalated["standing"]["state"] == "waiting"
        [silent] = lines(client, "Hello?")
        assert silent["message"] is None


def test_leaving_cuts_the_model_off_and_the_answer_is_there_on_return(served: ModelDesk) -> None:
    served.models.say(slowly(WHOLE, pause=0.2))
    with visitor(served.url) as client:
        answer = lines(client, QUESTION)
        first = next(answer)["part"]
        answer.close()
        assert served.models.left.acquire(timeout=20)
        wait_until(lambda: len(call(client, "open")["messages"]) == 2)
        stored = call(client, "open")["messages"][1]["html"]
    assert stored.startswith(first.rstrip("\n"))
    assert served.desk.session.policy.texts.own_words in stored.replace("&#x27;", "'")


def test_leaving_before_a_word_leaves_the_quoted_answer(served: ModelDesk) -> None:
    served.models.say(Turn(value=WHOLE, delay=30))
    with visitor(served.url) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/chat/ask", json={"text": QUESTION}, headers=LINES, timeout=0.5)
        assert served.models.left.acquire(timeout=20)
        wait_until(lambda: len(call(client, "open")["messages"]) == 2)
        assert SENTENCES[0] in call(client, "open")["messages"][1]["html"]


def test_calls_that_wait_for_a_model_do_not_keep_others_from_computing(served: ModelDesk) -> None:
    """More wait at once than there are places to compute: all have asked the model before any has its answer."""
    everybody = []

    def answer_when_all_are_here(body: dict[str, Any]) -> Turn:
        everybody.append(body)
        wait_until(lambda: len(everybody) == PLACES_TIMES_TWO)
        return Turn(value=WHOLE)

    served.models.say(answer_when_all_are_here)

    def visit(_: int) -> str:
        with visitor(served.url) as client:
            return str(ask(client, QUESTION)["message"]["html"])

    with ThreadPoolExecutor(PLACES_TIMES_TWO) as pool:
        assert set(pool.map(visit, range(PLACES_TIMES_TWO))) == {f"<p>{' '.join(SENTENCES)}</p>\n"}
