"""A follow-up is searched for as it is meant, where a model says so in time; else as it was asked."""

from __future__ import annotations

from typing import Any

import pytest

from agents.session import Session
from tests.desk import Desk
from tests.model_server import ModelServer, Turn

BEFORE = [("customer", "Can unopened tins come back?"), ("bot", "Within 30 days.")]
FOLLOW_UP = "And what about opened ones of pouches?"
MEANT = "Can opened pouches come back?"
POUCHES = "Opened pouches cannot come back."
SHIPPING = "Wie lange brauchen Pakete nach Kanada?"


class Script:
    """Rewrites as told, and answers with a quote of the sources that it is given."""

    def __init__(self, query: Turn, quote: str = POUCHES, answer: str = POUCHES) -> None:
        self.query, self.quote, self.answer = query, quote, answer
        self.asked: list[dict[str, str]] = []

    def __call__(self, body: dict[str, Any]) -> Turn:
        name = body["response_format"]["json_schema"]["name"]
        self.asked.append(
            {"form": name, "system": body["messages"][0]["content"], "user": body["messages"][1]["content"]}
        )
        if name == "SupportQuery":
            return self.query
        return Turn(value={"sufficient": True, "quotes": [self.quote], "answer": self.answer})

    def forms(self) -> list[str]:
        """What was asked for, in order."""
        return [one["form"] for one in self.asked]


class Prefers:
    """A calibration at will."""

    def __init__(self, alone: float, following: float) -> None:
        self._alone, self._following = alone, following

    def probability(self, evidence: dict[str, float]) -> float:
        """What it is sure of."""
        return self._following if evidence["follows_up"] else self._alone


def session_with(desk: Desk, calibration: object) -> Session:
    """A session of the desk with another calibration, which it takes when it is made."""
    desk.services.open_calibration = lambda: calibration  # type: ignore[assignment, return-value]
    return Session(desk.services)


def follow_up(desk: Desk, server: ModelServer, script: Script, question: str = FOLLOW_UP) -> Any:
    server.say(script)
    return session_with(desk, Prefers(0.9, 0.8)).rehearse(question, BEFORE, "model")


def test_a_question_that_points_back_is_searched_for_as_it_is_meant(desk: Desk, server: ModelServer) -> None:
    script = Script(Turn(value={"query": MEANT}))
    rehearsal = follow_up(desk, server, script)
    assert rehearsal.draft.searched == MEANT
    assert rehearsal.draft.text == POUCHES
    assert script.forms() == ["SupportQuery", "SupportWords"]
    assert FOLLOW_UP in script.asked[1]["user"]  # the answer is to the customer's own question
    assert MEANT not in script.asked[1]["user"]


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param(Turn(value={"query": ""}), id="empty"),
        pytest.param(Turn(value={"query": "opened pouches " * 50}), id="too long"),
        pytest.param(Turn(value={"query": "Are 90 opened pouches free?"}), id="a number that nobody said"),
        pytest.param(Turn(value={"query": "Is the teapot engraving complimentary?"}), id="something else"),
        pytest.param(Turn(status=500), id="500"),
        pytest.param(Turn(text="{"), id="broken"),
        pytest.param(Turn(value={"query": MEANT}, delay=30), id="never"),
    ],
)
def test_without_a_usable_query_the_question_is_searched_for_as_it_was_asked(
    desk: Desk, server: ModelServer, turn: Turn
) -> None:
    rehearsal = follow_up(desk, server, Script(turn))
    assert rehearsal.draft.searched is None
    assert rehearsal.outcome.ruling.decision == "answer"


def test_a_query_that_the_documents_answer_less_surely_does_not_count(
    desk: Desk, server: ModelServer
) -> None:
    server.say(Script(Turn(value={"query": MEANT})))
    rehearsal = session_with(desk, Prefers(0.75, 0.9)).rehearse(FOLLOW_UP, BEFORE, "model")
    assert rehearsal.draft.searched is None


@pytest.mark.parametrize(
    ("question", "history"),
    [
        pytest.param("Can opened pouches come back?", [], id="the first question"),
        pytest.param("How long do parcels to Canada take?", BEFORE, id="a question that stands alone"),
    ],
)
def test_a_question_that_stands_alone_is_not_rewritten(
    desk: Desk, server: ModelServer, question: str, history: list[tuple[str, str]]
) -> None:
    script = Script(Turn(value={"query": MEANT}))
    server.say(script)
    desk.session.rehearse(question, history, "model")
    assert "SupportQuery" not in script.forms()


def test_a_question_in_another_language_is_searched_for_in_that_of_the_documents(
    desk: Desk, server: ModelServer
) -> None:
    quote = "Parcels to Canada take 6 to 10 days."
    german = "Pakete nach Kanada brauchen 6 bis 10 Tage."
    script = Script(Turn(value={"query": "How long do parcels to Canada take?"}), quote, german)
    confidences = iter([0.1, 0.9])

    class Rising:
        """Sure of the second search only."""

        def probability(self, _: dict[str, float]) -> float:
            return next(confidences)

    server.say(script)
    rehearsal = session_with(desk, Rising()).rehearse(SHIPPING, (), "model")
    assert "in English" in script.asked[0]["system"]
    assert (rehearsal.draft.text, rehearsal.outcome.ruling.decision) == (german, "answer")
    assert rehearsal.draft.citations[0].quote == quote


def test_a_model_that_hangs_takes_a_small_share_of_the_time(desk: Desk, server: ModelServer) -> None:
    script = Script(Turn(value={"query": MEANT}, delay=30))
    rehearsal = follow_up(desk, server, script)
    assert script.forms()[-1] == "SupportWords"  # there was time left for the answer
    assert rehearsal.outcome.written_by is not None


def test_personal_data_stay_out_of_the_query_too(desk: Desk, server: ModelServer) -> None:
    script = Script(Turn(value={"query": MEANT}))
    follow_up(desk, server, script, f"{FOLLOW_UP} I am anna@example.com")
    assert "anna@example.com" not in str(script.asked)
