"""Brings what the team's channel shows of a campaign up to date: its card, and what customers read in its thread."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from agents.campaigns.campaign import Campaign
from agents.campaigns.cards import (
    CampaignCard,
    CampaignChannel,
    CampaignView,
    ShownCampaign,
    ShownPreview,
    card_key,
    preview_key,
)
from agents.effects import Effect
from agents.errors import BadInput, DeskError, Permanent, Throttled
from agents.ports import Services
from agents.session import Session
from jobs.channel_cases import BUSY, HELD
from jobs.standing_views import StandingViews

LOOK: Final = 3.0
"""Seconds between two looks at the campaigns that are under way; Slack takes fifty changes a minute."""

Hold = Callable[[], None]
"""Goes on holding a card; raises `Throttled` where another process has it meanwhile."""

log = logging.getLogger(__name__)


class ChannelCampaigns:
    """Compares what the channel shows of a campaign with how it stands, and posts or changes what differs.

    One process at a time works on a card, so that of two looks the later one is what stays.
    """

    def __init__(
        self, session: Session, services: Services, channel: CampaignChannel, held: timedelta = HELD
    ) -> None:
        """Post nothing yet."""
        self._campaigns, self._services, self._channel, self._held = (
            session.campaigns,
            services,
            channel,
            held,
        )
        self._cards, self._now = services.campaign_cards, services.now

    def deliver(self, effect: Effect) -> None:
        """The handler of the effects of a new version: its card stands, and its previews are in the thread."""
        card = self._cards.card(effect.payload["campaign"])
        if card is None:
            return  # Slack was let go of
        with self._holding(card.campaign) as hold:
            views = StandingViews(
                self._channel, card.channel, card.campaign, self._services.posted_messages, self._now
            )
            place = views.known(card_key(card.campaign))
            if place is None:
                view = self._view(card.campaign)
                place = views.stand(card_key(card.campaign), view)
                self._cards.shown(card.campaign, _mark(view), settled=view.settled)
            if self._show(card.model_copy(update={"place": place}), hold):
                self._preview(card.campaign, views, place.thread or place.message, hold)

    def refresh(self, campaign: str) -> None:
        """Let the card of a campaign show how it is; nothing where it shows that, or where there is no card yet.

        Raises `Throttled` while another process does so.
        """
        card = self._cards.card(campaign)
        if card is None or card.place is None or _mark(self._view(campaign)) == card.shown:
            return
        with self._holding(campaign) as hold:
            self._show(card, hold)

    def look(self) -> None:
        """Bring every card that may have changed up to date, whoever changed what it shows."""
        for card in self._cards.open():
            try:
                self.refresh(card.campaign)
            except Throttled as error:
                if str(error) != BUSY:
                    return  # all of them wait then
            except DeskError as error:
                log.warning("The card of %s follows later: %s", card.campaign, error)

    @contextmanager
    def _holding(self, campaign: str) -> Iterator[Hold]:
        holder = secrets.token_hex(8)

        def hold() -> None:
            now = self._now()
            if not self._cards.take(campaign, holder, now, now + self._held):
                raise Throttled(BUSY, 1.0)

        hold()
        try:
            yield hold
        finally:
            self._cards.release(holder)

    def _show(self, card: CampaignCard, hold: Hold) -> bool:
        """Let a card that stands show how its campaign is by now; False where somebody has deleted it."""
        assert card.place is not None  # noqa: S101 - the caller has looked
        known = self._cards.card(card.campaign)
        view = self._view(card.campaign)
        mark = _mark(view)
        if known is not None and known.shown == mark:
            return True
        hold()
        there = self._channel.update(card.place, card_key(card.campaign), view)
        if not there:
            log.info("The card of %s was deleted", card.campaign)
        self._cards.shown(card.campaign, mark, settled=view.settled or not there)
        return there

    def _view(self, campaign: str) -> ShownCampaign:
        counts = self._campaigns.counts(campaign)
        return ShownCampaign(self._campaigns.campaign(campaign), counts, self._where())

    def _where(self) -> str:
        try:
            return self._campaigns.where()
        except DeskError as error:
            return f"Nothing can be sent: {error}"

    def _preview(self, name: str, views: StandingViews[CampaignView], thread: str, hold: Hold) -> None:
        """What customers would read, a message of the thread an arm; a card without it is still one."""
        campaign = self._campaigns.campaign(name)
        missing = [
            arm.name
            for arm in campaign.draft.audience.arms
            if views.known(preview_key(campaign, arm.name), thread) is None
        ]
        if not missing:
            return
        for view in self._previews(campaign):
            if view.preview.message.arm in missing:
                hold()
                views.stand(preview_key(campaign, view.preview.message.arm), view, thread)

    def _previews(self, campaign: Campaign) -> list[ShownPreview]:
        arms = len(campaign.draft.audience.arms)
        try:
            return [
                ShownPreview(campaign, each) for each in self._campaigns.previews(campaign.id, count=arms)
            ]
        except (BadInput, Permanent) as error:
            log.warning("The previews of %s cannot be shown: %s", campaign.id, error)
            return []


def _mark(view: ShownCampaign) -> str:
    """Tells whether a card shows the same."""
    said = (view.campaign.model_dump_json(), view.counts.model_dump_json(), view.where)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:32]
