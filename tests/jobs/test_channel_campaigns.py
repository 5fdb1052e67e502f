"""A campaign that is drafted at any door has its card in the team's channel, once, and each version its previews."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.campaigns.campaign import Campaign, Offer
from agents.domain import Decision
from agents.effects import Effect
from agents.errors import Throttled
from agents.policy import Delivery
from apps.cli_slack import run_disconnect
from jobs.channel_campaigns import ChannelCampaigns
from tests.campaign_shop import fill
from tests.desk import Desk, open_desk
from tests.jobs.steps import running, wait_until
from tests.slack_proxy import Proxy
from tests.slack_server import TEAM_CHANNEL, LocalSlack, buttons, first_block, words

IMPATIENT = Delivery(attempts=100, first_pause_seconds=0.2, longest_pause_seconds=0.2)


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack, proxy: Proxy) -> Iterator[Desk]:
    slack.reset()
    proxy.reset()
    opened = open_desk(tmp_path / "home", slack_url=proxy.api, slack_gtm_channel=TEAM_CHANNEL)
    fill(opened.settings, tmp_path)
    opened.services.policy = opened.services.policy.model_copy(update={"delivery": IMPATIENT})
    yield opened
    opened.close()


def turn_on(desk: Desk, channel: str | None = TEAM_CHANNEL) -> None:
    desk.services.campaign_cards.turn_on(channel, desk.services.now())


def draft(desk: Desk) -> Campaign:
    """A campaign that somebody drafts in the shell."""
    return desk.session.campaigns.draft("winback offer=0", "Kim", "shell")


def effects(desk: Desk) -> list[str]:
    return [each.key for each in desk.session.effects("pending") if each.kind == "campaign-card"]


def shown(desk: Desk) -> Callable[[], bool]:
    return lambda: not effects(desk)


def cards(slack: LocalSlack) -> list[dict[str, Any]]:
    return [each for each in slack.messages(TEAM_CHANNEL) if first_block(each).count(":") == 1]


def thread(slack: LocalSlack, card: dict[str, Any]) -> Counter[str]:
    """How often each preview of a card is there."""
    return Counter(map(first_block, slack.thread(card["ts"], TEAM_CHANNEL)))


def previews(*versions: Campaign) -> dict[str, int]:
    """Each subject of some versions of a campaign, once."""
    return {
        f"campaign:{each.id}:{each.draft.version}:{arm.name}": 1
        for each in versions
        for arm in each.draft.audience.arms
    }


def test_without_a_channel_for_campaigns_nothing_happens(desk: Desk) -> None:
    draft(desk)
    assert effects(desk) == []
    turn_on(desk)
    turn_on(desk, None)
    draft(desk)
    assert len(effects(desk)) == 1, "that of the first, which waited when the channel was connected"


def test_however_many_processes_run_a_campaign_of_another_door_has_one_card(
    desk: Desk, slack: LocalSlack
) -> None:
    turn_on(desk)
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-sock",
        "SLACK_API_URL": str(desk.settings.slack_api_url),
        "SLACK_GTM_CHANNEL": TEAM_CHANNEL,
    }
    program = [sys.executable, "-m", "tests.jobs.killed_process", "never", "jobs", str(desk.home)]
    processes = [
        subprocess.Popen(program, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    made = [draft(desk) for _ in range(3)]
    changed = desk.session.campaigns.edit(made[0].id, "Kim", offer=Offer(percent=5))
    wait_until(shown(desk), 120)
    for process in processes:
        process.communicate(timeout=60)
    found = {first_block(each): each for each in cards(slack)}
    assert sorted(found) == sorted(f"campaign:{each.id}" for each in made)
    assert len(cards(slack)) == len(made)
    for each in made[1:]:
        assert thread(slack, found[f"campaign:{each.id}"]) == previews(each)
    assert "version 2" in words(found[f"campaign:{made[0].id}"])
    assert thread(slack, found[f"campaign:{made[0].id}"]).items() >= previews(changed).items()


def test_a_card_that_slack_did_not_take_appears_later(desk: Desk, slack: LocalSlack, proxy: Proxy) -> None:
    turn_on(desk)
    proxy.fault = lambda _method, _number: "500"
    made = draft(desk)
    with running(desk):
        wait_until(lambda: proxy.calls.total() >= 3)
        assert cards(slack) == []
        proxy.fault = lambda method, number: "lost" if method == "chat.postMessage" and number % 2 else None
        wait_until(shown(desk), 120)
    [card] = cards(slack)
    assert thread(slack, card) == previews(made)
    assert "campaign_approve" in buttons(card)


def test_a_draft_that_waits_when_the_channel_is_connected_gets_its_card_unless_it_is_old(
    desk: Desk, slack: LocalSlack
) -> None:
    first, rejected, second = draft(desk), draft(desk), draft(desk)
    desk.session.decide(rejected.id, Decision(verb="reject", by="Kim"))
    real, now = desk.services.now, desk.services.now()
    desk.services.now = lambda: now - timedelta(days=15)
    draft(desk)
    desk.services.now = real
    turn_on(desk)
    turn_on(desk)
    assert effects(desk) == [f"campaign-card:{each.id}:1" for each in (first, second)]
    with running(desk):
        wait_until(shown(desk), 60)
        turn_on(desk)
        wait_until(shown(desk), 60)
    assert sorted(map(first_block, cards(slack))) == sorted(f"campaign:{each.id}" for each in (first, second))


def test_a_version_made_at_another_door_is_on_the_card_and_in_its_thread_once(
    desk: Desk, slack: LocalSlack
) -> None:
    turn_on(desk)
    made = draft(desk)
    with running(desk):
        wait_until(shown(desk), 60)
        changed = desk.session.campaigns.edit(made.id, "Kim", offer=Offer(percent=5))
        look(desk).look()
        wait_until(shown(desk), 60)
        look(desk).look()
    [card] = cards(slack)
    assert "version 2" in words(card)
    assert thread(slack, card) == previews(made, changed)
    desk.session.decide(made.id, Decision(verb="reject", by="Kim", text="no"))
    look(desk).look()
    [card] = cards(slack)
    assert "Rejected by Kim" in words(card)
    assert list(desk.services.campaign_cards.open()) == [], "nothing of it changes any more"


def look(desk: Desk) -> ChannelCampaigns:
    channel = desk.services.open_campaign_channel()
    assert channel is not None
    return ChannelCampaigns(desk.session, desk.services, channel)


def test_who_comes_while_another_works_on_a_card_comes_again(
    desk: Desk, slack: LocalSlack, proxy: Proxy
) -> None:
    turn_on(desk)
    made = draft(desk)
    effect = Effect(
        id=1, key="k", kind="campaign-card", payload={"campaign": made.id}, created=desk.services.now()
    )

    def deliver(_: int) -> bool:
        for attempt in range(200):
            try:
                look(desk).deliver(effect)
            except Throttled:
                time.sleep(0.05)
            else:
                return attempt > 0
        return False

    with ThreadPoolExecutor(4) as pool:
        waited = list(pool.map(deliver, range(4)))
    assert any(waited)
    [card] = cards(slack)
    assert thread(slack, card) == previews(made)
    assert proxy.calls["chat.update"] == 0, "the card was right from the beginning"


def test_a_card_that_somebody_deletes_is_not_posted_again(
    desk: Desk, slack: LocalSlack, proxy: Proxy
) -> None:
    turn_on(desk)
    made = draft(desk)
    with running(desk):
        wait_until(shown(desk), 60)
        proxy.fault = lambda method, _: "message_not_found" if method == "chat.update" else None
        desk.session.campaigns.edit(made.id, "Kim", offer=Offer(percent=5))
        wait_until(shown(desk), 60)
    [card] = cards(slack)
    assert thread(slack, card) == previews(made)


def test_who_lets_go_of_slack_leaves_nothing_waiting_and_may_come_back(desk: Desk, slack: LocalSlack) -> None:
    turn_on(desk)
    posted = draft(desk)
    with running(desk):
        wait_until(shown(desk), 60)
    waiting = draft(desk)
    run_disconnect(desk.settings.model_copy(update={"slack_bot_token": None}))
    draft(desk)
    assert effects(desk) == []
    turn_on(desk)
    with running(desk):
        wait_until(shown(desk), 60)
    stand = [first_block(each) for each in cards(slack)]
    assert len(stand) == 3
    assert {f"campaign:{posted.id}", f"campaign:{waiting.id}"} < set(stand)
