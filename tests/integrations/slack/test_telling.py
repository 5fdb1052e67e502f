"""Answers that are streamed where the workspace can, and stand whole where it cannot."""

from __future__ import annotations

import pytest

from agents.domain import Place
from integrations.slack.answers import TeamAnswer, answer_blocks
from integrations.slack.client import SlackClient
from integrations.slack.telling import LOOKING, Telling
from tests.slack_gate import faults
from tests.slack_script import Script

PLACE = Place(channel="C1", message="1.1", thread="1.1")
ANSWER = TeamAnswer(
    "Six to ten days.", sure=True, confidence=0.9, confidence_word="likely", sources=("Shipping",)
)


@pytest.fixture
def telling(script: Script) -> Telling:
    script.says("chat.postMessage", ok=True, ts="2.1", channel="C1")
    script.says("chat.startStream", ok=True, ts="2.2", channel="C1")
    return Telling(SlackClient("xoxb", script.url))


def tell(telling: Telling) -> None:
    text, blocks = answer_blocks(ANSWER, feedback=True)
    telling.begin(PLACE, "U1", "T1").finish(ANSWER, text, blocks)


def test_where_a_workspace_streams_the_answer_is_streamed_with_sources_and_buttons(
    telling: Telling, script: Script
) -> None:
    tell(telling)
    assert script.calls == [
        "assistant.threads.setStatus",
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
    ]
    assert script.sent[1]["recipient_user_id"] == "U1"
    assert script.sent[2]["markdown_text"] == "Six to ten days."
    assert "Shipping" in str(script.sent[3]["blocks"])
    assert faults(script.sent[3]["blocks"]) == []


def test_where_it_cannot_one_message_is_changed_and_streaming_is_not_tried_again(
    telling: Telling, script: Script
) -> None:
    for method in ("chat.startStream", "assistant.threads.setStatus"):
        script.says(method, ok=False, error="unknown_method")
    tell(telling)
    assert script.calls[-2:] == ["chat.startStream", "chat.postMessage"]
    before = len(script.calls)
    tell(telling)
    assert script.calls[before:] == ["chat.postMessage", "chat.update"]
    assert script.sent[before]["text"] == LOOKING
    assert "Six to ten days." in str(script.sent[before + 1]["blocks"])


def test_a_stream_that_breaks_off_ends_as_one_whole_message(telling: Telling, script: Script) -> None:
    script.says("chat.appendStream", 500)
    tell(telling)
    assert script.calls[-1] == "chat.update"
    assert script.sent[-1]["ts"] == "2.2", "what was begun is what is completed"
    assert "Six to ten days." in str(script.sent[-1]["blocks"])
