"""A campaign's card and forms are what Slack takes, whatever the campaign says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from agents.campaigns.campaign import ArmLine, Campaign, DraftProgress, SendCounts
from agents.campaigns.cards import Drafting, NotDrafted, ShownCampaign, ShownPreview
from analytics.customers import SEGMENTS
from integrations.slack.campaign_blocks import shown
from integrations.slack.campaign_forms import FORMS, campaign_form, new_campaign_form
from integrations.slack.campaign_standing import list_blocks, standing_blocks
from integrations.slack.lists import home_view
from tests.campaign_shop import Shop, shop_in
from tests.slack_gate import faults, view_faults

HOSTILE = "<!channel> & *bold* " * 400


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_in(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(scope="module")
def campaign(shop: Shop) -> Campaign:
    return shop.draft()


def hostile(campaign: Campaign) -> Campaign:
    """The campaign with words in it that are too long and would mean something."""
    draft = campaign.draft
    arms = tuple(ArmLine(name=name, subject=HOSTILE, recipients=1) for name in "ABC")
    texts = draft.texts.model_copy(update={"concept": HOSTILE, "subjects": (HOSTILE,) * 3, "body": HOSTILE})
    prospects = draft.prospects.model_copy(update={"objections": (HOSTILE,) * 2})
    audience = draft.audience.model_copy(update={"arms": arms, "why": HOSTILE})
    changed = draft.model_copy(update={"texts": texts, "prospects": prospects, "audience": audience})
    return campaign.model_copy(
        update={"draft": changed, "by": HOSTILE, "reason": HOSTILE, "trouble": HOSTILE, "sample": True}
    )


@pytest.mark.parametrize("status", ["pending", "approved", "paused", "stopped", "sent", "rejected"])
def test_a_card_is_taken_in_every_status_and_nothing_in_it_means_anything(
    campaign: Campaign, status: str
) -> None:
    changed = hostile(campaign).model_copy(update={"status": status})
    text, blocks = shown("campaign:c-1", ShownCampaign(changed, SendCounts(), HOSTILE))
    assert faults(blocks) == []
    assert "<!" not in text + str(blocks)


@pytest.mark.parametrize("verb", FORMS)
def test_a_form_is_taken(campaign: Campaign, verb: str) -> None:
    for each in (campaign, hostile(campaign)):
        assert view_faults(campaign_form(each, verb, {"seen": 1})) == []


def test_the_form_for_a_new_campaign_is_taken_and_offers_every_segment() -> None:
    form = new_campaign_form({"channel": "C01GTM"})
    assert view_faults(form) == []
    assert [each["block_id"] for each in form["blocks"][1:]] == ["days", "segment", "budget", "offer", "text"]
    names = [each["value"] for each in form["blocks"][2]["element"]["options"]]
    assert names[0] == "Everybody"
    assert set(names) == {"Everybody", *SEGMENTS}


def test_a_home_has_the_button_for_a_campaign_where_there_is_a_channel_for_one() -> None:
    zone = ZoneInfo("America/Denver")
    for campaigns in (True, False):
        home = home_view([], str, zone, "numbers", [], most=20, campaigns=campaigns)
        assert view_faults(home) == []
        assert ("campaign_new" in str(home)) == campaigns


def test_a_card_counts_what_has_gone_and_is_settled_once_nothing_can_arrive(
    campaign: Campaign, shop: Shop
) -> None:
    approved = campaign.model_copy(update={"status": "approved", "approved": shop.clock[0]})
    counts = SendCounts(queued=318, sent=412, refused=1, uncertain=1)
    view = ShownCampaign(approved, counts, "nowhere")
    assert "*412 of 732 sent* · 1 refused · 1 uncertain" in str(shown("campaign:c-1", view))
    assert not view.settled
    stopped = approved.model_copy(update={"status": "stopped"})
    assert ShownCampaign(stopped, counts, "nowhere").settled
    assert not ShownCampaign(stopped, SendCounts(handed_over=1), "nowhere").settled


def test_the_steps_and_the_lists_are_taken(campaign: Campaign, shop: Shop) -> None:
    steps = [
        DraftProgress(specialist="insights", state="done", found=HOSTILE),
        DraftProgress(specialist="marketing", state="working"),
    ]
    campaigns = shop.session.campaigns
    [preview] = campaigns.previews(campaign.id, count=1)
    message = preview.message.model_copy(update={"subject": HOSTILE, "text": HOSTILE})
    for _, blocks in (
        shown("campaign:c-1", Drafting(HOSTILE, HOSTILE, tuple(steps), HOSTILE)),
        shown("campaign:c-1", NotDrafted(HOSTILE, HOSTILE, HOSTILE)),
        shown("campaign:c-1", ShownPreview(campaign, replace(preview, message=message))),
        list_blocks([]),
        list_blocks(campaigns.campaigns()),
        standing_blocks(campaigns.standing(campaign.id), [], HOSTILE),
    ):
        assert faults(blocks) == []
        assert "<!" not in str(blocks)
