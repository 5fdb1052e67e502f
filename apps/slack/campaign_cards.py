"""The cards of campaigns: posted while they are drafted, kept up to date afterwards."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from agents.campaigns.campaign import Campaign, Origin
from agents.campaigns.cards import CampaignCard
from agents.domain import Place
from agents.errors import DeskError, Throttled
from apps.slack.desk import SlackDesk
from integrations.slack.campaign_blocks import CampaignView, card, drafting, preview
from integrations.slack.cards import Shown
from integrations.slack.client import MessageGone

if TYPE_CHECKING:
    from agents.graphs.campaign import DraftProgress, DraftStep

PACE: Final = 3.0
"""Seconds between two looks at the campaigns that are under way; Slack takes fifty changes a minute."""

log = logging.getLogger(__name__)


class CampaignCards:
    """Shows campaigns in the team's channel. Safe to share between threads."""

    def __init__(self, desk: SlackDesk) -> None:
        """Call nothing yet."""
        self._desk, self._kept = desk, desk.services.campaign_cards
        self._changing = threading.Lock()

    def draft(
        self, asked: str, member: str, channel: str, origin: Origin = "slack"
    ) -> tuple[Campaign, Place]:
        """Draft a campaign in sight of everybody; gives it and where its card stands.

        Raises what drafting raises; the message is taken back then.
        """
        by = self._desk.channel.name_of(member)
        showing = _Drafting(self._desk, asked, by, self._desk.gtm_channel or channel)
        try:
            made = self._desk.session.campaigns.draft(asked, by, origin, showing.tell)
        except Exception:
            showing.take_back()
            raise
        place = showing.place
        self._kept.put(made.id, place)
        self.refresh(made.id)
        self._preview(made, place)
        return made, place

    def refresh(self, campaign: str) -> None:
        """Let the card of a campaign show how it is; nothing where it shows that, or where there is no card."""
        with self._changing:  # what was read first must not be shown last
            kept = self._kept.card(campaign)
            if kept is not None:
                self._bring_up_to_date(kept)

    def renew(self, campaign: str) -> None:
        """As `refresh`, for a new version, whose words go into the thread."""
        self.refresh(campaign)
        kept = self._kept.card(campaign)
        if kept is not None:
            self._preview(self._desk.session.campaigns.campaign(campaign), kept.place)

    def look(self) -> None:
        """Bring every card that may have changed up to date, whoever changed what it shows."""
        for kept in self._kept.open():
            try:
                self.refresh(kept.campaign)
            except Throttled:
                return  # all of them wait then
            except DeskError as error:
                log.warning("The card of %s follows later: %s", kept.campaign, error)

    def _bring_up_to_date(self, kept: CampaignCard) -> None:
        campaigns = self._desk.session.campaigns
        view = CampaignView(campaigns.campaign(kept.campaign), campaigns.counts(kept.campaign), self._where())
        shown = card(view)
        mark = hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]
        if mark == kept.shown:
            return
        try:
            _update(self._desk, kept.place, shown)
        except MessageGone:
            log.info("The card of %s was deleted", kept.campaign)
            self._kept.shown(kept.campaign, mark, settled=True)
            return
        self._kept.shown(kept.campaign, mark, settled=view.settled)

    def _where(self) -> str:
        try:
            return self._desk.session.campaigns.where()
        except DeskError as error:
            return f"Nothing can be sent: {error}"

    def _preview(self, campaign: Campaign, place: Place) -> None:
        """What customers would read, a message of the thread an arm; a card without it is still one."""
        arms = len(campaign.draft.audience.arms)
        try:
            for each in self._desk.session.campaigns.previews(campaign.id, count=arms):
                _post(self._desk, place.channel, preview(campaign, each), place.message)
        except DeskError as error:
            log.warning("The previews of %s cannot be shown: %s", campaign.id, error)


class _Drafting:
    """The message of a draft under way. It appears once the first step has begun: what cannot be read never does."""

    def __init__(self, desk: SlackDesk, asked: str, by: str, channel: str) -> None:
        self._desk, self._asked, self._by, self._channel = desk, asked, by, channel
        self._steps: dict[DraftStep, DraftProgress] = {}
        self._place: Place | None = None

    @property
    def place(self) -> Place:
        """Where it stands."""
        if self._place is None:
            raise RuntimeError("no step was told")
        return self._place

    def tell(self, progress: DraftProgress) -> None:
        """Show how far it is, a message a specialist."""
        self._steps[progress.specialist] = progress
        if progress.state != "working":
            return
        shown = drafting("campaign:draft", self._asked, self._by, tuple(self._steps.values()))
        if self._place is None:
            self._place = _post(self._desk, self._channel, shown)
            return
        try:
            _update(self._desk, self._place, shown)
        except DeskError as error:
            log.info("How far a draft is cannot be shown: %s", error)

    def take_back(self) -> None:
        """There will be no campaign."""
        if self._place is None:
            return
        try:
            self._desk.client.call("chat.delete", channel=self._place.channel, ts=self._place.message)
        except DeskError as error:
            log.warning("The message of a draft that failed stays: %s", error)


def _post(desk: SlackDesk, channel: str, shown: Shown, thread: str | None = None) -> Place:
    answer = desk.client.call(
        "chat.postMessage", channel=channel, thread_ts=thread, **_content(shown), unfurl_links=False
    )
    return Place(
        channel=str(answer["channel"]), message=str(answer["ts"]), thread=thread or str(answer["ts"])
    )


def _update(desk: SlackDesk, place: Place, shown: Shown) -> None:
    desk.client.call("chat.update", channel=place.channel, ts=place.message, **_content(shown))


def _content(shown: Shown) -> dict[str, Any]:
    text, blocks = shown
    return {"text": text, "blocks": blocks, "parse": "none", "link_names": False}
