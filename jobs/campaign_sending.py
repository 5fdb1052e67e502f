"""Delivers a part of a campaign: sends for a while, and comes back until every message of it is settled."""

from __future__ import annotations

import secrets
from functools import partial

from agents.campaigns.campaign import Campaign
from agents.campaigns.contact_desk import ContactDesk
from agents.campaigns.measuring import shares_now
from agents.campaigns.sending import Means, Sender
from agents.effects import Effect
from agents.errors import Permanent, Throttled
from agents.policy import Delivery
from agents.ports import Services
from agents.team import AuditLine


class CampaignSending:
    """The handler of the effects of an approved campaign, one a shard."""

    def __init__(self, services: Services, patience: Delivery) -> None:
        """Open nothing yet."""
        self._services, self._patience = services, patience

    def deliver(self, effect: Effect) -> None:
        """Send what may go now. Raises `Throttled` while messages of the shard are left, to come back for them.

        What another attempt has left is settled first, so that it may be called again at any point.
        """
        name, shard = effect.payload["campaign"], int(effect.payload["shard"])
        campaign = self._services.campaigns.campaign(name)
        if campaign is None:
            raise Permanent(f"There is no campaign {name!r}; it was deleted.")
        if campaign.status != "approved":
            return  # paused, stopped or sent: whoever resumes it begins anew
        due = Sender(self._means(), campaign, shard, secrets.token_hex(8)).work()
        if due is not None:
            wait = (due - self._services.now()).total_seconds()
            raise Throttled("Messages of this campaign wait for their turn.", max(wait, 0.0))
        self._end(name)

    def _end(self, name: str) -> None:
        """The campaign is sent once nothing of it is left in any shard."""
        if self._services.send_list.counts(name).open:
            return
        now = self._services.now()

        def ended(campaign: Campaign) -> Campaign:
            if campaign.status != "approved":
                return campaign
            return campaign.model_copy(update={"status": "sent", "ended": now})

        line = AuditLine(at=now, who="the desk", origin="jobs", what="campaign sent", subject=name)
        self._services.campaigns.change(name, ended, line)

    def _means(self) -> Means:
        services = self._services
        return Means(
            book=services.campaigns,
            list=services.send_list,
            suppressions=services.suppressions,
            mailer=services.open_campaign_mailer(),
            links=services.open_links(),
            policy=services.open_campaign_policy(),
            patience=self._patience,
            shares=partial(shares_now, services),
            bounced=ContactDesk(services).bounced,
            now=services.now,
        )
