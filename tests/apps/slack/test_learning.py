"""What the desk learns in the thread of a case, and the way back."""

from __future__ import annotations

from typing import Any

from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, buttons, first_block, open_form, submit, words


def offered(work: SlackAtWork, question: str, reply: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case that was answered in its thread, and the offer to learn the answer."""
    _, card = work.escalate(question)
    work.slack.say(reply, thread=card["ts"])
    wait_until(lambda: bool(offers(work, card)))
    return card, offers(work, card)[0]


def offers(work: SlackAtWork, card: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in work.slack.thread(card["ts"]) if first_block(each).startswith("offer:")]


def test_an_answer_is_offered_added_answered_from_and_taken_back(work: SlackAtWork) -> None:
    card, offer = offered(
        work, "Do you sell gift boxes with ribbons?", "Yes, gift boxes come with a red ribbon."
    )
    work.slack.press(offer, "entry_accept", LEAD)
    wait_until(lambda: "Added to the knowledge base by Lena Lead" in words(offers(work, card)[0]))
    found = work.desk.session.rehearse("Do you sell gift boxes with ribbons?")
    assert "red ribbon" in found.draft.text
    work.slack.press(offers(work, card)[0], "entry_undo", LEAD)
    wait_until(lambda: "Taken out of the knowledge base by Lena Lead" in words(offers(work, card)[0]))
    question = "Do you sell gift boxes with ribbons?"
    wait_until(lambda: "red ribbon" not in work.desk.session.rehearse(question).draft.text)
    assert buttons(offers(work, card)[0]) == {}
    assert len(offers(work, card)) == 1


def test_personal_data_are_left_out_of_the_offer(work: SlackAtWork) -> None:
    _, offer = offered(work, "Do you have a fax?", "Write to jane.doe@mail.example about order TP-1234567.")
    assert "jane.doe" not in words(offer)
    assert "TP-1234567" not in words(offer)
    assert "Left out as personal" in words(offer)


def test_the_words_can_be_changed_before_they_are_learned(work: SlackAtWork) -> None:
    card, offer = offered(work, "Is there a loyalty card made of wood?", "Sure.")
    work.slack.press(offer, "entry_edit", LEAD)
    wait_until(lambda: open_form(work.slack) is not None)
    values = {"question": "Is there a wooden loyalty card?", "answer": "Call me: +1 303 555 0142."}
    told = submit(work.slack, values)
    assert "personal" in str(told), "the form stays open and says what is personal"
    submit(work.slack, {**values, "answer": "Yes, our loyalty card is made of maple wood."})
    wait_until(lambda: "Added to the knowledge base" in words(offers(work, card)[0]))
    assert "maple wood" in work.desk.session.rehearse("Is there a wooden loyalty card?").draft.text


def test_an_offer_can_be_turned_down(work: SlackAtWork) -> None:
    card, offer = offered(work, "Will you come to my party?", "With pleasure!")
    work.slack.press(offer, "entry_dismiss", LEAD)
    wait_until(lambda: "Not added: turned down by Lena Lead" in words(offers(work, card)[0]))
