"""The campaigns that were asked for in the team's channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.engine import Connection, Row

from agents.campaigns.campaign import Brief
from agents.campaigns.ordering import CampaignOrder, OrderState
from integrations.database import outbox as effects
from integrations.database.campaign_cards import note_card
from integrations.database.engine import Store
from integrations.database.slack_notes import insert_into
from integrations.database.tables import campaign_orders

DRAFT: Final = "campaign-draft"
"""The kind of effects that draft; it needs a process that speaks to Slack."""


class CampaignOrderTable:
    """Implements `agents.campaigns.ordering.CampaignOrders`."""

    def __init__(self, store: Store) -> None:
        """Work on the table of a store."""
        self._store = store

    def add(self, order: CampaignOrder) -> bool:
        """Have a campaign drafted and shown, its effect in the same transaction; False where it was before."""
        values = {**order.model_dump(exclude={"brief"}), "brief": order.brief.model_dump_json()}
        with self._store.writing() as connection:
            insert = insert_into(connection)(campaign_orders).values(values)
            put = insert.on_conflict_do_nothing(index_elements=["id"]).returning(campaign_orders.c.id)
            if connection.execute(put).first() is None:
                return False
            effects.add(
                connection,
                key=f"{DRAFT}:{order.id}",
                kind=DRAFT,
                payload={"order": order.id},
                now=order.created,
            )
        return True

    def order(self, order: str) -> CampaignOrder | None:
        """The order of this id, or None."""
        with self._store.reading() as connection:
            found = connection.execute(campaign_orders.select().where(campaign_orders.c.id == order)).first()
        return None if found is None else _order(found)

    def settle(self, order: str, state: OrderState, reason: str | None = None) -> None:
        """It has come to an end; once it is done, the card of its campaign takes over its message."""
        ended = campaign_orders.update().where(campaign_orders.c.id == order)
        with self._store.writing() as connection:
            connection.execute(ended.values(state=state, reason=reason))
            if state == "done":
                note_card(connection, order, datetime.now(UTC))


def let_go(connection: Connection) -> None:
    """Nothing waits for Slack any more; what waited has failed."""
    waiting = campaign_orders.update().where(campaign_orders.c.state == "waiting")
    reason = "Slack was let go of before it could be shown."
    connection.execute(waiting.values(state="failed", reason=reason))


def _order(row: Row[Any]) -> CampaignOrder:
    return CampaignOrder.model_validate({**row._mapping, "brief": Brief.model_validate_json(row.brief)})
