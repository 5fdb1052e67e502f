"""The form in which a campaign is asked for: opened by a command or a button, and telling what is wrong in itself."""

from __future__ import annotations

import pytest

from apps.slack.campaigns import USAGE, campaign
from apps.slack.desk import SlackDesk
from apps.slack.request import Request
from integrations.slack.channel import SlackChannel
from integrations.slack.client import SlackClient
from tests.apps.slack.campaigns_at_work import cards, no_form, opened, told, whispers
from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_gate import faults
from tests.slack_script import scripted_slack
from tests.slack_server import LEAD, TEAM_CHANNEL, first_block, submit

pytestmark = pytest.mark.usefixtures("customers")


def test_the_bare_command_opens_a_form_which_drafts_a_win_back(work: SlackAtWork) -> None:
    before = len(cards(work))
    work.slack.command("campaign", LEAD, TEAM_CHANNEL)
    view = opened(work, "campaign_new")
    assert faults(view["blocks"], 100) == []
    filled = {"days": "100", "segment": "Everybody", "budget": "100000", "offer": "0", "text": ""}
    told_in_form = {
        ("offer", "110"): "offer is a whole number",
        ("offer", "50"): "50% is above the 30%",
        ("days", "soon"): "days is a whole number",
        ("budget", "much"): "budget is an amount",
        ("days", "3650"): "Nobody fits",
    }
    for (field, wrong), answer in told_in_form.items():
        told = submit(work.slack, {**filled, field: wrong})
        assert answer in told["errors"][field], field
    assert len(cards(work)) == before
    submit(work.slack, filled)
    no_form(work)
    wait_until(lambda: len(cards(work)) > before, 60)
    wait_until(lambda: "will be here in a moment" in whispers(work, LEAD)[-1])
    card = cards(work)[-1]
    made = work.desk.session.campaigns.campaign(first_block(card).removeprefix("campaign:"))
    brief = made.draft.brief
    assert (brief.kind, brief.days, brief.segment) == ("winback", 100, None)
    assert (brief.budget, made.draft.offer.percent, made.by) == (100_000_00, 0, "Lena Lead")


def test_a_button_opens_the_form_which_takes_a_brief_in_free_words_too(work: SlackAtWork) -> None:
    before = len(cards(work))
    listed = told(work, "campaign list")
    assert faults(listed["blocks"]) == []
    work.slack.press(listed, "campaign_new", LEAD, TEAM_CHANNEL)
    opened(work, "campaign_new")
    filled = {"days": "", "segment": "Loyal", "budget": "", "offer": "5", "text": "Our new oolong is here"}
    wrong = submit(work.slack, {**filled, "days": "30"})
    assert "cannot go with a segment" in wrong["errors"]["days"]
    submit(work.slack, filled)
    no_form(work)
    wait_until(lambda: len(cards(work)) > before or "segment" in whispers(work, LEAD)[-1], 60)
    made = work.desk.session.campaigns.campaign(first_block(cards(work)[-1]).removeprefix("campaign:"))
    brief = made.draft.brief
    assert (brief.kind, brief.text, brief.segment) == ("brief", "Our new oolong is here", "Loyal")
    assert made.draft.offer.percent == 5


@pytest.mark.parametrize("trigger", ["", "9.9.expired"])
def test_where_slack_opens_no_form_the_usage_is_told(work: SlackAtWork, trigger: str) -> None:
    with scripted_slack() as script:
        script.says("views.open", ok=False, error="expired_trigger_id")
        client = SlackClient("xoxb-sock", script.url)
        channel = SlackChannel(client, TEAM_CHANNEL, work.desk.services.channel_policy)
        desk = SlackDesk(work.desk.session, work.desk.services, channel)
        request = Request(desk, LEAD, "", TEAM_CHANNEL, "command:9", trigger or None)
        assert campaign(request) == (USAGE, [])
        desk.close()
        assert script.calls == (["views.open"] if trigger else [])
