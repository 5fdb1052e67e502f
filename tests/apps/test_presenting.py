"""What the page is given to draw."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from agents.domain import Citation, Message, Reply, ReplyDecision
from apps.presenting import QUOTE_IN_LINK, Presenter, document_link

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def bot(decision: ReplyDecision = "answer", *citations: Citation, confidence: float = 0.93) -> Message:
    reply = Reply(
        decision=decision,
        answer="Within **7** days.",
        confidence=confidence,
        citations=citations,
        conversation="c",
        reason="because",
        seconds=0.1,
    )
    return Message(id=7, conversation="c", role="bot", text=reply.answer, at=AT, reply=reply)


def cited(quote: str, anchor: str = "3-2") -> Citation:
    return Citation(document="returns & refunds.md", section="3.2", anchor=anchor, quote=quote)


PRESENTER = Presenter(lambda confidence: f"word {confidence}", lambda name: f"Title of {name}")


def test_an_answer_has_a_word_of_confidence_and_its_sources() -> None:
    shown = PRESENTER.message(bot("answer", cited("Seven *days*.")))
    assert shown["html"] == "<p>Within <strong>7</strong> days.</p>\n"
    assert shown["confidence"] == {"word": "word 0.93", "percent": 93}
    assert shown["sources"][0]["title"] == "Title of returns & refunds.md"
    assert shown["sources"][0]["html"] == "<p>Seven <em>days</em>.</p>\n"


def test_small_talk_shows_neither_confidence_nor_sources() -> None:
    shown = PRESENTER.message(bot(confidence=1))
    assert shown["decision"] == "talk"
    assert "confidence" not in shown
    assert "sources" not in shown


def test_an_escalated_reply_shows_no_confidence() -> None:
    shown = PRESENTER.message(bot("escalate", cited("x")))
    assert shown["decision"] == "escalate"
    assert "confidence" not in shown


def test_a_question_back_shows_what_can_be_chosen() -> None:
    asked = bot("clarify")
    assert asked.reply is not None
    with_options = asked.model_copy(
        update={"reply": asked.reply.model_copy(update={"options": ("Returns", "<b>Refunds</b>")})}
    )
    assert PRESENTER.message(with_options)["options"] == ("Returns", "<b>Refunds</b>")
    assert PRESENTER.message(asked)["options"] == ()


def test_a_customers_words_stay_plain_text() -> None:
    text = "<img src=x onerror=alert(1)> **not bold**"
    shown = PRESENTER.message(Message(id=1, conversation="c", role="customer", text=text, at=AT))
    assert shown["text"] == text
    assert "html" not in shown


def test_a_person_is_named_by_the_first_name_and_heard_in_markdown() -> None:
    message = Message(id=1, conversation="c", role="person", text="**Yes** <b>", at=AT, by="Maya Ortiz")
    shown = PRESENTER.message(message)
    assert shown["by"] == "Maya"
    assert shown["html"] == "<p><strong>Yes</strong> &lt;b&gt;</p>\n"
    assert "Ortiz" not in str(shown)
    assert "decision" not in shown


def test_what_the_system_tells_stays_plain_text() -> None:
    text = "[Maya](https://elsewhere.example) has joined."
    shown = PRESENTER.message(Message(id=1, conversation="c", role="system", text=text, at=AT))
    assert shown["text"] == text
    assert "html" not in shown


def test_quotes_of_one_section_are_one_source() -> None:
    shown = PRESENTER.message(bot("answer", cited("One."), cited("Two."), cited("Else.", "4")))
    assert [source["html"] for source in shown["sources"]] == ["<p>One.</p>\n<p>Two.</p>\n", "<p>Else.</p>\n"]


def test_a_link_names_document_quote_and_anchor() -> None:
    link = urlsplit(document_link(cited("50 % & more?")))
    assert link.path == "documents/returns%20%26%20refunds.md"
    assert parse_qs(link.query) == {"quote": ["50 % & more?"]}
    assert link.fragment == "3-2"


def test_a_long_quote_is_cut_between_words_in_the_link() -> None:
    quote = parse_qs(urlsplit(document_link(cited("word " * 1000))).query)["quote"][0]
    assert len(quote) <= QUOTE_IN_LINK
    assert quote.endswith("word")


def test_the_internal_reason_is_not_sent_to_the_page() -> None:
    assert "because" not in str(PRESENTER.message(bot("answer", cited("x"))))
