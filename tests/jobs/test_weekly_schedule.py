"""The weekly report comes of itself: once, also with several workers, and late where its time was missed."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.policy import Delivery
from agents.weekly.posting import Posting
from integrations.slack.report_channel import SlackReports
from jobs.weekly_schedule import WeeklySchedule
from tests.desk import Desk, open_desk
from tests.jobs.steps import running, wait_until
from tests.slack_server import TEAM_CHANNEL, LocalSlack, first_block, words

GTM = Path(sys.executable).with_name("gtm")
SUNDAY = datetime(2026, 11, 15, 12, tzinfo=UTC)
IMPATIENT = Delivery(attempts=50, first_pause_seconds=0.2, longest_pause_seconds=0.2)
MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)  # 9:00 in Denver


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack, sample_store: Path) -> Iterator[Desk]:
    slack.reset()
    opened = open_desk(tmp_path / "home", slack_url=slack.api, slack_gtm_channel="gtm")
    shutil.copy(sample_store, opened.settings.analytics_file)
    yield opened
    opened.close()


def look(desk: Desk, *moments: datetime) -> None:
    """A process that looks at the clock at these moments, and then ends."""
    schedule = WeeklySchedule(desk.session, desk.services)
    real = desk.services.now
    for moment in moments:
        desk.services.now = lambda moment=moment: moment  # type: ignore[misc]
        schedule.look()
    desk.services.now = real


def standing(desk: Desk) -> tuple[str, str, str | None]:
    posting = desk.services.postings.scheduled()
    assert posting is not None
    return posting.id, posting.state, posting.reason


def waiting(desk: Desk) -> list[str]:
    return [each.key for each in desk.session.effects("pending") if each.kind.startswith("weekly")]


def test_its_time_is_asked_for_once_whoever_looks_how_often(desk: Desk) -> None:
    look(desk, SUNDAY)
    assert waiting(desk) == []
    for _ in range(3):
        look(desk, MONDAY, MONDAY + timedelta(minutes=1), MONDAY + timedelta(days=3))
    assert waiting(desk) == ["weekly:w-20261116"]
    look(desk, MONDAY + timedelta(days=7))
    assert waiting(desk) == ["weekly:w-20261116", "weekly:w-20261123"]


def test_what_was_before_the_desk_first_ran_was_not_missed(desk: Desk) -> None:
    look(desk, MONDAY + timedelta(days=2))
    assert standing(desk) == ("w-20261116", "skipped", "its time was before the desk first ran")
    assert waiting(desk) == []


def test_a_time_that_was_missed_is_made_up_for_and_only_the_last_one(desk: Desk) -> None:
    look(desk, SUNDAY)
    look(desk, MONDAY + timedelta(days=16))
    assert waiting(desk) == ["weekly:w-20261130"]


def test_without_data_it_is_tried_again_until_the_day_is_over(
    desk: Desk, sample_store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk.settings.analytics_file.unlink()
    look(desk, SUNDAY)
    with caplog.at_level(logging.INFO, "jobs.weekly_schedule"):
        look(desk, *(MONDAY + timedelta(minutes=minutes) for minutes in range(0, 60, 5)))
    assert caplog.text.count("waits: There are no business data yet") == 1
    assert waiting(desk) == []
    shutil.copy(sample_store, desk.settings.analytics_file)
    look(desk, MONDAY + timedelta(hours=5))
    assert waiting(desk) == ["weekly:w-20261116"]


def test_a_day_without_data_is_let_be_on_the_next(desk: Desk) -> None:
    desk.settings.analytics_file.unlink()
    look(desk, SUNDAY, MONDAY, MONDAY + timedelta(days=1))
    name, state, reason = standing(desk)
    assert (name, state) == ("w-20261116", "skipped")
    assert "no business data" in str(reason)


def test_without_a_channel_the_report_is_made_for_the_control_room(desk: Desk, slack: LocalSlack) -> None:
    desk.services.open_report_channel = lambda: None
    look(desk, SUNDAY, MONDAY)
    with running(desk):
        wait_until(lambda: standing(desk)[1] == "done", 120)
    edition = desk.session.weekly.latest()
    assert edition is not None
    assert (edition.id, edition.origin) == ("w-20261116", "schedule")
    assert slack.messages(TEAM_CHANNEL) == []


def test_two_workers_that_missed_the_time_post_one_report(desk: Desk, slack: LocalSlack) -> None:
    now = desk.services.now()
    before = Posting(
        id="w-before",
        as_of=(now - timedelta(days=8)).date(),
        by="the schedule",
        origin="schedule",
        due=now - timedelta(days=8),
        created=now,
        state="done",
    )
    desk.services.postings.add(before)
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-sock",
        "SLACK_API_URL": slack.api,
        "SLACK_GTM_CHANNEL": "gtm",
    }
    workers = [
        subprocess.Popen(
            [GTM, "--home", str(desk.home), "worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    try:
        wait_until(lambda: standing(desk)[0] != "w-before" and standing(desk)[1] == "done", 180)
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.wait(60) for worker in workers] == [0, 0]
    [report] = [each for each in slack.messages(TEAM_CHANNEL) if first_block(each).count(":") == 1]
    assert first_block(report) == f"weekly:{standing(desk)[0]}"


def test_where_slack_is_away_the_control_room_has_the_report_and_slack_gets_it_later(
    desk: Desk, slack: LocalSlack
) -> None:
    desk.services.policy = desk.services.policy.model_copy(update={"delivery": IMPATIENT})
    reports = desk.services.open_report_channel()
    assert isinstance(reports, SlackReports)
    there, reports.client.web.base_url = reports.client.web.base_url, "http://127.0.0.1:9/"
    look(desk, SUNDAY, MONDAY)
    with running(desk):
        wait_until(lambda: desk.session.weekly.latest() is not None, 120)
        assert standing(desk)[1] == "waiting"
        reports.client.web.base_url = there
        wait_until(lambda: standing(desk)[1] == "done", 120)
    [report] = [each for each in slack.messages(TEAM_CHANNEL) if first_block(each).count(":") == 1]
    assert "9 to 15 November 2026" in words(report)
