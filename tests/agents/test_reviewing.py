"""Decisions on a real desk: what the customer reads, who was first, and what has to happen outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from agents.domain import Decided, Decision, Message, Review, Verb
from agents.effects import EffectStanding
from agents.errors import BadInput, Forbidden
from tests.desk import Desk, open_desk, write_documents

HARD = "I want to talk to a human about my tins"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home", 0.9, [write_documents(tmp_path / "docs")])
    yield desk
    desk.close()


@pytest.fixture
def review(desk: Desk) -> Review:
    return desk.session.review(str(desk.session.ask(HARD, visitor="anna").review))


def decide(
    desk: Desk, review: Review, verb: Verb, text: str | None = None, by: str = "Maya Lopez"
) -> Decided:
    return desk.session.decide(review.id, Decision(verb=verb, by=by, text=text, seen=review.seen))


def said(desk: Desk, review: Review) -> Sequence[tuple[str, str]]:
    """What stands in the conversation after the escalation."""
    return [(m.role, m.text) for m in desk.session.messages(review.conversation)][2:]


def state(desk: Desk, review: Review) -> str:
    return desk.session.standing(review.conversation, "anna").state


def effects(desk: Desk, kind: str) -> list[EffectStanding]:
    book = desk.services.outbox
    return [one for one in book.standing("pending") + book.standing("delivered") if one.kind == kind]


def test_an_escalation_waits_with_a_promise(desk: Desk, review: Review) -> None:
    standing = desk.session.standing(review.conversation, "anna")
    assert (standing.state, standing.due, standing.late) == ("waiting", review.due, False)
    assert standing.promise in desk.session.messages(review.conversation)[-1].text
    assert [one.id for one in desk.session.reviews()] == [review.id]


def test_an_approved_draft_is_the_persons_answer(desk: Desk, review: Review) -> None:
    done = decide(desk, review, "approve")
    assert (done.status, done.by, done.text) == ("done", "Maya Lopez", review.draft)
    assert said(desk, review) == [("person", review.draft)]
    assert desk.session.messages(review.conversation)[-1].by == "Maya Lopez"
    assert state(desk, review) == "resolved"
    assert desk.session.reviews() == []


def test_an_edited_draft_and_a_reply_carry_the_persons_words(desk: Desk, review: Review) -> None:
    decide(desk, review, "edit", "  Yes, we do. ")
    assert said(desk, review) == [("person", "Yes, we do.")]


def test_a_reply_brings_the_person_into_the_conversation_and_silences_the_bot(
    desk: Desk, review: Review
) -> None:
    decide(desk, review, "reply", "Let me look.")
    assert said(desk, review) == [("system", "Maya from our team has joined."), ("person", "Let me look.")]
    assert desk.session.standing(review.conversation).person == "Maya"
    silent = desk.session.ask("Can tins come back?", review.conversation, "anna")
    assert (silent.answer, silent.reason) == ("", "a person is in the conversation")
    assert desk.session.respond("Hello?", review.conversation, "anna") is None
    more = desk.session.say(review.conversation, "Yes, within 30 days.", "Maya Lopez")
    assert isinstance(more, Message)
    decide(desk, review, "hand-back")
    assert desk.session.ask("Can tins come back?", review.conversation, "anna").decision == "answer"


def test_a_taken_review_is_answered_by_what_is_said_next(desk: Desk, review: Review) -> None:
    decide(desk, review, "take-over")
    assert state(desk, review) == "person"
    assert desk.session.review(review.id).status == "taken"
    done = desk.session.say(review.conversation, "Here I am.", "Maya Lopez")
    assert isinstance(done, Decided)
    assert desk.session.review(review.id).verb == "reply"
    assert said(desk, review)[-1] == ("person", "Here I am.")


def test_a_rejected_review_goes_back_to_the_bot_and_keeps_its_reason_inside(
    desk: Desk, review: Review
) -> None:
    decide(desk, review, "reject", "spam")
    assert state(desk, review) == "bot"
    assert all("spam" not in text for _, text in said(desk, review))
    assert desk.session.review(review.id).text == "spam"
    assert desk.session.ask("Can tins come back?", review.conversation, "anna").decision == "answer"


def test_who_rejects_from_within_the_conversation_has_left_it(desk: Desk, review: Review) -> None:
    decide(desk, review, "take-over")
    decide(desk, review, "reject")
    joined, left, rejected = (text for _, text in said(desk, review))
    assert ("Maya" in joined, "Maya has left" in left) == (True, True)
    assert rejected == desk.session.policy.texts.rejected
    assert desk.session.ask("Can tins come back?", review.conversation, "anna").decision == "answer"


def test_an_earlier_review_hands_nothing_back_that_a_later_one_holds(desk: Desk, review: Review) -> None:
    decide(desk, review, "reject")
    later = desk.session.review(str(desk.session.ask(HARD, review.conversation, "anna").review))
    decide(desk, later, "take-over", by="Ben Ito")
    assert decide(desk, review, "hand-back").status == "already_decided"
    assert (state(desk, review), desk.session.review(later.id).status) == ("person", "taken")
    assert decide(desk, later, "hand-back").status == "done"
    assert state(desk, review) == "bot"


def test_the_later_review_is_known_by_its_messages_whatever_the_clocks_say(
    desk: Desk, review: Review
) -> None:
    decide(desk, review, "reject")
    later = desk.session.review(str(desk.session.ask(HARD, review.conversation, "anna").review))
    with closing(sqlite3.connect(desk.home / "gtm.sqlite3")) as database, database:
        database.execute("UPDATE reviews SET opened = '2999-01-01 00:00:00' WHERE id = ?", (review.id,))
    assert decide(desk, later, "take-over").status == "done"
    assert decide(desk, review, "hand-back").status == "already_decided"


@pytest.mark.parametrize("verb", ["approve", "edit", "reply", "reject", "take-over"])
def test_the_second_is_told_who_was_first(desk: Desk, review: Review, verb: Verb) -> None:
    decide(desk, review, "approve")
    late = decide(desk, review, verb, "no" if verb in ("edit", "reply") else None, by="Ben")
    assert (late.status, late.by, late.text) == ("already_decided", "Maya Lopez", review.draft)
    assert len(said(desk, review)) == 1


def test_a_later_episode_cannot_be_decided_by_an_old_review(desk: Desk, review: Review) -> None:
    decide(desk, review, "reply", "Done.")
    decide(desk, review, "hand-back")
    decide(desk, review, "approve")
    again = desk.session.ask(HARD, review.conversation, "anna")
    assert again.review != review.id
    assert decide(desk, review, "hand-back").status == "already_decided"
    assert state(desk, review) == "waiting"


def test_what_the_customer_added_meanwhile_waits_for_a_person_again(desk: Desk, review: Review) -> None:
    desk.session.ask("And by Friday?", review.conversation, "anna")
    decide(desk, review, "approve")  # having seen the first message only
    [follow_up] = desk.session.reviews()
    assert (follow_up.question, follow_up.status) == ("And by Friday?", "pending")
    assert state(desk, review) == "waiting"


@pytest.mark.parametrize(
    ("verb", "text", "complaint"),
    [
        ("edit", None, "needs the text"),
        ("reply", "   ", "needs the text"),
        ("approve", "other words", "use edit"),
        ("hand-back", None, "Nobody is in this conversation"),
        ("reply", "x" * 10_001, "10000"),
    ],
)
def test_a_decision_that_makes_no_sense_is_explained(
    desk: Desk, review: Review, verb: Verb, text: str | None, complaint: str
) -> None:
    with pytest.raises(BadInput, match=complaint):
        decide(desk, review, verb, text)
    assert said(desk, review) == []
    assert desk.session.review(review.id).status == "pending"


def test_without_a_draft_there_is_nothing_to_approve(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "empty")
    review = desk.session.review(str(desk.session.ask("Engrave?", visitor="anna").review))
    with pytest.raises(BadInput, match="no draft"):
        decide(desk, review, "approve")
    desk.close()


@pytest.mark.parametrize("by", ["", "  ", "a\nb", "x" * 101])
def test_a_decision_needs_a_name(desk: Desk, review: Review, by: str) -> None:
    with pytest.raises(BadInput, match="name"):
        decide(desk, review, "approve", by=by)


def test_an_unknown_review_is_named(desk: Desk) -> None:
    with pytest.raises(BadInput, match="'r-nothing'"):
        desk.session.decide("r-nothing", Decision(verb="approve", by="Maya"))


def test_the_graph_goes_on_once_and_the_next_question_starts_afresh(desk: Desk, review: Review) -> None:
    assert desk.services.reviews.interrupt(review.id) is None  # nobody has decided yet
    decide(desk, review, "approve")
    assert desk.services.reviews.interrupt(review.id) is not None
    desk.session.settle(review.id)
    desk.session.settle(review.id)
    assert desk.services.reviews.interrupt(review.id) is None
    assert desk.session.ask("Can tins come back?", review.conversation, "anna").decision == "answer"


def test_a_question_before_the_graph_has_gone_on_lets_it(desk: Desk, review: Review) -> None:
    decide(desk, review, "approve")
    desk.session.ask("Can tins come back?", review.conversation, "anna")
    assert desk.services.reviews.interrupt(review.id) is None


def test_an_answer_goes_out_by_mail_to_a_customer_who_has_left(desk: Desk, review: Review) -> None:
    desk.session.leave_contact(review.conversation, " anna@example.com ", "anna")
    decide(desk, review, "edit", "Yes.")
    [letter] = effects(desk, "email")
    now = desk.services.now()
    [due] = desk.services.outbox.due(now, 10, now + timedelta(minutes=1), ["email"])
    assert due.id == letter.id
    assert due.payload == {"to": "anna@example.com", "question": HARD, "answer": "Yes.", "by": "Maya Lopez"}


def test_a_customer_who_reads_on_gets_no_mail(desk: Desk, review: Review) -> None:
    desk.session.leave_contact(review.conversation, "anna@example.com", "anna")
    desk.session.seen_by_customer(review.conversation, "anna")
    decide(desk, review, "edit", "Yes.")
    [letter] = effects(desk, "email")
    assert letter.next_attempt > desk.services.now()
    desk.session.seen_by_customer(review.conversation, "anna")
    [withdrawn] = effects(desk, "email")
    assert (withdrawn.status, withdrawn.reason) == ("delivered", "read in the chat")


def test_without_an_address_there_is_no_mail(desk: Desk, review: Review) -> None:
    decide(desk, review, "edit", "Yes.")
    assert effects(desk, "email") == []


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "@x.com", "a@b", "a b@c.de", "a@b.de\nBcc: c@d.ef", "x" * 400]
)
def test_an_address_that_is_none_is_refused(desk: Desk, review: Review, address: str) -> None:
    with pytest.raises(BadInput, match="e-mail address"):
        desk.session.leave_contact(review.conversation, address, "anna")
    assert desk.session.standing(review.conversation).contact is None


def test_another_visitor_neither_sees_nor_changes_how_it_stands(desk: Desk, review: Review) -> None:
    with pytest.raises(Forbidden):
        desk.session.standing(review.conversation, "ben")
    with pytest.raises(Forbidden):
        desk.session.leave_contact(review.conversation, "ben@example.com", "ben")
    with pytest.raises(Forbidden):
        desk.session.seen_by_customer(review.conversation, "ben")


def test_a_customer_who_waits_too_long_is_told_once(desk: Desk, review: Review) -> None:
    desk.session.keep_promises()
    assert said(desk, review) == []
    desk.services.now = lambda: review.due + timedelta(seconds=1)
    desk.session.keep_promises()
    desk.session.keep_promises()
    assert said(desk, review) == [("system", desk.session.policy.texts.late)]
    assert desk.session.standing(review.conversation).late


def test_a_person_who_says_nothing_more_leaves_the_conversation_to_rest(desk: Desk, review: Review) -> None:
    decide(desk, review, "reply", "Done.")
    later = desk.services.now() + timedelta(hours=desk.session.policy.people.quiet_hours + 1)
    desk.services.now = lambda: later
    desk.session.keep_promises()
    assert state(desk, review) == "resolved"
    assert said(desk, review)[-1] == ("system", desk.session.policy.texts.went_quiet)


def test_a_person_types_for_a_moment(desk: Desk, review: Review) -> None:
    desk.session.typing(review.conversation)
    assert desk.session.standing(review.conversation).typing
    later = desk.services.now() + timedelta(seconds=7)
    desk.services.now = lambda: later
    assert not desk.session.standing(review.conversation).typing


def test_every_decision_stands_in_the_audit(desk: Desk, review: Review) -> None:
    decision = Decision(verb="edit", by="Maya Lopez", text="Yes.", origin="room 10.0.0.1")
    desk.session.decide(review.id, decision)
    [line] = desk.session.team.audit(10, 0)
    assert (line.who, line.origin, line.what, line.subject) == (
        "Maya Lopez",
        "room 10.0.0.1",
        "edit",
        review.id,
    )
