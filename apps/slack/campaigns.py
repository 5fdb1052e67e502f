"""`/gtm campaign`: a campaign that the jobs draft in the team's channel, and how campaigns are."""

from __future__ import annotations

from typing import Final

from apps.slack.campaign_form import open_new
from apps.slack.campaign_orders import Wish, order
from apps.slack.desk import SlackDesk
from apps.slack.request import Request
from integrations.slack.campaign_standing import list_blocks, standing_blocks
from integrations.slack.cards import Shown
from integrations.slack.mrkdwn import escape, plain

USAGE: Final = (
    "Say what the campaign is for: `/gtm campaign winback`, `/gtm campaign winback days=90 budget=500`, or a brief in "
    "your own words. `/gtm campaign list` shows those there are, `/gtm campaign status ID` how one is."
)
LISTED: Final = 10
"""Campaigns that one list shows."""

_QUOTES: Final = str.maketrans("“”„«»", '"""""')
"""Slack makes quotation marks round, and options are read with straight ones."""


def campaign(request: Request) -> Shown:
    """What the one who has written `/gtm campaign …` is told; nothing where a form was opened instead.

    A brief that cannot be read, an audience of nobody, and a campaign that there is not raise `BadInput`.
    """
    desk, wanted = request.desk, plain(request.text).translate(_QUOTES)
    words = wanted.split()
    match [each.lower() for each in words]:
        case []:
            return ("" if open_new(desk, request.trigger, request.channel) else USAGE), []
        case ["list"]:
            return list_blocks(desk.session.campaigns.campaigns(LISTED))
        case ["status", _]:
            return standing(desk, words[1].strip("`'\""))
        case ["status"]:
            return "Say of which campaign: `/gtm campaign status ID`. `/gtm campaign list` has the ids.", []
    brief = desk.session.campaigns.read(wanted)
    wish = Wish(request.channel, request.member, request.key, wanted, brief)
    return escape(order(desk, wish)), []


def standing(desk: SlackDesk, campaign: str) -> Shown:
    """How far a campaign is, and what can be concluded."""
    campaigns = desk.session.campaigns
    return standing_blocks(campaigns.standing(campaign), campaigns.recipients(campaign), campaigns.where())
