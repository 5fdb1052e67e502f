"""Questions about the numbers in Slack: answered with a chart, gone on with in the thread, for the team alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_gate import faults
from tests.slack_server import CHANNEL, LEAD, OTHER_CHANNEL, OUTSIDER, SOCKET_BOT, words


@pytest.fixture(autouse=True)
def business(work: SlackAtWork, sample_store: Path) -> None:
    """The desk has business data until 15 November 2026."""
    file = work.desk.settings.analytics_file
    if not file.exists():
        shutil.copy(sample_store, file)


def answers(work: SlackAtWork, thread: str, channel: str = CHANNEL) -> list[dict[str, Any]]:
    return [each for each in work.slack.thread(thread, channel) if each.get("bot_id")]


def told(work: SlackAtWork, text: str, user: str = LEAD, channel: str = CHANNEL) -> dict[str, Any]:
    """What the one who writes `/gtm …` is told."""

    def whispers() -> list[dict[str, Any]]:
        return [each for each in work.slack.messages(channel) if each.get("ephemeral_to") == user]

    before = len(whispers())
    work.slack.command(text, user, channel)
    wait_until(lambda: len(whispers()) > before)
    return whispers()[-1]


def test_a_mention_is_answered_with_a_chart_and_gone_on_with_in_the_thread(work: SlackAtWork) -> None:
    ts = work.slack.say(f"<@{SOCKET_BOT}> revenue by channel in March 2026")
    wait_until(lambda: any("Net revenue was" in words(each) for each in answers(work, ts)))
    wait_until(lambda: any(each.get("files") for each in work.slack.thread(ts)))
    first = next(each for each in answers(work, ts) if "Net revenue was" in words(each))
    assert "By channel" in words(first)
    assert "Sample data" in words(first)
    assert "2026-03-01 to 2026-03-31" in words(first)
    assert faults(first["blocks"]) == []
    work.slack.say(f"<@{SOCKET_BOT}> and in April 2026?", thread=ts)
    wait_until(lambda: any("in April 2026. By channel" in words(each) for each in answers(work, ts)))
    work.slack.press(first, "finding_query")
    wait_until(lambda: any("SELECT" in each for each in work.whispers(LEAD)))


def test_what_is_asked_back_can_be_answered_by_its_number(work: SlackAtWork) -> None:
    ts = work.slack.say(f"<@{SOCKET_BOT}> which channel was best in March 2026?")
    wait_until(
        lambda: any("1. Which channel had the highest ROAS" in words(each) for each in answers(work, ts))
    )
    work.slack.say(f"<@{SOCKET_BOT}> 2", thread=ts)
    wait_until(
        lambda: any("highest net revenue in March 2026" in words(each) for each in answers(work, ts)[1:])
    )


def test_the_command_answers_from_the_numbers_and_still_from_the_documents(work: SlackAtWork) -> None:
    asked = told(work, "ask why did revenue drop in March 2026?")
    assert "What made the difference" in words(asked)
    assert faults(asked["blocks"]) == []
    assert "6 to 10 days" in words(told(work, "ask How long do parcels to Canada take?"))


def test_what_somebody_has_written_mentions_nobody(work: SlackAtWork) -> None:
    asked = told(work, "ask revenue from <!channel> &lt;!here&gt; *bold* last month")
    assert "<!" not in str(asked["blocks"])


def test_numbers_are_for_the_team_and_its_channels(work: SlackAtWork) -> None:
    assert "for the team" in words(told(work, "ask what is our CAC?", OUTSIDER, OTHER_CHANNEL))
    for user, says in ((OUTSIDER, "for the team"), (LEAD, "team's own channels")):
        ts = work.slack.say(f"<@{SOCKET_BOT}> what is our CAC?", user, OTHER_CHANNEL)
        wait_until(
            lambda user=user, says=says: any(  # type: ignore[misc]
                says in words(each)
                for each in work.slack.messages(OTHER_CHANNEL)
                if each.get("ephemeral_to") == user
            )
        )
        assert answers(work, ts, OTHER_CHANNEL) == []
