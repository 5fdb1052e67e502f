"""The kinds of effects, and what delivers each: a further kind is one line here."""

from __future__ import annotations

from typing import Final

from agents.domain import Place
from agents.effects import Effect
from agents.errors import Permanent
from agents.mail import answer_email
from agents.ports import Services
from agents.session import Session
from jobs.campaign_sending import CampaignSending
from jobs.channel_campaigns import ChannelCampaigns
from jobs.channel_cases import ChannelCases
from jobs.channel_replies import Relay
from jobs.delivery import Handler
from jobs.ordered_campaigns import OrderedCampaigns
from jobs.weekly_posts import WeeklyPosts

AT_HOME: Final = frozenset(("ticket", "resume", "propose"))
"""Kinds that change our own database alone and may be done twice: those that are due together make one job.

A ticket desk elsewhere takes its kind out of here.
"""


def effect_handlers(session: Session, services: Services) -> dict[str, Handler]:
    """What delivers each kind of effect."""
    handlers: dict[str, Handler] = {
        "email": lambda effect: services.open_mailer().send(
            answer_email(effect, session.policy, services.public_url)
        ),
        "ticket": lambda effect: _move_ticket(effect, services),
        "resume": lambda effect: session.settle(_review(effect)),
        "campaign": CampaignSending(services, session.policy.delivery).deliver,
        "propose": lambda effect: session.learning.propose(_review(effect)),
    }
    reports = services.open_report_channel()
    weekly = WeeklyPosts(session, services, reports)
    handlers["weekly"] = weekly.deliver
    if reports is not None:
        handlers["weekly-slack"] = weekly.deliver
    campaigns = services.open_campaign_channel()
    if campaigns is not None:
        handlers["campaign-draft"] = OrderedCampaigns(session, services, campaigns).deliver
        handlers["campaign-card"] = ChannelCampaigns(session, services, campaigns).deliver
    channel = services.open_channel()
    if channel is not None:
        cases = ChannelCases(session, services, channel)
        handlers["slack"] = lambda effect: cases.bring_up_to_date(_review(effect))
        handlers["slack-erase"] = lambda effect: channel.erase(Place.model_validate(effect.payload))
        handlers["slack-said"] = Relay(session, services, channel).deliver
    return handlers


def _move_ticket(effect: Effect, services: Services) -> None:
    if effect.payload["action"] == "open":
        services.tickets.open(_review(effect), effect.payload["subject"], effect.created)
    else:
        services.tickets.close(_review(effect), effect.created)


def _review(effect: Effect) -> str:
    if effect.review is None:
        raise Permanent(f"The effect {effect.key} names no review.")
    return effect.review
