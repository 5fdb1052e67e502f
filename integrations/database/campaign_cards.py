"""Where the cards of campaigns stand in the team's channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Row

from agents.campaigns.cards import CampaignCard
from agents.domain import Place
from integrations.database.engine import Store
from integrations.database.slack_notes import insert_into
from integrations.database.tables import campaign_cards


class CampaignCardTable:
    """Implements `agents.campaigns.cards.CampaignCards`."""

    def __init__(self, store: Store) -> None:
        """Work on the table of a store."""
        self._store = store

    def put(self, campaign: str, place: Place) -> None:
        """The card of a campaign stands there from now on."""
        where = {"channel": place.channel, "ts": place.message, "shown": None, "settled": False}
        with self._store.writing() as connection:
            insert = insert_into(connection)(campaign_cards).values(campaign=campaign, **where)
            connection.execute(insert.on_conflict_do_update(index_elements=["campaign"], set_=where))

    def card(self, campaign: str) -> CampaignCard | None:
        """The card of a campaign, or None."""
        query = campaign_cards.select().where(campaign_cards.c.campaign == campaign)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _card(row)

    def open(self) -> Sequence[CampaignCard]:
        """The cards that may still have to change."""
        query = campaign_cards.select().where(~campaign_cards.c.settled)
        with self._store.reading() as connection:
            return [_card(row) for row in connection.execute(query)]

    def shown(self, campaign: str, mark: str, *, settled: bool) -> None:
        """A card shows this now; a `settled` one has nothing to follow any more."""
        change = campaign_cards.update().where(campaign_cards.c.campaign == campaign)
        with self._store.writing() as connection:
            connection.execute(change.values(shown=mark, settled=settled))


def _card(row: Row[Any]) -> CampaignCard:
    place = Place(channel=row.channel, message=row.ts, thread=row.ts)
    return CampaignCard(campaign=row.campaign, place=place, shown=row.shown)
