"""The thread of a case: what the customer adds appears there, what the team replies reaches the customer."""

from __future__ import annotations

from agents.domain import Place
from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, OUTSIDER, SOCKET_BOT, first_block, words


def reactions(work: SlackAtWork, ts: str) -> list[str]:
    return [each["name"] for each in work.card(ts).get("reactions") or ()]


def test_what_a_customer_adds_appears_in_the_thread_in_order(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    for number in range(1, 6):
        work.ask(f"Addition {number}", conversation)
    wait_until(lambda: len(work.slack.thread(card["ts"])) == 5)
    shown = [words(each) for each in work.slack.thread(card["ts"])]
    assert [f"Addition {number}" in text for number, text in enumerate(shown, 1)] == [True] * 5


def test_a_reply_in_the_thread_reaches_the_customer_once_and_is_marked(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    ts = work.slack.say("Yes &amp; gladly: <https://shop.example/tins|our tins>", thread=card["ts"])
    wait_until(lambda: work.said(conversation) == ["Yes & gladly: https://shop.example/tins"])
    wait_until(lambda: reactions(work, ts) == ["white_check_mark"])
    second = work.slack.say("Anything else?", thread=card["ts"])
    wait_until(lambda: reactions(work, second) == ["white_check_mark"])
    assert len(work.said(conversation)) == 2
    shown_again = [each for each in work.slack.thread(card["ts"]) if first_block(each).startswith("line:")]
    assert shown_again == []


def test_what_begins_with_two_slashes_stays_internal(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    work.slack.say("// who knows this one?", thread=card["ts"])
    ts = work.slack.say("We can.", thread=card["ts"])
    wait_until(lambda: reactions(work, ts) == ["white_check_mark"])
    assert work.said(conversation) == ["We can."]


def test_hand_back_gives_the_conversation_to_the_bot(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    work.slack.say("I am on it.", thread=card["ts"])
    wait_until(lambda: work.desk.session.standing(conversation).state == "person")
    work.slack.say("hand back", thread=card["ts"])
    wait_until(lambda: work.desk.session.standing(conversation).state == "bot")
    assert work.said(conversation) == ["I am on it."]


def test_what_comes_after_everybody_has_left_is_not_lost_silently(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    work.slack.press(card, "case_reject", LEAD)
    wait_until(lambda: work.desk.session.standing(conversation).state == "bot")
    before = len(work.whispers(LEAD))
    work.slack.say("One more thing", thread=card["ts"])
    wait_until(lambda: len(work.whispers(LEAD)) > before)
    assert "was not sent" in work.whispers(LEAD)[-1]
    assert work.said(conversation) == []


def test_who_may_not_answer_is_told_so(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    work.slack.say("Hello!", user=OUTSIDER, thread=card["ts"])
    wait_until(lambda: any("was not sent" in each for each in work.whispers(OUTSIDER)))
    assert work.said(conversation) == []


def test_a_reply_that_is_told_of_twice_is_said_once(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    place = Place(channel="C01SUPPORT", message="1.000001", thread=card["ts"])
    now = work.desk.services.now()
    assert work.desk.services.channel_book.hear(place, LEAD, "Once", now) is not None
    assert work.desk.services.channel_book.hear(place, LEAD, "Once", now) is None
    for _ in range(2):  # as after a crash between saying it and writing down that it was said
        work.bot.desk.relay.pass_on(place, LEAD, "Once")
    assert work.said(conversation) == ["Once"]


def test_further_words_after_the_first_answer_are_said_once_too(work: SlackAtWork) -> None:
    conversation, card = work.escalate()
    for ts, text in (("2.000001", "First"), ("2.000002", "Then"), ("2.000002", "Then")):
        work.bot.desk.relay.pass_on(Place(channel="C01SUPPORT", message=ts, thread=card["ts"]), LEAD, text)
    assert work.said(conversation) == ["First", "Then"]


def test_a_customers_words_mention_nobody(work: SlackAtWork) -> None:
    _, card = work.escalate(f"<!channel> <@{SOCKET_BOT}> & a <b> tin? ``` *x*")
    assert "<!channel>" not in str(card)
    assert "&lt;!channel&gt;" in words(card)
    assert f"<@{SOCKET_BOT}>" not in str(card)


def test_the_next_episode_begins_a_thread_of_its_own(work: SlackAtWork) -> None:
    conversation, card = work.escalate("How long do parcels to Canada take now?")
    work.slack.press(card, "case_approve", LEAD)
    wait_until(lambda: work.desk.session.standing(conversation).state == "resolved")
    before = len(work.slack.cards())
    work.ask("And can you engrave a tin?", conversation)
    wait_until(lambda: len(work.slack.cards()) == before + 1)
    assert "thread_ts" not in work.slack.cards()[-1]
