"""What waits for a person, one case whole, and what a person does with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request

from agents.domain import ConversationFilter, Decided, Decision, Review, Value, Verb
from agents.team_channel import ChannelStanding
from apps.room.access import Agent, Desk, Viewer
from apps.room.presenting import RoomPresenter

router = APIRouter()

JOINED_SHOWN = 50
"""Conversations with a person in them that the inbox lists; no team talks to more at once."""


class Wish(Value):
    """What somebody wants to do with a review; `seen` is the last message on their screen."""

    verb: Verb
    text: str | None = None
    seen: int | None = None


class Words(Value):
    """What somebody writes in a conversation."""

    text: str


@router.get("/inbox")
def inbox(request: Request, desk: Desk, _: Viewer) -> dict[str, Any]:
    """Open reviews, oldest first, and the conversations that people are in."""
    presenter, now = _presenter(request), datetime.now(UTC)
    open_reviews = desk.reviews("open")
    in_review = {review.conversation for review in open_reviews}
    talking = desk.conversations(ConversationFilter(state="person", limit=JOINED_SHOWN))
    return {
        "now": now.isoformat(),
        "waiting": [presenter.waiting(review, now) for review in open_reviews],
        "talking": [presenter.summary(each) for each in talking if each.id not in in_review],
        "trouble": _trouble(desk.team_channel()),
    }


@router.get("/reviews/{review}")
def where(desk: Desk, _: Viewer, review: str) -> dict[str, str]:
    """The conversation that a review belongs to."""
    return {"conversation": desk.review(review).conversation}


@router.get("/cases/{conversation}")
def case(request: Request, desk: Desk, _: Viewer, conversation: str) -> dict[str, Any]:
    """One conversation whole, with its newest review where it ever had one."""
    presenter, now = _presenter(request), datetime.now(UTC)
    standing = desk.standing(conversation)
    messages = desk.messages(conversation)
    review = desk.review_of(conversation)
    return {
        "now": now.isoformat(),
        "conversation": conversation,
        "state": standing.state,
        "contact": standing.contact,
        "late": standing.late,
        "seen": messages[-1].id if messages else 0,
        "messages": [presenter.message(message) for message in messages],
        "review": presenter.review(review, now) if review else None,
    }


@router.post("/reviews/{review}/decision")
def decide(desk: Desk, caller: Agent, review: str, wish: Wish) -> dict[str, Any]:
    """Carry out a decision; where somebody was first, the answer says who, and what they said."""
    decided = desk.decide(
        review,
        Decision(
            verb=wish.verb,
            text=wish.text,
            seen=wish.seen,
            by=caller.user.full_name,
            origin=caller.origin,
        ),
    )
    return _present(decided, desk.review(review))


@router.post("/cases/{conversation}/say")
def say(desk: Desk, caller: Agent, conversation: str, words: Words) -> dict[str, Any]:
    """Write further in a conversation that a person is in."""
    said = desk.say(conversation, words.text, caller.user.full_name, caller.origin)
    if isinstance(said, Decided):
        return _present(said, desk.review(said.review))
    return {"status": "done", "by": caller.user.full_name}


@router.post("/cases/{conversation}/typing")
def typing(desk: Desk, _: Agent, conversation: str) -> dict[str, str]:
    """Somebody of the team is typing there; the page calls it every few seconds at most."""
    desk.typing(conversation)
    return {"status": "done"}


def _trouble(channel: ChannelStanding | None) -> str | None:
    """What keeps cases from the team's channel, for those who work here meanwhile."""
    if channel is None or channel.trouble is None:
        return None
    return f"Cases do not reach the team's channel ({channel.waiting} waiting). {channel.trouble}"


def _present(decided: Decided, review: Review) -> dict[str, Any]:
    return {"status": decided.status, "by": decided.by, "verb": review.verb, "text": decided.text}


def _presenter(request: Request) -> RoomPresenter:
    presenter: RoomPresenter = request.app.state.presenter
    return presenter
