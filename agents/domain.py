"""The values that cross a boundary: what is asked, what is replied, and what stands in the conversation log."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Decision = Literal["answer", "clarify", "escalate"]
Mode = Literal["offline", "model"]
Role = Literal["customer", "bot", "person", "system"]
Vote = Literal["up", "down"]


class Value(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(Value):
    """Where a sentence of an answer stands: built from retrieved ids, never from generated text."""

    document: str
    section: str
    anchor: str
    quote: str


class Source(Value):
    """A retrieved place with its fused score in [0, 1]; larger is better."""

    document: str
    section: str
    score: float


class Reply(Value):
    """What the desk says to one question.

    `confidence` is the calibrated probability that the answer is right, also where a hard rule decided (it is
    then the draft's); a reply to small talk has 1. `reason` says in a few words why this decision was taken.
    """

    decision: Decision
    answer: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Source, ...] = ()
    conversation: str
    mode: Mode = "offline"
    reason: str
    seconds: float


class Message(Value):
    """One line of the conversation log: what the customer sees. `by` names a person, where one wrote it."""

    id: int
    conversation: str
    role: Role
    text: str
    at: datetime
    by: str | None = None
    reply: Reply | None = None
    vote: Vote | None = None
