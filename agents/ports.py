"""What the agents need from outside, as protocols; `integrations` implements them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agents.domain import Message, Reply, Role, Vote
from agents.policy import SupportPolicy
from knowledge_base.passages import Embedder

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from knowledge_base.confidence import Calibration
    from knowledge_base.index import Index


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who owns a conversation; `visitor` is None where a trusted caller began it."""

    id: str
    visitor: str | None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A question that a person has to answer, with what the desk would have said."""

    message: int
    question: str
    draft: str
    confidence: float
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message, as far as it helps to understand the next; `sourced` if it quotes documents."""

    role: Role
    text: str
    sourced: bool


class ConversationLog(Protocol):
    """The append-only record of what customers see. Safe to share between threads and processes."""

    def begin(self, visitor: str | None) -> str:
        """Open a conversation and return its unguessable id."""

    def conversation(self, conversation: str) -> Conversation | None:
        """The conversation of this id, or None."""

    def latest(self, visitor: str) -> str | None:
        """The conversation in which this visitor was last active, or None."""

    def accept(
        self, text: str, conversation: str | None, visitor: str | None, at_most: int | None, since: datetime
    ) -> Message | None:
        """Store a customer's message, in a new conversation where none is given.

        None, and nothing stored, if the visitor has sent `at_most` messages or more since `since`.
        """

    def append(
        self, conversation: str, role: Role, text: str, by: str | None = None, reply: Reply | None = None
    ) -> Message:
        """Store a message of anybody else."""

    def reply(self, question: Message, reply: Reply, draft: str) -> Message:
        """Store the reply to a stored message; an escalation also records the `draft` for the person."""

    def escalations(self) -> list[Escalation]:
        """All that a person has to answer, oldest first."""

    def messages(self, conversation: str) -> list[Message]:
        """The messages of a conversation in order, each with its latest vote."""

    def said_before(self, message: Message, last: int) -> list[Said]:
        """The `last` messages before one, in order."""

    def message(self, message_id: int) -> Message | None:
        """One message, or None."""

    def vote(self, message_id: int, vote: Vote, reason: str | None) -> None:
        """Record a vote on a message; the last one counts."""

    def close(self) -> None:
        """Let go of every connection."""


@dataclass
class Services:
    """What a session works with; the heavy parts are built by their functions when first needed.

    `open_calibration` is called for every question and gives the one in force; the others are called once.
    """

    home: Path
    policy: SupportPolicy
    log: ConversationLog
    open_embedder: Callable[[], Embedder]
    open_index: Callable[[Embedder], Index]
    open_calibration: Callable[[], Calibration]
    open_checkpoints: Callable[[], BaseCheckpointSaver[str]]
    closers: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""
        while self.closers:
            self.closers.pop()()
