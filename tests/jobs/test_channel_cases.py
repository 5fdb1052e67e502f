"""What the team's channel shows of a case, against the local counterpart of Slack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.domain import Decision
from agents.errors import ChannelClosed, Throttled, Transient
from agents.team_channel import TeamChannel
from apps.worker import turn_on
from integrations import open_channel
from jobs.channel_cases import ChannelCases, waiting_words
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import running, wait_until
from tests.slack_proxy import Fault, Proxy
from tests.slack_server import LEAD, LocalSlack, buttons, first_block, words

TUESDAY = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 10:00 in Denver, when the shop is open


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack, proxy: Proxy) -> Iterator[Desk]:
    slack.reset()
    proxy.fault = lambda _method, _number: None
    proxy.calls.clear()
    opened = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")], slack_url=proxy.api)
    turn_on(opened.services, opened_channel(opened))
    yield opened
    opened.close()


def opened_channel(desk: Desk) -> TeamChannel:
    channel = desk.services.open_channel()
    assert channel is not None
    return channel


def cases(desk: Desk, held: timedelta = timedelta(seconds=20)) -> ChannelCases:
    """As a process of its own would look at the channel: it remembers nothing of what others were told."""
    channel = open_channel(desk.settings)
    assert channel is not None
    return ChannelCases(desk.session, desk.services, channel, held)


def escalate(
    desk: Desk, text: str = "Can you engrave a name on the tin?", conversation: str | None = None
) -> str:
    reply = desk.session.ask(text, conversation)
    assert reply.review is not None
    return reply.review


def failing_call(method: str, how: str, times: int = 1) -> Fault:
    """The first `times` calls of a method go wrong."""
    return lambda called, number: how if called == method and number <= times else None


def test_an_opened_review_appears_as_a_card_and_follows_what_becomes_of_it(
    desk: Desk, slack: LocalSlack
) -> None:
    with running(desk):
        review = escalate(desk)
        wait_until(lambda: len(slack.cards()) == 1)
        card = slack.cards()[0]
        assert "Can you engrave a name on the tin?" in words(card)
        assert {"case_reply", "case_reject", "case_take-over"} <= set(buttons(card))
        desk.session.decide(review, Decision(verb="reply", text="Yes, we can.", by="Mia Weber"))
        wait_until(lambda: "Answered by Mia Weber" in words(slack.cards()[0]))
    assert set(buttons(slack.cards()[0])) == {"case_hand-back"}
    said = [words(each) for each in slack.thread(slack.cards()[0]["ts"])]
    assert any("Mia Weber" in each and "Yes, we can." in each for each in said), (
        "said in the room, shown here"
    )


def test_looking_again_posts_and_changes_nothing(desk: Desk, slack: LocalSlack, proxy: Proxy) -> None:
    review = escalate(desk)
    cases(desk).bring_up_to_date(review)
    before = sum(proxy.calls.values())
    cases(desk).bring_up_to_date(review)
    assert sum(proxy.calls.values()) == before
    assert len(slack.cards()) == 1


@pytest.mark.parametrize("kind", ["card", "line"])
def test_a_message_that_was_posted_but_never_confirmed_is_found_and_not_posted_again(
    desk: Desk, slack: LocalSlack, proxy: Proxy, kind: str
) -> None:
    conversation = desk.session.ask("Can you engrave a name on the tin?").conversation
    review = desk.session.review_of(conversation)
    assert review is not None
    if kind == "line":
        cases(desk).bring_up_to_date(review.id)
        desk.session.ask("By Friday?", conversation)
    proxy.calls.clear()
    proxy.fault = failing_call("chat.postMessage", "lost")
    with pytest.raises(Transient):
        cases(desk).bring_up_to_date(review.id)
    cases(desk).bring_up_to_date(review.id)
    counted = Counter(first_block(each).split(":")[0] for each in slack.messages())
    assert counted["card"] == 1
    assert counted[kind] == 1


@pytest.mark.parametrize("how", ["429", "500", "internal_error"])
def test_what_slack_refuses_for_a_while_is_posted_later_and_once(
    desk: Desk, slack: LocalSlack, proxy: Proxy, how: str
) -> None:
    conversation = desk.session.ask("Can you engrave a name on the tin?").conversation
    review = desk.session.review_of(conversation)
    assert review is not None
    for number in range(3):
        desk.session.ask(f"Addition {number}", conversation)
    proxy.fault = lambda method, number: how if method == "chat.postMessage" and number in (1, 2, 4) else None
    for _ in range(6):
        try:
            cases(desk).bring_up_to_date(review.id)
        except Transient:
            continue
        break
    assert len(slack.cards()) == 1
    thread = [words(each) for each in slack.thread(slack.cards()[0]["ts"])]
    assert [f"Addition {number}" in text for number, text in enumerate(thread)] == [True] * 3


def test_a_closed_channel_is_named_and_everything_appears_once_it_is_mended(
    desk: Desk, slack: LocalSlack, proxy: Proxy
) -> None:
    review = escalate(desk)
    proxy.fault = lambda method, _number: "not_in_channel" if method.startswith("chat.") else None
    with pytest.raises(ChannelClosed, match="/invite"):
        cases(desk).bring_up_to_date(review)
    with running(desk):
        wait_until(lambda: (standing := desk.session.team_channel()) is not None and standing.waiting == 1)
    standing = desk.session.team_channel()
    assert standing is not None
    assert "/invite @gtm" in (standing.trouble or "")
    proxy.fault = lambda _method, _number: None
    cases(desk).bring_up_to_date(review)
    assert len(slack.cards()) == 1


def test_only_one_process_at_a_time_works_on_a_case(desk: Desk) -> None:
    review = escalate(desk)
    now = desk.services.now()
    assert desk.services.channel_book.take(review, "other", now, now + timedelta(seconds=20))
    with pytest.raises(Throttled):
        cases(desk).bring_up_to_date(review)
    later = now + timedelta(seconds=21)
    assert desk.services.channel_book.take(review, "third", later, later + timedelta(seconds=20))


def test_cases_that_were_opened_before_slack_was_set_appear_too(tmp_path: Path, slack: LocalSlack) -> None:
    slack.reset()
    before = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")])
    escalate(before)
    assert before.session.effects("pending", 100)
    assert not any(each.kind == "slack" for each in before.session.effects("pending", 100))
    before.close()
    desk = open_desk(tmp_path / "home", 0.3, slack_url=slack.api)
    turn_on(desk.services, opened_channel(desk))
    turn_on(desk.services, opened_channel(desk))
    assert sum(each.kind == "slack" for each in desk.session.effects("pending", 100)) == 1
    desk.services.channel_book.turn_off()
    assert not any(each.kind == "slack" for each in desk.session.effects("pending", 100))
    desk.close()


def test_who_waits_too_long_is_brought_back_to_mind_and_then_somebody_is_mentioned(
    desk: Desk, slack: LocalSlack
) -> None:
    clock = [TUESDAY]
    desk.services.now = lambda: clock[0]
    desk.services.channel_policy = desk.services.channel_policy.model_copy(update={"on_call": (LEAD,)})
    review = escalate(desk)
    due = desk.session.review(review).due
    looked = []
    for moment in (
        due - timedelta(minutes=1),
        due + timedelta(minutes=1),
        due + timedelta(minutes=59),
        due + timedelta(minutes=61),
        due + timedelta(minutes=90),
    ):
        clock[0] = moment
        cases(desk).bring_up_to_date(review)
        reminders = [each for each in slack.messages() if first_block(each).startswith("reminder:")]
        looked.append(len(reminders))
    assert looked == [0, 1, 1, 2, 2]
    assert f"<@{LEAD}>" in words(reminders[1])
    assert f"<@{LEAD}>" not in words(reminders[0])
    desk.session.decide(review, Decision(verb="reply", text="Yes.", by="Mia"))


def test_nobody_is_reminded_while_the_shop_is_closed(desk: Desk, slack: LocalSlack) -> None:
    clock = [TUESDAY]
    desk.services.now = lambda: clock[0]
    review = escalate(desk)
    clock[0] = TUESDAY + timedelta(hours=12)  # 22:00
    cases(desk).bring_up_to_date(review)
    assert not any(first_block(each).startswith("reminder:") for each in slack.messages())
    opening = datetime(2026, 11, 25, 16, tzinfo=UTC)
    woken = [each.next_attempt for each in desk.session.effects("pending", 100) if each.kind == "slack"]
    assert opening in woken, "it is looked at again when the shop opens"


def test_a_further_case_of_an_episode_stands_in_the_same_thread(desk: Desk, slack: LocalSlack) -> None:
    conversation = desk.session.ask("Can you engrave a name on the tin?").conversation
    first = desk.session.review_of(conversation)
    assert first is not None
    cases(desk).bring_up_to_date(first.id)
    seen = first.seen
    desk.session.ask("And on the lid?", conversation)
    decision = Decision(verb="edit", text="Yes.", by="Mia", seen=seen)
    desk.session.decide(first.id, decision)
    second = desk.session.review_of(conversation)
    assert second is not None
    assert second.id != first.id
    cases(desk).bring_up_to_date(second.id)
    root = next(each for each in slack.cards() if first_block(each) == f"card:{first.id}")
    other = next(each for each in slack.cards() if first_block(each) == f"card:{second.id}")
    assert other["thread_ts"] == root["ts"]


def test_personal_data_do_not_go_to_slack(desk: Desk, slack: LocalSlack) -> None:
    text = "Engrave it for jane.doe@mail.example, card 4111 1111 1111 1111, order TP-1234567"
    conversation = desk.session.ask(text).conversation
    desk.session.leave_contact(conversation, "jane.doe@mail.example")
    review = desk.session.review_of(conversation)
    assert review is not None
    cases(desk).bring_up_to_date(review.id)
    shown = words(slack.cards()[0]) + slack.cards()[0]["text"]
    assert "jane.doe" not in shown
    assert "4111" not in shown
    assert "TP-1234567" in shown, "the policy lets order numbers through"


def test_forgetting_a_customer_deletes_what_we_have_posted_of_them(desk: Desk, slack: LocalSlack) -> None:
    conversation = desk.session.ask("Can you engrave my name on the tin?").conversation
    desk.session.leave_contact(conversation, "jane.doe@mail.example")
    review = desk.session.review_of(conversation)
    assert review is not None
    desk.session.ask("By Friday?", conversation)
    cases(desk).bring_up_to_date(review.id)
    assert len(slack.messages()) == 2
    forgotten = desk.session.privacy.forget("jane.doe@mail.example", by="x", origin="test")
    assert forgotten.complete
    assert desk.services.channel_book.messages(conversation, 1) == []
    cases(desk).bring_up_to_date(review.id)
    with running(desk):
        wait_until(lambda: slack.messages() == [])


def test_waiting_is_said_as_people_say_it() -> None:
    assert [waiting_words(seconds) for seconds in (5, 60, 3540, 7200, 9000, 90_000)] == [
        "less than a minute",
        "1 minute",
        "59 minutes",
        "2 hours",
        "2 h 30 min",
        "1 day 1 h",
    ]
