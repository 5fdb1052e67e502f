"""A campaign that is asked for is written down with its effect, once; its card waits for the end of the order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from agents.campaigns.campaign import Brief, Campaign
from agents.campaigns.cards import card_key
from agents.campaigns.ordering import CampaignOrder
from agents.domain import Place
from agents.team import AuditLine
from integrations.database.campaign_cards import CampaignCardTable
from integrations.database.campaign_orders import CampaignOrderTable
from integrations.database.campaigns import CampaignTable
from integrations.database.engine import Store
from integrations.database.outbox import Outbox
from integrations.database.posted_messages import PostedMessageTable
from integrations.database.slack import SlackBook
from integrations.database.tables import gtm_campaigns
from tests.campaign_values import campaign

NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)
SOON = NOW + timedelta(seconds=20)


def order(name: str = "c-1") -> CampaignOrder:
    return CampaignOrder(
        id=name,
        asked="winback days=60",
        brief=Brief(kind="winback", days=60),
        by="Lena",
        origin="slack",
        channel="C01GTM",
        created=NOW,
    )


def pending(store: Store) -> list[str]:
    return [each.key for each in Outbox(store).standing("pending")]


def line(what: str = "campaign draft") -> AuditLine:
    return AuditLine(at=NOW, who="Lena", origin="slack", what=what, subject="c-1")


def test_many_who_ask_for_the_same_at_once_get_one(store: Store) -> None:
    orders = CampaignOrderTable(store)
    assert orders.order("c-1") is None
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: orders.add(order()), range(16)))
    assert added.count(True) == 1
    assert orders.order("c-1") == order()
    assert pending(store) == ["campaign-draft:c-1"]


def test_the_card_of_an_order_is_noted_once_it_is_done_in_the_channel_that_was_asked_in(
    store: Store,
) -> None:
    orders, book, cards = CampaignOrderTable(store), CampaignTable(store), CampaignCardTable(store)
    orders.add(order())
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: book.open(campaign("c-1"), line()), range(8)))
    assert {each.id for each in opened} == {"c-1"}
    assert cards.card("c-1") is None
    orders.settle("c-1", "done")
    card = cards.card("c-1")
    assert card is not None
    assert (card.channel, card.place) == ("C01GTM", None)
    assert pending(store) == ["campaign-draft:c-1", "campaign-card:c-1:1"]


def test_a_new_version_is_noted_and_a_decision_is_not(store: Store) -> None:
    book, cards = CampaignTable(store), CampaignCardTable(store)
    cards.turn_on("gtm", NOW)
    book.open(campaign("c-1"), line())

    def edited(known: Campaign) -> Campaign:
        return known.model_copy(update={"draft": known.draft.model_copy(update={"version": 2})})

    book.change("c-1", edited, line("campaign edit"))
    book.change("c-1", lambda known: known.model_copy(update={"status": "rejected"}), line("campaign reject"))
    assert pending(store) == ["campaign-card:c-1:1", "campaign-card:c-1:2"]


def test_a_card_is_open_once_it_stands_and_until_it_is_settled(store: Store) -> None:
    cards, messages = CampaignCardTable(store), PostedMessageTable(store)
    cards.turn_on("gtm", NOW)
    CampaignTable(store).open(campaign("c-1"), line())
    messages.message("c-1", card_key("c-1"))
    assert list(cards.open()) == []
    place = Place(channel="C01GTM", message="1.2")
    messages.posted(card_key("c-1"), place)
    [card] = cards.open()
    assert (card.place, card.channel, card.shown) == (place, "gtm", None)
    cards.shown("c-1", "mark", settled=True)
    assert list(cards.open()) == []
    known = cards.card("c-1")
    assert known is not None
    assert known.shown == "mark"


def test_a_card_is_held_by_one_at_a_time(store: Store) -> None:
    cards = CampaignCardTable(store)
    cards.turn_on("gtm", NOW)
    CampaignTable(store).open(campaign("c-1"), line())
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: cards.take("c-1", f"p{number}", NOW, SOON), range(8)))
    assert taken.count(True) == 1
    holder = f"p{taken.index(True)}"
    assert cards.take("c-1", holder, NOW, SOON), "who holds it may go on holding it"
    cards.release(holder)
    assert cards.take("c-1", "you", NOW, SOON)
    assert cards.take("c-1", "me", SOON + timedelta(seconds=1), SOON), "a dead holder lets go"


def test_who_lets_go_of_slack_waits_for_no_campaign_there(store: Store) -> None:
    orders, cards = CampaignOrderTable(store), CampaignCardTable(store)
    orders.add(order("c-2"))
    cards.turn_on("gtm", NOW)
    CampaignTable(store).open(campaign("c-1"), line())
    SlackBook(store).turn_off()
    assert pending(store) == []
    gone = orders.order("c-2")
    assert gone is not None
    assert gone.state == "failed"
    assert cards.card("c-1") is None
    CampaignTable(store).open(campaign("c-3"), line())
    assert pending(store) == []


@pytest.mark.parametrize("days", [13, 15])
def test_turning_on_notes_drafts_that_wait_since_lately(store: Store, days: int) -> None:
    CampaignTable(store).open(campaign("c-1"), line())
    with store.writing() as connection:
        connection.execute(gtm_campaigns.update().values(created=NOW - timedelta(days=days)))
        assert connection.execute(sa.select(sa.func.count()).select_from(gtm_campaigns)).scalar() == 1
    CampaignCardTable(store).turn_on("gtm", NOW)
    assert pending(store) == (["campaign-card:c-1:1"] if days < 14 else [])
