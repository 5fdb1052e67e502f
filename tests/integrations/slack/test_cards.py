"""Cards, lines, offers, forms and homes keep Slack's limits, whatever is in them, and mention nobody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.domain import Review
from agents.team_channel import Card, CardSource, Note, Offer, Reminder, ThreadLine
from integrations.slack.answers import TeamAnswer, answer_blocks
from integrations.slack.cards import shown
from integrations.slack.forms import answer_form
from integrations.slack.lists import Health, home_view, waiting_blocks
from integrations.slack.mrkdwn import clip, escape, markdown, plain, quoted
from tests.slack_gate import faults, view_faults

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WILD = (
    "<!channel> <@U01LEAD> <#C01|x> & <https://evil.example|click> *b* `c` ```\n> q\n\u202e\U0001f9ea " * 200
)
TEXTS = st.one_of(
    st.just(WILD),
    st.text(max_size=200),
    st.text(alphabet="<>&|!@# \na", max_size=9000),
    st.just("&" * 10_000),
    st.just("\n" * 5000),
    st.just(""),
)
MENTION = re.compile(r"<[!@#][^>]*>")


def card(text: str = WILD, **changes: Any) -> Card:
    known: dict[str, Any] = {
        "review": "r-abcdefghijkl",
        "question": text or "?",
        "draft": text,
        "reason": text or "asks for a person",
        "confidence": 0.32,
        "confidence_word": "not sure",
        "sources": tuple(CardSource(title=text or "x", section=text) for _ in range(30)),
        "contact": text or None,
        "opened": NOW,
        "due": NOW + timedelta(hours=2),
        "status": "pending",
        "seen": 2**40,
    }
    return Card(**{**known, **changes})


def review(text: str, number: int) -> Review:
    return Review(
        id=f"r-{number}",
        kind="escalation",
        conversation="c",
        episode=1,
        question=text or "?",
        draft=text,
        confidence=0.1,
        reason="x",
        opened=NOW,
        due=NOW,
        status="pending",
    )


def notes(text: str) -> list[Note]:
    decided = {"by": text[:100] or "Mia", "decided": NOW + timedelta(minutes=12)}
    return [
        card(text),
        card(text, status="taken", by="Mia", joined="Mia Weber"),
        card(text, status="decided", verb="reply", **decided),
        card(text, status="decided", verb="reject", **decided),
        card(text, draft="", sources=()),
        ThreadLine(role="customer", text=text or "?"),
        ThreadLine(role="person", text=text or "?", by=text[:100] or "Mia"),
        Offer(
            entry=1,
            question=text or "?",
            answer=text or "?",
            status="proposed",
            contradictions=(text or "?",) * 9,
        ),
        Offer(
            entry=1,
            question=text or "?",
            answer=text or "?",
            status="accepted",
            by="Mia",
            undo=True,
            note=text,
        ),
        Reminder(text=f"Waited {text[:200]} {{people}}"),
    ]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_whatever_is_in_a_note_slack_takes_it_and_nobody_is_mentioned(text: str) -> None:
    for note in notes(text):
        words, blocks = shown("card:r-abcdefghijkl", note)
        assert faults(blocks) == []
        assert words
        assert not MENTION.search(words)
        assert not MENTION.search(str(blocks))
        assert blocks[0]["block_id"] == "card:r-abcdefghijkl", "the first block bears the key"


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_whatever_is_in_an_answer_a_form_or_a_home_slack_takes_it(text: str) -> None:
    answer = TeamAnswer(
        text, sure=False, confidence=0.4, confidence_word="not sure", sources=(text or "x",) * 9
    )
    for feedback in (False, True):
        assert faults(answer_blocks(answer, feedback)[1]) == []
    assert not MENTION.search(str(answer_blocks(answer)[1]))
    many = [review(text, number) for number in range(60)]
    zone = ZoneInfo("America/Denver")
    assert faults(waiting_blocks(many, {}, str, zone, 10)[1]) == []
    home = home_view(many, str, zone, "numbers", [Health("Jobs", False, text or "x")], most=20, note=text)
    assert view_faults(home) == []
    form = answer_form(many[0], "edit", text, text[:3000], {"seen": 1, "place": None})
    assert view_faults(form) == []


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        ([{"type": "divider", "block_id": str(number)} for number in range(51)], "51 blocks"),
        ([{"type": "divider", "block_id": "a"}] * 2, "occurs 2 times"),
        ([{"type": "divider", "colour": "red"}], "unknown key 'colour'"),
        (
            [
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x" * 76}}
                    ],
                }
            ],
            "76 characters",
        ),
        (
            [
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "style": "loud", "text": {"type": "plain_text", "text": "x"}}
                    ],
                }
            ],
            "unknown style",
        ),
    ],
)
def test_the_gate_sees_what_slack_refuses(blocks: list[dict[str, Any]], fault: str) -> None:
    assert any(fault in each for each in faults(blocks))


def test_escaping_shows_every_letter_as_it_was_written() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert clip("ab&amp;cd", 6) == "ab…", "an entity is never cut in two"


def test_a_long_question_is_cut_with_a_word_about_it() -> None:
    pieces = list(quoted(escape("tea & milk\n" * 2000), most=3))
    assert len(pieces) == 3
    assert all(len(piece) <= 3000 for piece in pieces)
    assert "control room" in pieces[-1]


def test_what_members_write_reaches_customers_as_plain_words() -> None:
    written = "Hi &amp; yes: <https://shop.example/a|our page>, <mailto:a@shop.example|write>, <!here> <@U1|mia> &lt;3"
    assert plain(written) == "Hi & yes: https://shop.example/a, a@shop.example, @here @mia <3"


def test_markdown_of_documents_reads_as_slack_writes_it() -> None:
    text = (
        "## Tins\n- **Summit** [shop](https://shop.example)\n\n| Item | Price |\n| --- | --- |\n| Duo | $36 |"
    )
    assert markdown(text) == "*Tins*\n• *Summit* <https://shop.example|shop>\n\nItem · Price\nDuo · $36"
