"""What is said of an answer while it is written holds, and is never taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.grounding import Sources, check_text
from agents.speaking import Speech

RETURNS = """## 1. Tins

Unopened tins may come back within 30 days. Write to us with the order number. Opened pouches cannot come back.
A sealed pouch may come back within 14 days. We refund the price of the tins.
"""
SOURCES = Sources((RETURNS,))
QUESTION = "Can I send unopened tins back?"
QUOTE = "Unopened tins may come back within 30 days."
TINS = "Unopened tins may come back within 30 days."
NUMBER = "Write to us with the order number."
POUCHES = "Opened pouches cannot come back."
REFUND = "We refund the price of the tins."
ANSWER = f"{TINS} {NUMBER} {POUCHES} {REFUND}"
WRONG = "Opened pouches may come back within 90 days."


class Listener:
    """A speech, and what it has said."""

    def __init__(self, question: str = QUESTION, words: int = 100) -> None:
        self.heard: list[str] = []
        self.speech = Speech(question, SOURCES, words, self.heard.append)

    def write(self, answer: str, quotes: Sequence[str] = (QUOTE,), step: int = 5) -> list[str]:
        """Let a model write it piece by piece; gives the first complaints."""
        for end in range(0, len(answer) + step, step):
            told = self.speech.hear({"sufficient": True, "quotes": list(quotes), "answer": answer[:end]})
            if told:
                return told
        return self.speech.check(sufficient=True, quotes=quotes, answer=answer)

    @property
    def said(self) -> str:
        """All that the customer has read."""
        return "".join(self.heard)


def test_a_sentence_is_said_once_the_next_one_holds_too() -> None:
    listener = Listener()
    partial = {"sufficient": True, "quotes": [QUOTE], "answer": ""}
    for end in range(len(f"{TINS} {NUMBER} Op")):
        listener.speech.hear({**partial, "answer": ANSWER[:end]})
        assert listener.said in ("", TINS)
    assert listener.said == TINS
    assert listener.write(ANSWER) == []
    assert listener.said == f"{TINS} {NUMBER}"  # of the last two, the second could still go on
    assert listener.speech.whole(ANSWER) == ANSWER


def test_a_sentence_that_does_not_hold_ends_the_attempt_and_keeps_the_one_before_it_unsaid() -> None:
    listener = Listener()
    told = listener.write(f"{TINS} {NUMBER} {WRONG} {REFUND}")
    assert listener.said == TINS  # what limits the second sentence may have stood in the wrong one
    assert any("90" in complaint for complaint in told)
    assert any(f"“{TINS}”" in complaint for complaint in told)


def test_another_attempt_goes_on_from_what_has_been_said() -> None:
    listener = Listener()
    listener.write(f"{TINS} {NUMBER} {WRONG} {REFUND}")
    again = f"unopened tins may come back  within 30 days. {POUCHES} {REFUND}"
    assert listener.write(again) == []
    assert listener.speech.whole(again) == f"{TINS} {POUCHES} {REFUND}"
    assert listener.speech.whole(again).startswith(listener.said)


def test_another_attempt_that_begins_otherwise_is_told_at_once() -> None:
    listener = Listener()
    listener.write(f"{TINS} {NUMBER} {WRONG} {REFUND}")
    told = listener.write(f"{POUCHES} {TINS} {REFUND}")
    assert any("Begin `answer` with exactly these words" in complaint for complaint in told)
    assert listener.said == TINS


def test_what_has_been_said_may_not_end_as_insufficient() -> None:
    listener = Listener()
    listener.write(f"{TINS} {NUMBER} {WRONG} {REFUND}")
    assert listener.speech.check(sufficient=False, quotes=[], answer="")
    assert Listener().speech.check(sufficient=False, quotes=[], answer="") == []


@pytest.mark.parametrize(
    "partial",
    [
        pytest.param({"sufficient": False, "quotes": [QUOTE]}, id="insufficient"),
        pytest.param({"quotes": [QUOTE]}, id="no verdict yet"),
        pytest.param({"sufficient": True}, id="no quotes yet"),
        pytest.param({"sufficient": True, "quotes": []}, id="no quotes"),
        pytest.param({"sufficient": "yes", "quotes": [QUOTE]}, id="a verdict of the wrong type"),
        pytest.param({"sufficient": True, "quotes": QUOTE}, id="quotes of the wrong type"),
    ],
)
def test_nothing_is_said_before_it_is_known_what_it_rests_on(partial: dict[str, object]) -> None:
    listener = Listener()
    for end in range(0, len(ANSWER), 5):
        assert listener.speech.hear({**partial, "answer": ANSWER[:end]}) == []
    assert listener.said == ""


def test_a_quote_that_is_nearly_in_the_source_ends_the_attempt_before_a_word() -> None:
    listener = Listener()
    assert listener.write(ANSWER, ["Unopened tins may come back in 30 days."])
    assert listener.said == ""


def test_quotes_that_come_after_the_answer_are_waited_for() -> None:
    listener = Listener()
    for end in range(1, len(QUOTE)):
        partial = {"sufficient": True, "quotes": [QUOTE[:end]], "answer": ANSWER}
        assert listener.speech.hear(partial) == []
    assert listener.said == ""


def test_an_answer_that_gets_too_long_is_ended() -> None:
    listener = Listener(words=20)
    told = listener.write(" ".join([ANSWER] * 4))
    assert any("20 are the most" in complaint for complaint in told)
    assert len(listener.said.split()) <= 25


def test_an_english_question_is_not_answered_in_another_language() -> None:
    german = "Ungeöffnete Dosen können innerhalb von 30 Tagen zurückgegeben werden."
    assert Listener().write(german)
    assert Listener("Kann ich ungeöffnete Dosen zurückgeben?").write(german) == []
    assert any("language" in told for told in Listener("Kann ich Dosen zurückgeben?").write(ANSWER))


def test_where_it_may_not_begin_all_is_held_back() -> None:
    heard: list[str] = []
    speech = Speech(QUESTION, SOURCES, 100, heard.append, lambda _answer, _quotes: False)
    for end in range(0, len(ANSWER), 5):
        speech.hear({"sufficient": True, "quotes": [QUOTE], "answer": ANSWER[:end]})
    assert heard == []


SENTENCES = [
    TINS,
    NUMBER,
    POUCHES,
    REFUND,
    WRONG,
    "Every customer gets a free teapot.",
    "- Tins",
    "| a | b |",
]


@given(st.lists(st.lists(st.sampled_from(SENTENCES), max_size=6), max_size=3), st.integers(1, 40))
@example([[TINS, "- Tins", TINS, "Every customer gets a free teapot."]], 1)
def test_whatever_a_model_writes_all_that_is_said_holds_and_stands(
    attempts: list[list[str]], step: int
) -> None:
    listener = Listener()
    for attempt in attempts:
        before, answer = listener.said, " ".join(attempt)
        complaints = listener.write(answer, step=step)
        assert listener.said.startswith(before)
        assert check_text(listener.said, SOURCES) == []
        if not complaints:
            assert listener.speech.whole(answer).startswith(listener.said)
            assert check_text(listener.speech.whole(answer), SOURCES) == []
            break
