"""The weekly report asked for in Slack: by a command, a mention, a button."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.errors import BadInput
from apps.slack.weekly import Wish, order, weekly_wish
from tests.apps.slack.conftest import SlackAtWork
from tests.business import few_orders
from tests.jobs.steps import wait_until
from tests.slack_server import (
    LEAD,
    OTHER_CHANNEL,
    OUTSIDER,
    SOCKET_BOT,
    TEAM_CHANNEL,
    buttons,
    first_block,
    words,
)

PATIENCE = 120  # seconds; a report takes one or two, unless the machine is busy


@pytest.fixture
def business(work: SlackAtWork, tmp_path: Path) -> None:
    """The desk has business data."""
    if not work.desk.settings.analytics_file.exists():
        few_orders(work.desk.settings, tmp_path)


def reports(work: SlackAtWork, channel: str = TEAM_CHANNEL) -> list[dict[str, Any]]:
    """The reports of a channel, those that are being made too."""
    return [
        each
        for each in work.slack.messages(channel)
        if first_block(each).startswith("weekly:") and first_block(each).count(":") == 1
    ]


def whole(report: dict[str, Any]) -> bool:
    return {"weekly_details", "weekly_again"} <= set(buttons(report))


def told(work: SlackAtWork, text: str, user: str = LEAD, channel: str = TEAM_CHANNEL) -> str:
    """What the one who writes `/gtm …` is told."""
    before = len(whispers(work, user, channel))
    work.slack.command(text, user, channel)
    wait_until(lambda: len(whispers(work, user, channel)) > before)
    return whispers(work, user, channel)[-1]


def whispers(work: SlackAtWork, user: str, channel: str = TEAM_CHANNEL) -> list[str]:
    return [each["text"] for each in work.slack.messages(channel) if each.get("ephemeral_to") == user]


def test_a_day_that_is_none_or_to_come_and_no_data_are_told_to_the_one_who_asks(
    work: SlackAtWork, tmp_path: Path
) -> None:
    work.desk.settings.analytics_file.unlink(missing_ok=True)
    assert "'soon' is no day. Write it like 2026-03-31." in told(work, "weekly soon")
    assert "There are no business data yet" in told(work, "weekly")
    few_orders(work.desk.settings, tmp_path)
    assert "lies in the future" in told(work, "weekly 2999-01-01")
    assert reports(work) == []


def test_the_business_is_for_the_team_alone(work: SlackAtWork, business: None) -> None:
    assert "for the team" in told(work, "weekly", OUTSIDER, OTHER_CHANNEL)
    work.slack.say(f"<@{SOCKET_BOT}> weekly", OUTSIDER, OTHER_CHANNEL)
    wait_until(lambda: sum("for the team" in each for each in whispers(work, OUTSIDER, OTHER_CHANNEL)) == 2)
    assert reports(work, OTHER_CHANNEL) == []


def test_a_command_brings_the_report_into_its_channel_and_a_button_brings_it_again(
    work: SlackAtWork, business: None
) -> None:
    before = len(reports(work))
    assert "the report on 9 to 15 November 2026 will be here" in told(work, "weekly 2026-11-18")
    wait_until(lambda: len(reports(work)) == before + 1 and whole(reports(work)[-1]), PATIENCE)
    report = reports(work)[-1]
    assert "Lena Lead" in words(report)
    work.slack.press(report, "weekly_again", channel=TEAM_CHANNEL)
    wait_until(lambda: len(reports(work)) == before + 2 and whole(reports(work)[-1]), PATIENCE)
    assert "9 to 15 November 2026" in words(reports(work)[-1])
    work.slack.press(report, "weekly_download", channel=TEAM_CHANNEL)
    wait_until(lambda: "file" in whispers(work, LEAD)[-1])


def test_what_slack_tells_of_twice_makes_one_report(work: SlackAtWork, business: None) -> None:
    before = len(reports(work))
    wish = Wish(TEAM_CHANNEL, LEAD, "command:1.2.abc", "2026-11-11")
    assert "2 to 8 November 2026" in order(work.bot.desk, wish)
    wait_until(lambda: len(reports(work)) == before + 1 and whole(reports(work)[-1]), PATIENCE)
    order(work.bot.desk, wish)
    assert len(reports(work)) == before + 1
    assert [each for each in work.desk.session.effects("pending") if each.kind == "weekly-slack"] == []


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("weekly", ""),
        ("Weekly report!", ""),
        ("weekly 2026-11-18", "2026-11-18"),
        ("weekly newsletter?", None),
        ("how was the weekly report", None),
    ],
)
def test_a_mention_asks_for_the_report_with_its_very_words(said: str, day: str | None) -> None:
    assert weekly_wish(said) == day


def test_a_mention_brings_the_report_into_the_channel(work: SlackAtWork, business: None) -> None:
    before = len(reports(work))
    work.slack.say(f"<@{SOCKET_BOT}> weekly 2026-10-28", channel=TEAM_CHANNEL)
    wait_until(lambda: len(reports(work)) == before + 1 and whole(reports(work)[-1]), PATIENCE)
    assert "19 to 25 October 2026" in words(reports(work)[-1])
    work.slack.say(f"<@{SOCKET_BOT}> weekly 2026-13-45", channel=TEAM_CHANNEL)
    wait_until(lambda: "is no day" in whispers(work, LEAD)[-1])


def test_in_a_channel_without_the_bot_it_asks_to_be_invited(work: SlackAtWork, business: None) -> None:
    with pytest.raises(BadInput, match="/invite @gtm"):
        order(work.bot.desk, Wish("C0NOWHERE", LEAD, "command:none"))
