"""Buttons and forms of a card, pressed by people in the local counterpart of Slack."""

from __future__ import annotations

from agents.domain import Decision
from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, OUTSIDER, SECOND, open_form, submit, words


def test_approve_sends_the_draft_and_is_in_the_audit(work: SlackAtWork) -> None:
    conversation, card = work.escalate("How long do parcels to Canada take?")
    draft = work.desk.session.review_of(conversation)
    assert draft is not None
    work.slack.press(card, "case_approve", LEAD)
    wait_until(lambda: work.said(conversation) == [draft.draft])
    wait_until(lambda: "Answered by Lena Lead" in words(work.card(card["ts"])))
    lines = work.desk.session.team.audit()
    assert any(
        (line.who, line.origin, line.what) == ("Lena Lead", f"slack {LEAD}", "approve") for line in lines
    )


def test_the_second_to_press_is_told_who_was_first(work: SlackAtWork) -> None:
    conversation, card = work.escalate("How long do parcels to Canada take, please?")
    work.slack.press(card, "case_approve", LEAD)
    wait_until(lambda: len(work.said(conversation)) == 1)
    work.slack.press(card, "case_approve", SECOND)
    wait_until(lambda: any("Lena Lead was first" in each for each in work.whispers(SECOND)))
    assert len(work.said(conversation)) == 1


def test_edit_opens_a_form_with_the_draft_and_sends_what_is_in_it(work: SlackAtWork) -> None:
    conversation, card = work.escalate("Do parcels to Canada take long?")
    work.slack.press(card, "case_edit", LEAD)
    wait_until(lambda: open_form(work.slack) is not None)
    form = open_form(work.slack)
    assert form is not None
    assert "Parcels to Canada take" in str(form["blocks"])
    submit(work.slack, {"answer": "About a week."})
    wait_until(lambda: work.said(conversation) == ["About a week."])


def test_a_form_stays_open_and_says_who_was_first(work: SlackAtWork) -> None:
    conversation, card = work.escalate("What about parcels to Canada?")
    work.slack.press(card, "case_reply", LEAD)
    wait_until(lambda: open_form(work.slack) is not None)
    review = work.desk.session.review_of(conversation)
    assert review is not None
    work.desk.session.decide(review.id, Decision(verb="reply", text="Soon.", by="Mia Weber"))
    told = submit(work.slack, {"answer": "Later."})
    assert told["t"] == "view_errors"
    assert "Mia Weber was first" in str(told)
    assert work.said(conversation) == ["Soon."]


def test_who_is_not_in_the_channel_decides_nothing(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    work.slack.press(card, "case_take-over", OUTSIDER)
    wait_until(lambda: bool(work.whispers(OUTSIDER)))
    assert "may not answer" in work.whispers(OUTSIDER)[0]
    assert work.desk.session.standing(conversation).state == "waiting"


def test_taking_over_brings_a_person_in_and_hand_back_lets_the_bot_answer_again(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    work.slack.press(card, "case_take-over", SECOND)
    wait_until(lambda: "Taken by Mia Weber" in words(work.card(card["ts"])))
    work.slack.press(work.card(card["ts"]), "case_hand-back", SECOND)
    wait_until(lambda: work.desk.session.standing(conversation).state == "bot")
    wait_until(lambda: "Handed back by Mia Weber" in words(work.card(card["ts"])))
