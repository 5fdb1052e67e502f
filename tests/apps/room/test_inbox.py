"""What waits, and what a decision in the room does."""

from __future__ import annotations

from collections.abc import Callable

from tests.apps.room.conftest import Room
from tests.desk import Desk

ENGRAVE = "Can you engrave my grandmother's name on the tin by Friday?"


def test_what_waits_is_listed_oldest_first_with_all_that_the_list_shows(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    first = desk.session.ask(ENGRAVE).review
    second = desk.session.ask("Do you sell gift cards?").review
    waiting = open_room("vera").get("inbox").json()["waiting"]
    assert [line["id"] for line in waiting] == [first, second]
    assert waiting[0]["question"] == ENGRAVE
    assert (waiting[0]["status"], waiting[0]["by"]) == ("pending", None)
    assert waiting[0]["due"] > waiting[0]["opened"]
    assert 0 <= waiting[0]["waiting_seconds"] < 60


def test_one_case_shows_everything_needed_to_decide(desk: Desk, open_room: Callable[..., Room]) -> None:
    reply = desk.session.ask("May unopened tins come back within 30 days?")
    case = open_room("vera").get(f"cases/{reply.conversation}").json()
    assert [message["role"] for message in case["messages"]] == ["customer", "bot"]
    review = case["review"]
    assert "30 days" in review["draft"]
    assert review["sources"][0]["title"] == "Returns"
    assert review["retrieved"][0]["score"] > 0
    assert review["confidence"]["percent"] == 20
    assert review["reason"] == "not sure enough"
    assert case["seen"] == case["messages"][-1]["id"]


def test_an_approved_draft_is_the_answer_under_the_deciders_name(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    reply = desk.session.ask("May unopened tins come back within 30 days?")
    draft = desk.session.review(str(reply.review)).draft
    done = open_room("anna").post(f"reviews/{reply.review}/decision", verb="approve").json()
    assert done["status"] == "done"
    said = [message for message in desk.session.messages(reply.conversation) if message.role == "person"]
    assert [(message.text, message.by) for message in said] == [(draft, "Anna Lee")]
    line = next(line for line in desk.session.team.audit() if line.what == "approve")
    assert (line.who, line.origin, line.subject) == ("Anna Lee", "room 10.0.0.1 (anna)", reply.review)


def test_the_second_of_two_is_told_who_was_first_and_with_what(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    reply = desk.session.ask(ENGRAVE)
    anna, boss = open_room("anna"), open_room("boss")
    anna.post(f"reviews/{reply.review}/decision", verb="reply", text="Yes, by Friday.")
    late = boss.post(f"reviews/{reply.review}/decision", verb="reply", text="No.").json()
    assert late == {"status": "already_decided", "by": "Anna Lee", "verb": "reply", "text": "Yes, by Friday."}
    said = [message.text for message in desk.session.messages(reply.conversation) if message.role == "person"]
    assert said == ["Yes, by Friday."]


def test_a_conversation_is_taken_over_talked_in_and_handed_back(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    reply = desk.session.ask(ENGRAVE)
    anna = open_room("anna")
    assert anna.post(f"reviews/{reply.review}/decision", verb="take-over").json()["status"] == "done"
    assert anna.get("inbox").json()["waiting"][0]["by"] == "Anna Lee"
    anna.post(f"cases/{reply.conversation}/typing")
    assert desk.session.standing(reply.conversation).typing
    assert anna.post(f"cases/{reply.conversation}/say", text="Let me look.").json()["status"] == "done"
    assert anna.post(f"cases/{reply.conversation}/say", text="Yes, we can.").json()["status"] == "done"
    inbox = anna.get("inbox").json()
    assert inbox["waiting"] == []
    assert [each["id"] for each in inbox["talking"]] == [reply.conversation]
    assert anna.post(f"reviews/{reply.review}/decision", verb="hand-back").json()["status"] == "done"
    assert anna.get(f"cases/{reply.conversation}").json()["state"] == "bot"


def test_what_the_customer_added_unseen_is_not_lost(desk: Desk, open_room: Callable[..., Room]) -> None:
    reply = desk.session.ask(ENGRAVE)
    anna = open_room("anna")
    seen = anna.get(f"cases/{reply.conversation}").json()["seen"]
    desk.session.ask("And in gold, please.", reply.conversation)
    anna.post(f"reviews/{reply.review}/decision", verb="edit", text="Yes, we can.", seen=seen)
    waiting = anna.get("inbox").json()["waiting"]
    assert [line["question"] for line in waiting] == ["And in gold, please."]


def test_a_decision_that_makes_no_sense_says_why(desk: Desk, open_room: Callable[..., Room]) -> None:
    reply = desk.session.ask(ENGRAVE)
    anna = open_room("anna")
    for verb, text in (("reply", " "), ("hand-back", None), ("dance", "x")):
        refused = anna.post(f"reviews/{reply.review}/decision", verb=verb, text=text)
        assert refused.status_code == 400
        assert refused.json()["error"]
    assert anna.post("reviews/r-none/decision", verb="approve").status_code == 400
    assert anna.get("cases/none").status_code == 400


def test_a_customers_words_stay_text(desk: Desk, open_room: Callable[..., Room]) -> None:
    nasty = "<img src=x onerror=alert(1)> Can you engrave it?"
    reply = desk.session.ask(nasty)
    case = open_room("anna").get(f"cases/{reply.conversation}").json()
    assert case["messages"][0]["text"] == nasty
    assert "html" not in case["messages"][0]


def test_the_team_reads_whole_names_and_what_the_system_told(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    reply = desk.session.ask(ENGRAVE)
    anna = open_room("anna")
    anna.post(f"reviews/{reply.review}/decision", verb="take-over")
    anna.post(f"cases/{reply.conversation}/say", text="Yes, we can.")
    messages = anna.get(f"cases/{reply.conversation}").json()["messages"]
    assert [(each["role"], each["by"]) for each in messages[2:]] == [("system", None), ("person", "Anna Lee")]
    assert "joined" in messages[2]["text"]
