"""A campaign that was asked for in Slack becomes one campaign and one card, whatever goes wrong on the way."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agents.campaigns.campaign import Brief, Offer
from agents.campaigns.cards import CampaignView, Drafting
from agents.campaigns.ordering import CampaignOrder
from agents.errors import BadInput, DeskError, Permanent, Transient
from agents.policy import Delivery
from jobs.ordered_campaigns import OrderedCampaigns
from tests.campaign_shop import fill
from tests.desk import Desk, open_desk
from tests.jobs.recording import Recording
from tests.jobs.steps import running, wait_until
from tests.slack_gate import faults
from tests.slack_proxy import Proxy
from tests.slack_server import TEAM_CHANNEL, LocalSlack, buttons, first_block, words

PATIENCE = 120  # seconds; a draft takes one, unless the machine is busy
IMPATIENT = Delivery(attempts=20, first_pause_seconds=0.2, longest_pause_seconds=0.2)
NO_OFFER = Brief(kind="winback", offer=Offer())


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack, proxy: Proxy) -> Iterator[Desk]:
    slack.reset()
    proxy.reset()
    opened = open_desk(tmp_path / "home", slack_url=proxy.api)
    fill(opened.settings, tmp_path)
    opened.services.policy = opened.services.policy.model_copy(update={"delivery": IMPATIENT})
    yield opened
    opened.close()


def order(name: str = "c-1", brief: Brief = NO_OFFER, channel: str = TEAM_CHANNEL) -> CampaignOrder:
    return CampaignOrder(
        id=name,
        asked="winback <!channel> offer=0",
        brief=brief,
        by="Lena Lead",
        origin="slack",
        channel=channel,
        created=datetime.now().astimezone(),
    )


def state(desk: Desk, name: str = "c-1") -> str:
    found = desk.services.campaign_orders.order(name)
    assert found is not None
    return found.state


def waiting(desk: Desk) -> bool:
    return any(each.kind.startswith("campaign-") for each in desk.session.effects("pending"))


def settled(desk: Desk) -> Callable[[], bool]:
    """Whether all that was asked for is drafted and shown, or given up."""
    return lambda: not waiting(desk)


def roots(slack: LocalSlack) -> list[dict[str, Any]]:
    """What stands in the channel itself."""
    return [each for each in slack.messages(TEAM_CHANNEL) if first_block(each).count(":") == 1]


def check_one_whole_card(desk: Desk, slack: LocalSlack, name: str = "c-1") -> dict[str, Any]:
    """There is one campaign and one card, with each preview once; gives the card."""
    assert [each.id for each in desk.session.campaigns.campaigns()] == [name]
    [card] = roots(slack)
    campaign = desk.session.campaigns.campaign(name)
    thread = slack.thread(card["ts"], TEAM_CHANNEL)
    assert Counter(map(first_block, thread)) == {
        f"campaign:{name}:1:{arm.name}": 1 for arm in campaign.draft.audience.arms
    }
    assert "campaign_approve" in buttons(card)
    assert [fault for each in (card, *thread) for fault in faults(each["blocks"])] == []
    return card


def test_what_was_asked_for_becomes_one_card_with_its_previews_however_often_it_is_told(
    desk: Desk, slack: LocalSlack
) -> None:
    assert desk.session.campaigns.order(order())
    assert not desk.session.campaigns.order(order())
    with running(desk):
        wait_until(settled(desk), PATIENCE)
        assert not desk.session.campaigns.order(order())
        wait_until(settled(desk), PATIENCE)
    card = check_one_whole_card(desk, slack)
    assert "Asked for by Lena Lead" in words(card)
    made = desk.session.campaigns.campaign("c-1")
    assert (made.by, made.origin, made.draft.brief) == ("Lena Lead", "slack", NO_OFFER)
    assert state(desk) == "done"


def test_what_cannot_be_drafted_now_is_refused_at_once(desk: Desk, slack: LocalSlack) -> None:
    with pytest.raises(BadInput, match="Nobody fits"):
        desk.session.campaigns.order(order(brief=Brief(kind="winback", days=3650)))
    with pytest.raises(BadInput, match="90% is above the 30%"):
        desk.session.campaigns.order(order(brief=Brief(kind="winback", offer=Offer(percent=90))))
    desk.settings.analytics_file.unlink()
    with pytest.raises(BadInput, match="no business data"):
        desk.session.campaigns.order(order())
    assert not waiting(desk)


def test_while_it_is_drafted_its_message_shows_the_three_specialists(desk: Desk) -> None:
    def slowly(opened: Callable[[], Any]) -> Callable[[], Any]:
        """A part that a specialist works with, which takes its time."""

        def open_slowly() -> Any:
            time.sleep(0.1)
            return opened()

        return open_slowly

    desk.session.campaigns.order(order())
    services, channel = desk.services, Recording[CampaignView]()
    services.open_warehouse = slowly(services.open_warehouse)
    services.open_models = slowly(services.open_models)
    services.open_weekly_policy = slowly(services.open_weekly_policy)
    [effect] = desk.services.outbox.due(desk.services.now(), 9, desk.services.now(), ["campaign-draft"])
    OrderedCampaigns(desk.session, desk.services, channel, pace=0.005).deliver(effect)
    steps = [step for view in channel.views if isinstance(view, Drafting) for step in view.steps]
    assert {step.specialist for step in steps if step.state == "working"} == {
        "insights",
        "marketing",
        "finance",
    }
    assert any("held out" in step.found for step in steps)
    before = len(channel.views)
    OrderedCampaigns(desk.session, desk.services, channel).deliver(effect)
    assert len(channel.views) == before, "it is done"


def test_where_slack_wants_to_be_left_alone_or_breaks_the_card_comes_later_and_once(
    desk: Desk, slack: LocalSlack, proxy: Proxy
) -> None:
    def fault(method: str, number: int) -> str | None:
        if method == "chat.update":
            return {1: "429", 3: "lost"}.get(number)
        if method == "chat.postMessage":
            return {1: "500", 2: "lost", 4: "lost"}.get(number)
        return None

    proxy.fault = fault
    desk.session.campaigns.order(order())
    with running(desk):
        wait_until(settled(desk), PATIENCE)
    check_one_whole_card(desk, slack)


def test_what_keeps_a_draft_waiting_or_from_being_made_stands_in_its_message(
    desk: Desk, slack: LocalSlack
) -> None:
    real = desk.services.open_warehouse
    wrong: list[DeskError] = []

    def sometimes() -> Any:
        if wrong:
            raise wrong[0]
        return real()

    desk.session.campaigns.order(order())
    desk.services.open_warehouse = sometimes
    wrong.append(Transient("The store is locked."))
    with running(desk):
        wait_until(lambda: "The store is locked." in "".join(map(words, roots(slack))), PATIENCE)
        assert state(desk) == "waiting"
        wrong.clear()
        wait_until(settled(desk), PATIENCE)
        check_one_whole_card(desk, slack)
        wrong.append(Permanent("The store is of another version."))
        desk.services.campaign_orders.add(order("c-2"))
        wait_until(lambda: state(desk, "c-2") == "failed", PATIENCE)
        wrong.clear()
        desk.services.campaign_orders.add(order("c-3", Brief(kind="winback", days=3650)))
        wait_until(lambda: state(desk, "c-3") == "failed", PATIENCE)
    assert ["another version" in words(roots(slack)[1]), "Nobody fits" in words(roots(slack)[2])] == [
        True,
        True,
    ]
    assert [each.id for each in desk.session.campaigns.campaigns()] == ["c-1"]


def test_in_a_channel_without_the_bot_nothing_is_tried_for_long(desk: Desk) -> None:
    desk.services.campaign_orders.add(order(channel="C0NOWHERE"))
    with running(desk):
        wait_until(lambda: state(desk) == "failed", PATIENCE)
    found = desk.services.campaign_orders.order("c-1")
    assert found is not None
    assert "/invite" in str(found.reason)
    assert desk.session.campaigns.campaigns() == []


def test_killed_at_any_point_and_restarted_there_is_one_campaign_and_one_card(
    desk: Desk, slack: LocalSlack
) -> None:
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-sock",
        "SLACK_API_URL": str(desk.settings.slack_api_url),
    }

    def start(point: str) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "tests.jobs.killed_process", point, "jobs", str(desk.home)]
        return subprocess.Popen(
            program, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def quiet_or_dead(process: subprocess.Popen[str]) -> bool:
        return process.poll() is not None or not waiting(desk)

    desk.session.campaigns.order(order())
    killed = {}
    for point in ("called:1", "write:9", "called:2", "called:3"):
        process = start(point)
        wait_until(functools.partial(quiet_or_dead, process), PATIENCE)
        process.communicate(timeout=PATIENCE)
        killed[point] = process.returncode == -signal.SIGKILL
    assert killed == dict.fromkeys(killed, True)
    last = start("never")
    wait_until(settled(desk), PATIENCE)
    last.communicate(timeout=PATIENCE)
    check_one_whole_card(desk, slack)
    assert state(desk) == "done"
