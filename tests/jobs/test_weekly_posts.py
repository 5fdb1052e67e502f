"""A weekly report that was asked for becomes one message with its thread, whatever goes wrong on the way."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from agents.domain import Place
from agents.errors import DeskError, Permanent, Transient
from agents.policy import Delivery
from agents.weekly.edition import Edition
from agents.weekly.posting import Posting, SharedFile, ShownReport, View, Working
from agents.weekly.report import SPECIALISTS
from analytics.charts import CHARTS
from jobs.weekly_posts import WeeklyPosts
from tests.business import few_orders
from tests.desk import Desk, open_desk
from tests.jobs.recording import Recording
from tests.jobs.steps import running, wait_until
from tests.slack_gate import faults
from tests.slack_proxy import Proxy
from tests.slack_server import CHANNEL, TEAM_CHANNEL, LocalSlack, buttons, first_block, words

WEDNESDAY = date(2026, 11, 18)  # the last complete week is that of the 9th
PATIENCE = 120  # seconds; a report takes a few, unless the machine is busy
IMPATIENT = Delivery(attempts=20, first_pause_seconds=0.2, longest_pause_seconds=0.2)


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack, proxy: Proxy, sample_store: Path) -> Iterator[Desk]:
    slack.reset()
    proxy.reset()
    opened = open_desk(tmp_path / "home", slack_url=proxy.api, slack_gtm_channel=TEAM_CHANNEL)
    shutil.copy(sample_store, opened.settings.analytics_file)
    opened.services.policy = opened.services.policy.model_copy(update={"delivery": IMPATIENT})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_store: Path) -> Edition:
    """A report on the sample, for tests that are not about how one is made."""
    desk = open_desk(tmp_path_factory.mktemp("made"))
    shutil.copy(sample_store, desk.settings.analytics_file)
    edition = desk.session.weekly.make(WEDNESDAY, by="Lena Lead", origin="slack")
    desk.close()
    return edition


@pytest.fixture
def kept(desk: Desk, made: Edition) -> None:
    """The reports that the test will ask for are there already."""
    for number in range(1, 5):
        desk.services.editions.keep(made.model_copy(update={"id": f"w-{number}"}))


def ask(desk: Desk, name: str = "w-1", channel: str | None = TEAM_CHANNEL) -> Posting:
    return desk.session.weekly.post(
        Posting(
            id=name,
            as_of=WEDNESDAY,
            by="Lena Lead",
            origin="slack",
            channel=channel,
            created=desk.services.now(),
        )
    )


def state(desk: Desk, name: str = "w-1") -> str:
    posting = desk.session.weekly.posting(name)
    assert posting is not None
    return posting.state


def ended(desk: Desk, name: str = "w-1") -> Callable[[], bool]:
    return lambda: state(desk, name) != "waiting"


def reports(slack: LocalSlack) -> list[dict[str, Any]]:
    """What stands in the channel itself."""
    return [each for each in slack.messages(TEAM_CHANNEL) if first_block(each).count(":") == 1]


def thread(slack: LocalSlack, report: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in slack.thread(report["ts"], TEAM_CHANNEL) if each.get("blocks")]


def charts(slack: LocalSlack, report: dict[str, Any]) -> dict[str, str]:
    """The addresses of the files in the thread of a report, by name; none is there twice."""
    messages = slack.thread(report["ts"], TEAM_CHANNEL)
    files = [file for each in messages for file in each.get("files") or ()]
    found = {file["name"]: file["url_private"] for file in files}
    assert len(found) == len(files)
    return found


def check_one_whole_report(slack: LocalSlack) -> dict[str, Any]:
    """The report stands once, with each part of its thread once; gives it."""
    [report] = reports(slack)
    assert Counter(first_block(each) for each in thread(slack, report)) == {
        f"{first_block(report)}:{name}": 1 for name in ("texts", "numbers", "customers")
    }
    return report


def test_what_was_asked_for_becomes_one_message_with_its_thread(
    desk: Desk, slack: LocalSlack, proxy: Proxy
) -> None:
    with running(desk):
        ask(desk)
        wait_until(ended(desk), PATIENCE)
    report = check_one_whole_report(slack)
    assert state(desk) == "done"
    shown = words(report)
    assert all(part in shown for part in ("9 to 15 November 2026", "Sample data", "Net revenue", "Forecast"))
    assert all(f"*{title}*" in shown for title in ("Finance", "Marketing", "Customers", "Support"))
    assert set(buttons(report)) == {"campaign_at_risk", "weekly_details", "weekly_again", "weekly_download"}
    assert "thread_ts" in buttons(report)["weekly_details"]["url"]
    assert [f for each in (report, *thread(slack, report)) for f in faults(each["blocks"])] == []
    edition = desk.session.weekly.edition("w-1")
    assert (edition.by, edition.origin) == ("Lena Lead", "slack")
    details = "".join(words(each) for each in thread(slack, report))
    assert all(segment.name in details for segment in edition.report.segments)
    files = charts(slack, report)
    assert sorted(files) == sorted(
        f"w-1-{name}.png" for name, rows in edition.rows.items() if name in CHARTS and rows
    )
    token = {"Authorization": "Bearer xoxb-sock"}
    assert all(httpx.get(url, headers=token).content.startswith(b"\x89PNG") for url in files.values())
    assert set(proxy.pictures) == {"weekly:w-1:chart:revenue", "weekly:w-1:chart:forecast"}


def test_while_it_is_made_the_message_tells_how_far_each_specialist_is_and_nothing_comes_after_the_report(
    desk: Desk, tmp_path: Path
) -> None:
    desk.settings.analytics_file.unlink()
    few_orders(desk.settings, tmp_path)
    ask(desk)
    channel = RecordingReports()
    [effect] = desk.services.outbox.due(desk.services.now(), 9, desk.services.now(), ["weekly-slack"])
    WeeklyPosts(desk.session, desk.services, channel, pace=0.01).deliver(effect)
    shown = [type(view) for view in channel.views]
    first = shown.index(ShownReport)
    assert set(shown[:first]) == {Working}
    assert Working not in shown[first:]
    told = {
        (step.specialist, step.step)
        for view in channel.views
        if isinstance(view, Working)
        for step in view.steps
    }
    assert {specialist for specialist, _ in told} == set(SPECIALISTS)
    assert {"measuring", "done"} <= {step for _, step in told}
    before = len(channel.views)
    WeeklyPosts(desk.session, desk.services, channel).deliver(effect)
    assert len(channel.views) == before, "it is done"


class RecordingReports(Recording[View]):
    """A channel for reports, which takes files and keeps none."""

    def share(self, place: Place, title: str, files: Sequence[SharedFile]) -> Mapping[str, str]:
        return {}

    def shared(self, place: Place, names: Sequence[str]) -> Mapping[str, str]:
        return {}

    def link(self, place: Place) -> str | None:
        return None


def test_asked_for_twice_or_while_it_is_made_it_is_made_once(
    desk: Desk, slack: LocalSlack, kept: None
) -> None:
    assert ask(desk).id == "w-1"
    assert ask(desk).id == "w-1"
    assert ask(desk, "w-2").id == "w-1", "one is under way in this channel"
    assert ask(desk, "w-3", CHANNEL).id == "w-3"
    with running(desk):
        wait_until(ended(desk), PATIENCE)
        wait_until(ended(desk, "w-3"), PATIENCE)
        assert ask(desk, "w-4").id == "w-4", "the first has come to its end"
        wait_until(ended(desk, "w-4"), PATIENCE)
    assert [first_block(each) for each in reports(slack)] == ["weekly:w-1", "weekly:w-4"]


def test_where_slack_wants_to_be_left_alone_or_breaks_the_report_comes_later_and_once(
    desk: Desk, slack: LocalSlack, proxy: Proxy, kept: None
) -> None:
    def fault(method: str, number: int) -> str | None:
        if method == "chat.update":
            return "429" if number <= 2 else None
        if method == "chat.postMessage":
            return {1: "500", 2: "lost", 4: "lost"}.get(number)
        return None

    proxy.fault = fault
    with running(desk):
        ask(desk)
        wait_until(ended(desk), PATIENCE)
    check_one_whole_report(slack)


@pytest.mark.parametrize("wrong", ["missing_scope", "unknown_method", "429", "500"])
def test_where_files_are_not_taken_the_report_stands_without_charts(
    desk: Desk, slack: LocalSlack, proxy: Proxy, kept: None, wrong: str
) -> None:
    often = 1 if wrong == "429" else 1000
    proxy.fault = lambda method, number: (
        wrong if method == "files.getUploadURLExternal" and number <= often else None
    )
    with running(desk):
        ask(desk)
        wait_until(ended(desk), PATIENCE)
    report = check_one_whole_report(slack)
    assert ("charts cannot be shown here" in words(report)) == (wrong != "429")


def test_a_picture_that_slack_is_not_ready_for_is_left_out_of_the_message(
    desk: Desk, slack: LocalSlack, proxy: Proxy, kept: None
) -> None:
    proxy.refuse_pictures = True
    with running(desk):
        ask(desk)
        wait_until(ended(desk), PATIENCE)
    report = check_one_whole_report(slack)
    assert state(desk) == "done"
    assert "weekly_details" in buttons(report)
    assert len(charts(slack, report)) > 1


def test_what_keeps_a_report_from_being_made_stands_in_its_message(
    desk: Desk, slack: LocalSlack, proxy: Proxy
) -> None:
    real = desk.services.open_warehouse
    wrong: list[DeskError] = [Transient("The store is locked.")]

    def sometimes() -> Any:
        if wrong:
            raise wrong[0]
        return real()

    desk.services.open_warehouse = sometimes
    with running(desk):
        ask(desk)
        wait_until(lambda: "The store is locked." in "".join(map(words, reports(slack))))
        assert state(desk) == "waiting"
        wrong.clear()
        wait_until(ended(desk), PATIENCE)
        check_one_whole_report(slack)
        wrong.append(Permanent("The store is of another version."))
        ask(desk, "w-2")
        wait_until(ended(desk, "w-2"), PATIENCE)
    assert state(desk, "w-2") == "failed"
    assert "another version" in words(reports(slack)[1])
    assert set(buttons(reports(slack)[1])) == {"weekly_again"}


def test_without_data_the_message_says_so(desk: Desk, slack: LocalSlack) -> None:
    desk.settings.analytics_file.unlink()
    with running(desk):
        ask(desk)
        wait_until(ended(desk), PATIENCE)
    [report] = reports(slack)
    assert "There are no business data yet" in words(report)
    assert desk.session.effects("failed") == []


def test_a_report_that_somebody_deletes_is_not_posted_again(
    desk: Desk, slack: LocalSlack, proxy: Proxy, kept: None
) -> None:
    proxy.fault = lambda method, _: "message_not_found" if method == "chat.update" else None
    with running(desk):
        ask(desk)
        wait_until(ended(desk), PATIENCE)
    assert state(desk) == "done"
    assert thread(slack, reports(slack)[0]) == []


def test_in_a_channel_without_the_bot_nothing_is_tried_for_long(desk: Desk, slack: LocalSlack) -> None:
    with running(desk):
        ask(desk, channel="C0NOWHERE")
        wait_until(ended(desk), PATIENCE)
    posting = desk.session.weekly.posting("w-1")
    assert posting is not None
    assert posting.state == "failed"
    assert "/invite" in str(posting.reason)


def test_killed_at_any_point_and_restarted_there_is_one_message_which_becomes_the_report(
    desk: Desk, slack: LocalSlack, tmp_path: Path
) -> None:
    desk.settings.analytics_file.unlink()
    few_orders(desk.settings, tmp_path)
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-sock",
        "SLACK_API_URL": str(desk.settings.slack_api_url),
        "SLACK_GTM_CHANNEL": TEAM_CHANNEL,
    }

    def start(point: str) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "tests.jobs.killed_process", point, "jobs", str(desk.home)]
        return subprocess.Popen(
            program, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def quiet_or_dead(process: subprocess.Popen[str]) -> bool:
        return process.poll() is not None or state(desk) != "waiting"

    ask(desk)
    killed = []
    for point in ("called:1", "called:2", "called:3"):
        process = start(point)
        wait_until(functools.partial(quiet_or_dead, process), PATIENCE)
        process.communicate(timeout=PATIENCE)
        killed.append(process.returncode == -signal.SIGKILL)
    assert killed == [True, True, True], "after the message was posted, changed, and in its thread"
    last = start("never")
    wait_until(ended(desk), PATIENCE)
    last.communicate(timeout=PATIENCE)
    report = check_one_whole_report(slack)
    assert charts(slack, report)
    assert state(desk) == "done"
    assert len(desk.session.weekly.editions()) == 1
