"""The state machine of a conversation and its review, as one pure function.

    bot ──escalate──> waiting ──approve, edit──────────────> resolved
     ^                  │ └──────reject────────────> bot
     │                  └──reply, take-over──> person ──approve, edit, reply (stays)
     ├────hand-back────────────────────────────┘ └──quiet──> resolved
     └────the customer writes again (a new episode)─────────────┘

A review is decided once. Until then one person may take it; the same person, or nobody else, decides it then.
"""

from __future__ import annotations

from dataclasses import dataclass

from agents.domain import ReviewStatus, State, Verb
from agents.errors import AlreadyDecided, BadInput


@dataclass(frozen=True, slots=True)
class Step:
    """Where a decision leads: the review's and the conversation's next state, and what it brings about."""

    status: ReviewStatus
    state: State
    answers: bool = False
    """A person's words go to the customer."""
    joins: bool = False
    """A person comes into the conversation."""
    leaves: bool = False
    """The person leaves it to the bot."""


def step(verb: Verb, status: ReviewStatus, state: State, *, holder: str | None, by: str) -> Step:
    """What `verb` by `by` does to a review held by `holder`.

    Raises `AlreadyDecided` where somebody was first, and `BadInput` where the verb makes no sense there.
    """
    if verb == "hand-back":
        return _hand_back(status, state)
    if status == "decided":
        raise AlreadyDecided(f"This was already decided by {holder}.")
    if status == "taken" and (holder != by or verb == "take-over"):
        raise AlreadyDecided(f"{holder} has already taken this over.")
    inside = status == "taken"
    match verb:
        case "take-over":
            return Step("taken", "person", joins=True)
        case "reject":
            return Step("decided", "bot", leaves=inside)
        case "reply":
            return Step("decided", "person", answers=True, joins=not inside)
        case "approve" | "edit":
            return Step("decided", "person" if inside else "resolved", answers=True)
    raise BadInput(f"One can {verb} a campaign, not a customer's question.")


def _hand_back(status: ReviewStatus, state: State) -> Step:
    if state != "person" and status == "decided":
        raise AlreadyDecided("This was already decided, and nobody is in the conversation any more.")
    if state != "person":
        raise BadInput("Nobody is in this conversation, so there is nothing to hand back.")
    return Step("decided", "bot", leaves=True)
