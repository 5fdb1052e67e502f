"""Bots in processes of their own: two that hear of the same presses, and some that are killed."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agents.domain import Decision
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import wait_until
from tests.slack_server import CHANNEL, LEAD, SECOND, LocalSlack, first_block, local_slack

GTM = Path(sys.executable).with_name("gtm")


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with local_slack(tmp_path_factory.mktemp("slack")) as running_slack:
        yield running_slack


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack) -> Iterator[Desk]:
    slack.reset()
    opened = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")], slack_url=slack.api)
    opened.services.channel_book.turn_on(CHANNEL, opened.services.now())
    yield opened
    opened.close()


def environment(slack: LocalSlack) -> dict[str, str]:
    return {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-sock",
        "SLACK_APP_TOKEN": "xapp-sock",
        "SLACK_API_URL": slack.api,
        "SLACK_SUPPORT_CHANNEL": CHANNEL,
    }


def start_bot(desk: Desk, slack: LocalSlack) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [GTM, "--home", str(desk.home), "slack"],
        env=environment(slack),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert "The bot listens" in process.stdout.readline()
    return process


def start_jobs(desk: Desk, slack: LocalSlack, point: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.killed_process", point, "jobs", str(desk.home)],
        env=environment(slack),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended_or_idle(process: subprocess.Popen[str], desk: Desk) -> bool:
    """Whether a process has died, or has nothing more to do."""
    return process.poll() is not None or waiting(desk) == 0


def waiting(desk: Desk) -> int:
    """Messages to Slack that are due and not done."""
    soon = desk.services.now() + timedelta(minutes=5)  # reminders come later
    return sum(
        each.kind == "slack" and each.next_attempt <= soon for each in desk.session.effects("pending", 1000)
    )


def test_of_two_people_who_press_at_once_at_two_bots_one_answers_and_the_other_is_told(
    desk: Desk, slack: LocalSlack
) -> None:
    bots = [start_bot(desk, slack), start_bot(desk, slack)]
    try:
        wait_until(lambda: sum("connected (hello)" in each["summary"] for each in slack.log()) >= 2)
        asked = [desk.session.ask(f"How long do parcels to Canada take, {number}?") for number in range(4)]
        wait_until(lambda: len(slack.cards()) == 4, 60)
        for card in slack.cards():
            pressing = [
                threading.Thread(target=slack.press, args=(card, "case_approve", user))
                for user in (LEAD, SECOND)
            ]
            for press in pressing:
                press.start()
            for press in pressing:
                press.join()
        wait_until(lambda: sum("was first" in each["text"] for each in slack.messages()) == 4, 60)
        for each in asked:
            said = [
                message.text
                for message in desk.session.messages(each.conversation)
                if message.role == "person"
            ]
            assert len(said) == 1
        told = [each for each in slack.messages() if each.get("ephemeral_to")]
        assert len(told) == 4, "who pressed once is told nothing of it twice"
    finally:
        for bot in bots:
            bot.send_signal(signal.SIGTERM)
        assert [bot.wait(30) for bot in bots] == [0, 0]


def test_a_bot_that_is_killed_between_claim_and_delivery_leaves_exactly_one_message(
    desk: Desk, slack: LocalSlack
) -> None:
    killed = []
    for point in ("called:1", "called:1", "write:9", "write:12"):
        conversation = desk.session.ask("Can you engrave a name on the tin?").conversation
        desk.session.ask("By Friday?", conversation)
        process = start_jobs(desk, slack, point)
        wait_until(functools.partial(ended_or_idle, process, desk), 60)
        process.communicate(timeout=60)
        killed.append(process.returncode == -signal.SIGKILL)
    assert killed[:2] == [True, True]
    assert any(killed[2:])
    review = desk.session.reviews()[0]
    desk.session.decide(review.id, Decision(verb="reply", text="Yes.", by="Mia Weber"))
    last = start_jobs(desk, slack, "never")
    wait_until(lambda: waiting(desk) == 0, 120)
    last.communicate(timeout=60)
    shown = Counter(first_block(each) for each in slack.messages())
    assert set(shown.values()) == {1}
    kinds = Counter(key.split(":")[0] for key in shown)
    assert kinds["card"] == 4
    assert kinds["line"] == 5, "what four customers added, and one answer"


def test_what_was_asked_while_the_bot_was_away_appears_when_it_is_back(desk: Desk, slack: LocalSlack) -> None:
    for number in range(5):
        desk.session.ask(f"Can you engrave {number} names?")
    assert slack.cards() == []
    bot = start_bot(desk, slack)
    try:
        wait_until(lambda: len(slack.cards()) == 5, 60)
    finally:
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(30) == 0


def test_a_reply_that_was_heard_but_not_passed_on_is_passed_on_by_the_jobs(
    desk: Desk, slack: LocalSlack
) -> None:
    conversation = desk.session.ask("Can you engrave a name on the tin?").conversation
    jobs = start_jobs(desk, slack, "never")
    wait_until(lambda: len(slack.cards()) == 1, 60)
    ts = slack.say("Yes, we can.", thread=slack.cards()[0]["ts"])
    place = desk.services.channel_book.messages(conversation, 1)[0].place
    assert place is not None
    reply = place.model_copy(update={"message": ts, "thread": place.message})
    assert desk.services.channel_book.hear(reply, LEAD, "Yes, we can.", desk.services.now()) is not None
    wait_until(lambda: any(each.role == "person" for each in desk.session.messages(conversation)), 60)
    jobs.communicate(timeout=60)
    said = [each.text for each in desk.session.messages(conversation) if each.role == "person"]
    assert said == ["Yes, we can."]
