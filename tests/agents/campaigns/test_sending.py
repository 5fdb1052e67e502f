"""Each message goes once, in its customer's hours, whatever the mailer does in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.campaigns.book import SHARDS
from agents.campaigns.campaign import Campaign
from agents.campaigns.mailing import Refused
from agents.campaigns.policy import load_campaign_policy
from agents.campaigns.sending import DOUBTS, next_hour
from agents.campaigns.unsubscribing import Suppression
from agents.errors import Ambiguous, MailerClosed, Throttled, Transient
from tests.campaign_shop import LAPSED, NOON, ScriptedMailer, Shop, later, send, shop_in

SENT = LAPSED - 4


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with shop_in(tmp_path) as shop:
        yield shop


def address_of(shop: Shop, campaign: Campaign, at: int = 0) -> str:
    return shop.services.send_list.recipients(campaign.id, ["queued"])[at].person.address


@pytest.mark.parametrize("repeatable", [True, False])
def test_everybody_but_the_holdout_gets_one_message(shop: Shop, repeatable: bool) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer(repeatable)
    send(shop, campaign, mailer)
    counts = shop.services.send_list.counts(campaign.id)
    assert (counts.sent, counts.open, counts.held_out) == (SENT, 0, LAPSED - SENT)
    assert len(mailer.taken) == len(set(mailer.taken)) == SENT


def test_what_may_have_arrived_is_listed_and_not_sent_again(shop: Shop) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    doubtful = address_of(shop, campaign)
    mailer.script[doubtful] = [Ambiguous("the line broke after the last dot")]
    send(shop, campaign, mailer)
    assert doubtful not in mailer.taken
    [listed] = shop.session.campaigns.recipients(campaign.id)
    assert (listed.person.address, listed.status) == (doubtful, "uncertain")
    assert "the line broke" in (listed.note or "")


@pytest.mark.parametrize("error", [Throttled("429", 60.0), Transient("the server is away")])
def test_what_was_surely_not_taken_is_tried_again(shop: Shop, error: Exception) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    mailer.script[address_of(shop, campaign)] = [error, error]
    send(shop, campaign, mailer, 4)
    assert sorted(mailer.taken) == sorted(set(mailer.taken))
    assert shop.services.send_list.counts(campaign.id).sent == SENT


def test_a_key_that_is_revoked_pauses_the_campaign_and_loses_nobody(shop: Shop) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    mailer.script[address_of(shop, campaign, 9)] = [MailerClosed("The key was revoked; set another.")]
    send(shop, campaign, mailer)
    known = shop.session.campaigns.campaign(campaign.id)
    counts = shop.services.send_list.counts(campaign.id)
    assert (known.status, known.trouble) == ("paused", "The key was revoked; set another.")
    assert (counts.sent + counts.queued, counts.claimed, counts.handed_over) == (SENT, 0, 0)
    assert counts.queued
    assert "The key was revoked" in shop.session.campaigns.standing(campaign.id).words[0]


def test_who_unsubscribes_while_it_is_sent_gets_nothing(shop: Shop) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    one = shop.services.send_list.recipients(campaign.id, ["queued"])[0]
    shop.services.suppressions.add([Suppression(contact=one.contact, reason="unsubscribed", at=NOON)])
    send(shop, campaign, mailer)
    assert one.person.address not in mailer.taken
    assert shop.services.send_list.counts(campaign.id).withheld == 1


def test_an_address_that_is_refused_does_not_keep_the_others(shop: Shop) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    mailer.script[address_of(shop, campaign)] = [Refused(reason="no such mailbox", about="address")]
    send(shop, campaign, mailer)
    counts = shop.services.send_list.counts(campaign.id)
    assert (counts.sent, counts.refused) == (SENT - 1, 1)
    assert shop.services.suppressions.counts()["bounced"] == 1


def test_a_mailer_of_which_nothing_can_be_told_is_not_given_the_rest(shop: Shop) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    for one in shop.services.send_list.recipients(campaign.id, ["queued"]):
        mailer.script[one.person.address] = [Ambiguous("no answer")]
    send(shop, campaign, mailer)
    counts = shop.services.send_list.counts(campaign.id)
    assert shop.session.campaigns.campaign(campaign.id).status == "paused"
    assert DOUBTS <= counts.uncertain <= DOUBTS + (SHARDS - 1) * (DOUBTS - 1)
    assert counts.uncertain + counts.queued == SENT


def test_nothing_goes_at_night(shop: Shop) -> None:
    campaign, mailer = shop.approved(), ScriptedMailer()
    later(shop, hours=10)  # 22:00 in Denver
    send(shop, campaign, mailer, 1)
    assert mailer.taken == []
    later(shop, hours=12)
    send(shop, campaign, mailer, 1)
    assert len(mailer.taken) == SENT


@pytest.mark.parametrize(
    ("zone", "hour", "opens"),
    [
        ("America/Denver", 19, None),
        ("Europe/Berlin", 19, datetime(2026, 11, 19, 8, tzinfo=UTC)),
        ("Asia/Tokyo", 19, datetime(2026, 11, 19, 0, tzinfo=UTC)),
        ("no zone at all", 19, None),
        ("../../etc/passwd", 19, None),
        (None, 4, datetime(2026, 11, 18, 16, tzinfo=UTC)),
    ],
)
def test_a_customers_day_opens_where_they_live(zone: str | None, hour: int, opens: datetime | None) -> None:
    now = datetime(2026, 11, 18, hour, tzinfo=UTC)
    assert next_hour(load_campaign_policy().sending, zone, now) == opens


def test_what_pauses_goes_on_where_it_was(shop: Shop) -> None:
    from agents.domain import Decision

    campaign, mailer = shop.approved(), ScriptedMailer()
    shop.session.decide(campaign.id, Decision(verb="pause", by="Sam"))
    send(shop, campaign, mailer)
    assert mailer.taken == []
    shop.session.decide(campaign.id, Decision(verb="resume", by="Sam"))
    assert shop.session.campaigns.campaign(campaign.id).runs == 2
    send(shop, campaign, mailer)
    assert len(mailer.taken) == SENT
    shop.session.decide(campaign.id, Decision(verb="stop", by="Sam"))
    assert shop.clock[0] - NOON > timedelta(hours=1)
