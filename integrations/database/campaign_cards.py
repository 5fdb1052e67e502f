"""The cards of campaigns: which channel each is for, where it stands, and when it has to be brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.campaigns.cards import CampaignCard, card_key
from integrations.database import outbox as effects
from integrations.database.engine import Store
from integrations.database.posted_messages import place_of
from integrations.database.slack_notes import insert_into
from integrations.database.tables import (
    campaign_channel,
    campaign_orders,
    campaign_posts,
    gtm_campaigns,
    posted_messages,
)

CARD: Final = "campaign-card"
"""The kind of effects that bring a card up to date; it needs a process that speaks to Slack."""

LATELY: Final = timedelta(days=14)
"""A draft that has waited for longer when a channel is connected gets no card: it is forgotten, not pending."""


class CampaignCardTable:
    """Implements `agents.campaigns.cards.CampaignCards`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def turn_on(self, channel: str | None, now: datetime) -> None:
        """From now on drafts get their card in this channel, those that wait since lately too; None: in none."""
        known = sa.exists().where(campaign_posts.c.campaign == gtm_campaigns.c.id)
        waiting = (gtm_campaigns.c.status == "pending", gtm_campaigns.c.created > now - LATELY, ~known)
        with self._store.writing() as connection:
            found = connection.execute(sa.select(campaign_channel.c.channel)).scalars().all()
            wanted = [] if channel is None else [channel]
            if list(found) != wanted:
                connection.execute(campaign_channel.delete())
                for each in wanted:
                    insert = insert_into(connection)(campaign_channel).values(channel=each, since=now)
                    connection.execute(insert.on_conflict_do_nothing(index_elements=["channel"]))
            query = sa.select(gtm_campaigns.c.id).where(*waiting).order_by(gtm_campaigns.c.created)
            for campaign in connection.execute(query).scalars().all() if wanted else ():
                note_card(connection, campaign, now)

    def card(self, campaign: str) -> CampaignCard | None:
        """The card of a campaign, or None."""
        with self._store.reading() as connection:
            row = connection.execute(_cards().where(campaign_posts.c.campaign == campaign)).first()
        return None if row is None else _card(row)

    def open(self) -> Sequence[CampaignCard]:
        """The cards that stand and may still have to change."""
        query = _cards().where(~campaign_posts.c.settled, posted_messages.c.ts.is_not(None))
        with self._store.reading() as connection:
            return [_card(row) for row in connection.execute(query)]

    def take(self, campaign: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold a card for a while; False where somebody else does."""
        free = sa.or_(
            campaign_posts.c.held_until.is_(None),
            campaign_posts.c.held_until < now,
            campaign_posts.c.holder == holder,
        )
        held = campaign_posts.update().where(campaign_posts.c.campaign == campaign, free)
        with self._store.writing() as connection:
            return connection.execute(held.values(holder=holder, held_until=until)).rowcount == 1

    def release(self, holder: str) -> None:
        """Let go of what somebody holds."""
        held = campaign_posts.update().where(campaign_posts.c.holder == holder)
        with self._store.writing() as connection:
            connection.execute(held.values(holder=None, held_until=None))

    def shown(self, campaign: str, mark: str, *, settled: bool) -> None:
        """A card shows this now; a `settled` one has nothing to follow any more."""
        change = campaign_posts.update().where(campaign_posts.c.campaign == campaign)
        with self._store.writing() as connection:
            connection.execute(change.values(shown=mark, settled=settled))


def note_card(connection: Connection, campaign: str, now: datetime) -> None:
    """Have the card of a campaign brought up to date once this transaction has happened; nothing without a channel.

    While an order works on the message that becomes the card, nothing is noted: the end of the order does so.
    """
    ordered = sa.select(campaign_orders.c.channel, campaign_orders.c.state)
    order = connection.execute(ordered.where(campaign_orders.c.id == campaign)).first()
    if order is not None and order.state == "waiting":
        return
    query = sa.select(gtm_campaigns.c.version).where(gtm_campaigns.c.id == campaign)
    version = connection.execute(query).scalar_one()
    known = sa.select(campaign_posts.c.campaign).where(campaign_posts.c.campaign == campaign)
    if connection.execute(known).first() is None:
        usual = connection.execute(sa.select(campaign_channel.c.channel).limit(1)).scalar()
        channel = usual if order is None else order.channel
        if channel is None:
            return
        insert = insert_into(connection)(campaign_posts).values(
            campaign=campaign, channel=channel, settled=False
        )
        connection.execute(insert.on_conflict_do_nothing(index_elements=["campaign"]))
    effects.add(
        connection, key=f"{CARD}:{campaign}:{version}", kind=CARD, payload={"campaign": campaign}, now=now
    )


def let_go(connection: Connection) -> None:
    """No card is for Slack any more but those that stand there."""
    stands = sa.exists().where(
        posted_messages.c.subject == campaign_posts.c.campaign, posted_messages.c.ts.is_not(None)
    )
    connection.execute(campaign_channel.delete())
    connection.execute(campaign_posts.delete().where(~stands))


def _cards() -> sa.Select[Any]:
    own = posted_messages.c.key == sa.literal(card_key("")) + campaign_posts.c.campaign
    columns = (campaign_posts.c.campaign, campaign_posts.c.channel.label("wanted"), campaign_posts.c.shown)
    place = (posted_messages.c.channel, posted_messages.c.thread, posted_messages.c.ts)
    return sa.select(*columns, *place).select_from(campaign_posts.outerjoin(posted_messages, own))


def _card(row: Row[Any]) -> CampaignCard:
    return CampaignCard(campaign=row.campaign, channel=row.wanted, place=place_of(row), shown=row.shown)
