"""Drafts the campaigns that were asked for in the team's channel, in sight of everybody."""

from __future__ import annotations

from functools import partial
from typing import Final

from agents.campaigns.campaign import DraftProgress
from agents.campaigns.cards import CampaignChannel, Drafting, NotDrafted, card_key
from agents.campaigns.ordering import CampaignOrder
from agents.domain import Place
from agents.effects import Effect
from agents.errors import BadInput, ChannelClosed, DeskError, Permanent
from agents.ports import Services
from agents.session import Session
from jobs.attempts import attempt
from jobs.standing_views import StandingViews
from jobs.watching import watched

PACE: Final = 0.5
"""Seconds between two looks at how far a draft is; it has six steps, each of which changes its message once."""


class OrderedCampaigns:
    """Brings an order to its end from wherever it was left.

    Its message stands once, and the campaign bears the order's id, so it is drafted once. Once the order is done
    the campaign's card takes the message over.
    """

    def __init__(
        self, session: Session, services: Services, channel: CampaignChannel, pace: float = PACE
    ) -> None:
        """Draft nothing yet."""
        self._session, self._services, self._channel, self._pace = session, services, channel, pace
        self._orders = services.campaign_orders

    def deliver(self, effect: Effect) -> None:
        """Draft what an order asks for, while its message tells how far that is; nothing where it is drafted."""
        order = self._orders.order(effect.payload["order"])
        if order is None or order.state == "done":
            return  # one that has failed was told to be tried again
        failed = partial(self._orders.settle, order.id, "failed")
        with attempt(effect, self._session.policy.delivery, failed) as last:
            self._bring_to_its_end(order, last=last)

    def _bring_to_its_end(self, order: CampaignOrder, *, last: bool) -> None:
        shown = _Message(order, self._begin(order), self._channel)
        try:
            with watched("The progress of a campaign's draft", shown.progress, self._pace) as tell:
                self._session.campaigns.draft(order.brief, order.by, order.origin, tell, name=order.id)
        except BadInput as error:
            shown.there_is_none(str(error))
            self._orders.settle(order.id, "failed", str(error))
            return
        except DeskError as error:
            if last or isinstance(error, Permanent):
                shown.there_is_none(str(error))
            else:
                shown.waits(str(error))
            raise
        self._orders.settle(order.id, "done")

    def _begin(self, order: CampaignOrder) -> Place:
        """Post the message that will become the card, unless it is there."""
        services = self._services
        views = StandingViews(self._channel, order.channel, order.id, services.posted_messages, services.now)
        try:
            return views.stand(card_key(order.id), Drafting(order.asked, order.by))
        except ChannelClosed as error:
            raise Permanent(str(error)) from error  # whoever has asked will ask again


class _Message:
    """The message of an order, until the card takes it over; one that somebody has deleted says nothing."""

    def __init__(self, order: CampaignOrder, place: Place, channel: CampaignChannel) -> None:
        self._order, self._place, self._channel = order, place, channel

    def progress(self, steps: tuple[DraftProgress, ...]) -> None:
        """How far the specialists are."""
        self._show(Drafting(self._order.asked, self._order.by, steps))

    def waits(self, trouble: str) -> None:
        """What keeps the draft waiting."""
        self._show(Drafting(self._order.asked, self._order.by, trouble=trouble))

    def there_is_none(self, reason: str) -> None:
        """Why there will be no campaign."""
        self._show(NotDrafted(self._order.asked, self._order.by, reason))

    def _show(self, view: Drafting | NotDrafted) -> None:
        self._channel.update(self._place, card_key(self._order.id), view)
