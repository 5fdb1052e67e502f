"""Questions of the team: mentions and direct messages."""

from __future__ import annotations

from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, SOCKET_BOT, TEAM_CHANNEL, words


def answers(work: SlackAtWork, thread: str, channel: str = TEAM_CHANNEL) -> list[str]:
    return [words(each) for each in work.slack.thread(thread, channel) if each.get("bot_id")]


def test_a_mention_is_answered_in_its_thread_with_sources(work: SlackAtWork) -> None:
    ts = work.slack.say(f"<@{SOCKET_BOT}> How long do parcels to Canada take?", channel=TEAM_CHANNEL)
    wait_until(lambda: any("6 to 10 days" in each for each in answers(work, ts)))
    assert len(answers(work, ts)) == 1, "the answer stands where it was said that it is being looked up"
    assert "Shipping" in answers(work, ts)[0]


def test_a_follow_up_in_the_thread_is_understood_by_what_was_said(work: SlackAtWork) -> None:
    ts = work.slack.say(f"<@{SOCKET_BOT}> Can sealed pouches come back?", channel=TEAM_CHANNEL)
    wait_until(lambda: any("14 days" in each for each in answers(work, ts)))
    work.slack.say(f"<@{SOCKET_BOT}> And unopened tins?", channel=TEAM_CHANNEL, thread=ts)
    wait_until(lambda: any("30 days" in each for each in answers(work, ts)))


def test_a_direct_message_is_answered(work: SlackAtWork) -> None:
    work.slack.say("How long do parcels to Canada take?", channel=LEAD, user=LEAD)
    direct = next(
        each["id"]
        for each in work.slack.channels()
        if each["is_im"] and set(each["members"]) == {LEAD, SOCKET_BOT}
    )
    wait_until(lambda: any("6 to 10 days" in words(each) for each in work.slack.messages(direct)))


def test_a_mention_in_the_thread_of_a_case_is_no_question_to_the_bot(work: SlackAtWork) -> None:
    _, card = work.escalate()
    before = len(work.slack.thread(card["ts"]))
    work.slack.say(f"// <@{SOCKET_BOT}> what do the documents say?", thread=card["ts"])
    ts = work.slack.say(f"<@{SOCKET_BOT}> How long do parcels to Canada take?", channel=TEAM_CHANNEL)
    wait_until(lambda: any("6 to 10 days" in each for each in answers(work, ts)))
    assert len(work.slack.thread(card["ts"])) == before + 1


def test_an_event_that_is_told_of_twice_is_answered_once(work: SlackAtWork) -> None:
    now = work.desk.services.now()
    assert work.bot.desk.book.first_time("ask:C1:1.0", now)
    assert not work.bot.desk.book.first_time("ask:C1:1.0", now)


def test_what_people_think_of_an_answer_is_in_the_audit(work: SlackAtWork) -> None:
    ts = work.slack.say(f"<@{SOCKET_BOT}> May sealed pouches come back?", channel=TEAM_CHANNEL)
    wait_until(lambda: any("14 days" in each for each in answers(work, ts)))
    message = next(each for each in work.slack.thread(ts, TEAM_CHANNEL) if each.get("bot_id"))
    work.slack.press(message, "answer_rated_down", channel=TEAM_CHANNEL)
    wait_until(lambda: any(line.what == "rate answer down" for line in work.desk.session.team.audit()))
