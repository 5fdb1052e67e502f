"""A campaign asked for in Slack: by a command, a form, or the button of a weekly report; the jobs draft it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from agents.campaigns.campaign import CAMPAIGN, Brief, Origin
from agents.campaigns.ordering import CampaignOrder
from apps.slack.desk import SlackDesk
from apps.slack.orders import check_channel, on_it


@dataclass(frozen=True, slots=True)
class Wish:
    """A campaign that somebody wants, in their words; `key` is the same when Slack tells of it twice."""

    channel: str
    member: str
    key: str
    asked: str
    brief: Brief
    origin: Origin = "slack"


def order(desk: SlackDesk, wish: Wish) -> str:
    """Have a campaign drafted and shown; gives what the one who asked is told.

    An audience of nobody, a store without data, and a channel that the bot is not in raise `BadInput`.
    """
    channel = desk.gtm_channel or wish.channel
    check_channel(desk, channel)
    ordered = CampaignOrder(
        id=f"{CAMPAIGN}{hashlib.sha256(wish.key.encode()).hexdigest()[:10]}",
        asked=wish.asked,
        brief=wish.brief,
        by=desk.channel.name_of(wish.member),
        origin=wish.origin,
        channel=channel,
        created=desk.services.now(),
    )
    desk.session.campaigns.order(ordered)
    where = "here" if channel == wish.channel else "in the team's channel"
    return on_it(desk, f"the draft {ordered.id} will be {where}")
