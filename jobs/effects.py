"""The kinds of effects, and what delivers each: a further kind is one line here."""

from __future__ import annotations

from agents.effects import Effect
from agents.errors import Permanent
from agents.mail import answer_email
from agents.ports import Services
from agents.session import Session
from jobs.delivery import Handler


def effect_handlers(session: Session, services: Services) -> dict[str, Handler]:
    """What delivers each kind of effect."""
    return {
        "email": lambda effect: services.open_mailer().send(
            answer_email(effect, session.policy, services.public_url)
        ),
        "ticket": lambda effect: _move_ticket(effect, services),
        "resume": lambda effect: session.settle(_review(effect)),
        "propose": lambda effect: session.learning.propose(_review(effect)),
    }


def _move_ticket(effect: Effect, services: Services) -> None:
    if effect.payload["action"] == "open":
        services.tickets.open(_review(effect), effect.payload["subject"], effect.created)
    else:
        services.tickets.close(_review(effect), effect.created)


def _review(effect: Effect) -> str:
    if effect.review is None:
        raise Permanent(f"The effect {effect.key} names no review.")
    return effect.review
