"""What campaigns hold of a person is given out, and erased but for the mark that keeps them from being written to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.campaigns.campaign import Addressee, Campaign
from agents.campaigns.contact_desk import MailEvent
from tests.campaign_shop import ScriptedMailer, Shop, send, shop_in

WHO = {"by": "Maria Lopez", "origin": "shell"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with shop_in(tmp_path) as shop:
        yield shop


@pytest.fixture
def campaign(shop: Shop) -> Campaign:
    """One that has been sent."""
    made = shop.approved()
    send(shop, made, ScriptedMailer())
    return made


def recipient(shop: Shop, campaign: Campaign) -> Addressee:
    return shop.services.send_list.recipients(campaign.id, ["sent"])[0]


def export(shop: Shop, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(shop.session.privacy.export(address)))
    return found


def test_an_export_says_which_campaigns_somebody_was_in_what_came_of_it_and_that_they_are_kept_out(
    shop: Shop, campaign: Campaign
) -> None:
    one = recipient(shop, campaign)
    token = shop.services.open_links().unsubscribe_url(campaign.id, one.contact).rpartition("/")[2]
    shop.session.contacts.unsubscribe(token)
    event = {"campaign": campaign.id, "contact": one.contact, "at": shop.clock[0]}
    shop.session.contacts.take([MailEvent(id="e1", kind="clicked", detail="https://shop.example", **event)])
    found = export(shop, one.person.address.upper())
    [row] = found["database"]["campaign_recipients"]
    assert (row["campaign"], row["status"], row["held_out"], row["arm"]) == (
        campaign.id,
        "sent",
        False,
        one.arm,
    )
    assert row["sent"].startswith("2026-11-18")
    assert {each["kind"] for each in found["database"]["mail_outcomes"]} == {"unsubscribed", "clicked"}
    [kept] = found["suppressed"]
    assert (kept["reason"], kept["campaign"], kept["lifted"]) == ("unsubscribed", campaign.id, None)
    assert kept["at"].startswith("2026-11-18")


def test_somebody_who_was_held_out_is_told_so_and_a_stranger_has_nothing(
    shop: Shop, campaign: Campaign
) -> None:
    [held_out, *_] = [side for side in shop.services.send_list.sides(campaign.id) if side.held_out]
    found = export(shop, f"ann{held_out.customer[1:]}@shop.example")
    [row] = found["database"]["campaign_recipients"]
    assert (row["held_out"], row["arm"], row["sent"]) == (True, None, None)
    assert (found["database"]["mail_outcomes"], found["suppressed"]) == ([], [])
    stranger = export(shop, "nobody@shop.example")
    assert (stranger["database"]["campaign_recipients"], stranger["suppressed"]) == ([], [])


@pytest.mark.parametrize("reason", ["bounced", "complained", "unsubscribed"])
def test_who_is_forgotten_stays_kept_out_and_nothing_else_leads_to_them(
    shop: Shop, campaign: Campaign, reason: str
) -> None:
    one = recipient(shop, campaign)
    address = one.person.address
    event = {"id": "e1", "kind": reason, "campaign": campaign.id, "address": address, "at": shop.clock[0]}
    shop.session.contacts.take([MailEvent.model_validate(event)])
    before = shop.session.campaigns.standing(campaign.id)
    assert shop.session.privacy.forget(address, **WHO).complete
    found = export(shop, address)
    assert not any(found["database"].values())
    [kept] = found["suppressed"]
    assert kept["reason"] == reason
    assert shop.session.contacts.reason_for(address) == reason
    after = shop.session.campaigns.standing(campaign.id)
    assert (after.counts, after.outcomes) == (before.counts, before.outcomes)
    assert [arm.successes for arm in after.arms] == [arm.successes for arm in before.arms]
