"""Campaigns as people see them in Slack, and what they do with them there."""

from __future__ import annotations

from typing import Any

from agents.campaigns.campaign import Campaign
from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, TEAM_CHANNEL, first_block, open_form


def cards(work: SlackAtWork, channel: str = TEAM_CHANNEL) -> list[dict[str, Any]]:
    """The cards of campaigns, whole ones alone."""
    return [
        each
        for each in work.slack.messages(channel)
        if first_block(each).startswith("campaign:c-") and each["blocks"][0]["type"] == "header"
    ]


def whispers(work: SlackAtWork, user: str, channel: str = TEAM_CHANNEL) -> list[str]:
    return [each["text"] for each in work.slack.messages(channel) if each.get("ephemeral_to") == user]


def told(work: SlackAtWork, text: str, user: str = LEAD, channel: str = TEAM_CHANNEL) -> dict[str, Any]:
    """What the one who writes `/gtm …` is told."""

    def said() -> list[dict[str, Any]]:
        return [each for each in work.slack.messages(channel) if each.get("ephemeral_to") == user]

    before = len(said())
    work.slack.command(text, user, channel)
    wait_until(lambda: len(said()) > before, 60)
    return said()[-1]


def drafted(work: SlackAtWork, asked: str = "winback offer=0") -> tuple[dict[str, Any], Campaign]:
    """A campaign that somebody has asked for, and its card."""
    before = len(cards(work))
    assert "will be here in a moment" in told(work, f"campaign {asked}")["text"]
    wait_until(lambda: len(cards(work)) > before, 60)
    card = cards(work)[-1]
    return card, work.desk.session.campaigns.campaign(first_block(card).removeprefix("campaign:"))


def now(work: SlackAtWork, card: dict[str, Any]) -> dict[str, Any]:
    """A card as it is by now."""
    return next(each for each in cards(work) if each["ts"] == card["ts"])


def thread(work: SlackAtWork, card: dict[str, Any]) -> list[dict[str, Any]]:
    """What is in the thread of a card."""
    return work.slack.thread(card["ts"], TEAM_CHANNEL)


def press(work: SlackAtWork, card: dict[str, Any], verb: str, user: str = LEAD) -> None:
    work.slack.press(card, f"campaign_{verb}", user, TEAM_CHANNEL)


def form(work: SlackAtWork, card: dict[str, Any], verb: str, user: str = LEAD) -> dict[str, Any]:
    """The form that a button opens."""
    press(work, card, verb, user)
    return opened(work, "campaign_form")


def opened(work: SlackAtWork, name: str) -> dict[str, Any]:
    """The form of a name, once it is open."""
    wait_until(lambda: (open_form(work.slack) or {}).get("callback_id") == name)
    view = open_form(work.slack)
    assert view is not None
    return view


def no_form(work: SlackAtWork) -> None:
    """The form has closed."""
    wait_until(lambda: open_form(work.slack) is None)


def status(work: SlackAtWork, campaign: Campaign) -> str:
    return work.desk.session.campaigns.campaign(campaign.id).status
