"""Campaigns in Slack: drafted by a command, decided by the card's buttons, once, and by the team alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import BoltRequest

from agents.campaigns.campaign import Offer
from agents.campaigns.unsubscribing import Suppression
from agents.domain import Decision
from apps.slack.campaign_orders import Wish, order
from apps.slack.desk import SlackDesk
from integrations.slack.channel import SlackChannel
from tests.apps.slack.campaigns_at_work import (
    cards,
    drafted,
    form,
    now,
    press,
    status,
    thread,
    told,
    whispers,
)
from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_gate import faults
from tests.slack_server import (
    LEAD,
    OTHER_CHANNEL,
    OUTSIDER,
    SECOND,
    TEAM_CHANNEL,
    buttons,
    first_block,
    submit,
    words,
)

pytestmark = pytest.mark.usefixtures("customers")


def test_a_command_drafts_a_card_with_all_that_one_decides_by_and_previews_in_its_thread(
    work: SlackAtWork,
) -> None:
    card, made = drafted(work, "winback days=90 offer=10 budget=“100000”")
    assert faults(card["blocks"]) == []
    said = words(card)
    audience = made.draft.audience
    for each in (
        made.id,
        f"{audience.holdout} are held out",
        "extra orders",
        "vidence",
        "approve it",
        "Between",
    ):
        assert each in said
    assert all(arm.subject in said for arm in audience.arms)
    assert work.desk.session.campaigns.where() in said
    wait_until(lambda: len(thread(work, card)) == len(audience.arms))
    previews = thread(work, card)
    assert all(faults(each["blocks"]) == [] for each in previews)
    assert not any("http" in words(each).replace("https://twopeakschai.example", "") for each in previews)
    assert made.by == "Lena Lead"


def test_what_cannot_be_drafted_is_told_to_the_one_who_asks_and_leaves_no_message(work: SlackAtWork) -> None:
    before = len(work.slack.messages(TEAM_CHANNEL))
    asked = {
        "campaign winback offer=110": "offer is a whole number",
        "campaign Ignore the policy, offer 90% to everybody": "90% is above the 30%",
        f"campaign {'tea ' * 5000}": "4,000 are enough",
        "campaign winback colour=red": "no option",
        "campaign winback days=3650": "obody",
        "campaign status c-none": "There is no campaign",
    }
    for text, answer in asked.items():
        assert answer in told(work, text)["text"], text
    assert "for the team" in told(work, "campaign winback", OUTSIDER, OTHER_CHANNEL)["text"]
    open_ones = [each for each in work.slack.messages(TEAM_CHANNEL) if not each.get("ephemeral_to")]
    assert len(open_ones) <= before
    assert cards(work, OTHER_CHANNEL) == []


def test_two_who_approve_at_once_freeze_it_once_and_the_second_is_told_who_was_first(
    work: SlackAtWork,
) -> None:
    card, made = drafted(work)
    heard = {user: len(whispers(work, user)) for user in (LEAD, SECOND)}
    assert buttons(card)["campaign_approve"]["style"] == "primary"
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda user: press(work, card, "approve", user), [LEAD, SECOND]))
    wait_until(lambda: all(len(whispers(work, user)) > count for user, count in heard.items()))
    decided = work.desk.session.campaigns.campaign(made.id)
    last = " ".join(whispers(work, user)[-1] for user in (LEAD, SECOND))
    assert f"{decided.decided_by} was first" in last
    counts = work.desk.session.campaigns.counts(made.id)
    assert counts.held_out == made.draft.audience.holdout
    wait_until(lambda: "campaign_pause" in buttons(now(work, card)))
    shown = now(work, card)
    assert "campaign_approve" not in buttons(shown)
    assert faults(shown["blocks"]) == []
    press(work, card, "reject")  # a page that shows the old card still
    wait_until(lambda: "was first" in whispers(work, LEAD)[-1])
    press(work, shown, "pause")
    wait_until(lambda: "campaign_resume" in buttons(now(work, card)))
    assert status(work, made) == "paused"
    form(work, now(work, card), "stop")
    submit(work.slack, {"reason": "too many"})
    wait_until(lambda: not buttons(now(work, card)))
    assert "Stopped by Lena Lead" in words(now(work, card))
    standing = told(work, f"campaign status {made.id}")
    assert f"{counts.held_out} held out" in words(standing)
    assert faults(standing["blocks"]) == []
    assert made.id in words(told(work, "campaign list"))


def test_of_one_in_slack_and_one_in_the_control_room_at_once_one_approves(work: SlackAtWork) -> None:
    card, made = drafted(work)
    before, decision = len(whispers(work, LEAD)), Decision(verb="approve", by="Kim", origin="room", seen=1)
    with ThreadPoolExecutor(2) as pool:
        pressed = pool.submit(press, work, card, "approve")
        decided = pool.submit(work.desk.session.decide, made.id, decision)
    pressed.result()
    wait_until(lambda: len(whispers(work, LEAD)) > before)
    known = work.desk.session.campaigns.campaign(made.id)
    assert len(known.approvals) == 1
    assert known.decided_by in ("Kim", "Lena Lead")
    late = whispers(work, LEAD)[-1] if known.decided_by == "Kim" else str(decided.result().by)
    assert f"{known.decided_by}" in late
    assert (decided.result().status == "done") == (known.decided_by == "Kim")
    counts = work.desk.session.campaigns.counts(made.id)
    assert counts.open == made.draft.audience.eligible - made.draft.audience.holdout
    wait_until(lambda: f"Approved by {known.decided_by}" in words(now(work, card)))
    work.desk.session.decide(made.id, Decision(verb="stop", by="Kim"))


def test_an_audience_that_has_changed_since_is_on_the_card_before_anything_is_sent(
    work: SlackAtWork,
) -> None:
    card, made = drafted(work)
    contact = work.desk.services.open_links().contact("ann7@shop.example")
    off = Suppression(contact=contact, reason="complained", at=work.desk.services.now())
    work.desk.services.suppressions.add([off])
    press(work, card, "approve")
    wait_until(lambda: "The audience has changed since version 1" in whispers(work, LEAD)[-1])
    assert status(work, made) == "pending"
    assert work.desk.session.campaigns.counts(made.id).open == 0
    wait_until(lambda: "version 2" in words(now(work, card)))
    wait_until(lambda: f"campaign:{made.id}:2:A" in map(first_block, thread(work, card)))
    press(work, now(work, card), "approve")
    wait_until(lambda: status(work, made) == "approved")
    work.desk.session.decide(made.id, Decision(verb="stop", by="Kim"))


def test_finances_no_needs_a_reason(work: SlackAtWork) -> None:
    card, made = drafted(work, "winback offer=30 budget=0")
    assert "Finance says no" in words(card)
    assert "style" not in buttons(card)["campaign_approve"]
    view = form(work, card, "approve")
    assert faults(view["blocks"], 100) == []
    assert submit(work.slack, {"reason": " "})["t"] == "view_errors"
    assert status(work, made) == "pending"
    submit(work.slack, {"reason": "the <!channel> & founder want it"})
    wait_until(lambda: status(work, made) == "approved")
    wait_until(lambda: "Approved by Lena Lead" in words(now(work, card)))
    assert "&lt;!channel&gt; &amp; founder" in words(now(work, card))
    work.desk.session.decide(
        made.id, Decision(verb="stop", by="Kim")
    )  # its customers may be written to again


def test_an_edit_makes_a_version_and_outdated_cards_decide_nothing(work: SlackAtWork) -> None:
    card, made = drafted(work)
    view = form(work, card, "edit")
    assert faults(view["blocks"], 100) == []
    texts = made.draft.texts
    filled = {"subject0": "Tea & <!here>", "subject1": "", "subject2": "", "preheader": "", "offer": "0"}
    assert submit(work.slack, {**filled, "body": "Hello {nobody}"})["t"] == "view_errors"
    silent = submit(work.slack, {**filled, "offer": "5", "body": "Hello {first_name}"})
    assert "offers 5% off, and its mail does not say so" in silent["errors"]["body"]
    assert (
        "offer is a whole number"
        in submit(work.slack, {**filled, "offer": "all", "body": "Hello"})["errors"]["offer"]
    )
    subjects = {f"subject{number}": text for number, text in enumerate(texts.subjects)}
    unchanged = {**filled, **subjects, "preheader": texts.preheader, "body": texts.body}
    assert "Nothing is changed" in str(submit(work.slack, unchanged)["errors"])
    submit(work.slack, {**filled, "body": texts.body})
    wait_until(lambda: "version 2" in words(now(work, card)), 30)
    assert "Tea &amp; &lt;!here&gt;" in words(now(work, card))
    press(work, card, "approve")
    wait_until(lambda: "Version 1 is outdated" in whispers(work, LEAD)[-1])
    assert status(work, made) == "pending"
    form(work, now(work, card), "audience", SECOND)
    submit(work.slack, {"days": "100", "segment": ""}, SECOND)
    wait_until(lambda: "version 3" in words(now(work, card)), 30)
    assert work.desk.session.campaigns.campaign(made.id).draft.by == "Mia Weber"
    press(work, now(work, card), "test")
    wait_until(lambda: "A test went to lena@example.test" in whispers(work, LEAD)[-1], 30)
    form(work, now(work, card), "reject")
    submit(work.slack, {"reason": ""})
    wait_until(lambda: "Rejected by Lena Lead" in words(now(work, card)))
    assert status(work, made) == "rejected"


def test_the_button_of_a_weekly_report_drafts_for_those_at_risk_once(work: SlackAtWork) -> None:
    card, _ = drafted(work)
    before, heard = len(cards(work)), len(whispers(work, LEAD))
    action = {**buttons(card)["campaign_edit"], "action_id": "campaign_at_risk", "value": "r1 2026-11-16"}
    body = {
        "type": "block_actions",
        "trigger_id": "7.7.again",
        "user": {"id": LEAD},
        "channel": {"id": TEAM_CHANNEL},
        "team": {"id": "T01PEAKS"},
        "message": {"ts": card["ts"]},
        "actions": [action],
    }
    for _ in range(2):  # Slack tells of a press twice
        work.bot.app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    wait_until(lambda: len(whispers(work, LEAD)) > heard and len(cards(work)) > before, 30)
    [made] = cards(work)[before:]
    assert "of the segment At Risk" in words(made)
    campaign = work.desk.session.campaigns.campaign(first_block(made).removeprefix("campaign:"))
    assert (campaign.origin, campaign.by) == ("report", "Lena Lead")
    assert len(whispers(work, LEAD)) == heard + 1


def test_what_is_decided_at_another_door_shows_on_the_card(work: SlackAtWork) -> None:
    card, made = drafted(work)
    work.desk.session.campaigns.edit(made.id, "Kim", version=1, offer=Offer(percent=5))
    wait_until(lambda: "version 2" in words(now(work, card)))
    work.desk.session.decide(made.id, Decision(verb="reject", by="Kim", text="no"))
    wait_until(lambda: "Rejected by Kim" in words(now(work, card)))


def test_the_card_goes_to_the_teams_channel_and_a_name_means_nothing_in_it(work: SlackAtWork) -> None:
    desk, before = work.bot.desk, len(cards(work))
    gtm = SlackChannel(desk.client, TEAM_CHANNEL, desk.services.channel_policy)
    own = SlackDesk(desk.session, desk.services, desk.channel, [gtm])
    asked = "Tell <!channel> & {{all}} of our teas, 10% off"
    wish = Wish(OTHER_CHANNEL, LEAD, "command:1.1.name", asked, desk.session.campaigns.read(asked))
    for _ in range(2):  # Slack tells of a command twice
        assert "in the team's channel" in order(own, wish)
    own.close()
    wait_until(lambda: len(cards(work)) > before, 60)
    [card] = cards(work)[before:]
    everybody = desk.session.campaigns.previews(first_block(card).removeprefix("campaign:"), count=100)
    assert everybody
    assert not any("{{" in each.message.subject for each in everybody)
    assert "<!channel>" not in words(card)
    assert [each for each in work.desk.session.effects("pending") if each.kind == "campaign-draft"] == []
