"""What is written about a conversation in one transaction: the case as it stands, and the plan for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agents.domain import Citation, Message, Place, Review, Role, Source, State, Verb
from agents.episodes import Step


@dataclass(frozen=True, slots=True)
class Conversation:
    """How a conversation stands; `visitor` is None where a trusted caller began it."""

    id: str
    visitor: str | None
    state: State = "bot"
    episode: int = 1
    person: str | None = None
    contact: str | None = None
    seen: datetime | None = None
    typing_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A stored message of a customer, and how its conversation stood then.

    `review` is what waits for a person there; `unsettled` is a decided one whose graph has yet to go on.
    """

    message: Message
    state: State
    review: str | None = None
    unsettled: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a review is opened with; `interrupt` is where the graph waits for it."""

    question: str
    draft: str
    confidence: float
    reason: str
    due: datetime
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] = ()
    interrupt: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision depends on, read in the transaction that decides.

    `added` is what the customer wrote after the last message that the person had seen; `followed` is whether another
    review has been opened in the conversation since.
    """

    review: Review
    conversation: Conversation
    added: str
    followed: bool


@dataclass(frozen=True, slots=True)
class NewEffect:
    """Something to be done outside, once for its key; "{message}" in the key is the id of the answer."""

    kind: str
    key: str
    payload: dict[str, str]
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Something that a decision says in the conversation; `answers` where it is what the customer waits for."""

    role: Role
    text: str
    by: str | None = None
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision does, all of it or nothing."""

    step: Step
    verb: Verb
    by: str
    text: str | None
    lines: tuple[Line, ...]
    effects: tuple[NewEffect, ...]
    origin: str
    follow_up: Opening | None = None
    """Opened at once, for what the customer has added meanwhile."""
    place: Place | None = None
    """The message of the team's channel that says it, where one does."""
