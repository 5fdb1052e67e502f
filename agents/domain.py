"""The values that cross a boundary: what is asked, what is replied, and what stands in the conversation log."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

ReplyDecision = Literal["answer", "clarify", "escalate"]
Mode = Literal["offline", "model"]
Role = Literal["customer", "bot", "person", "system"]
Vote = Literal["up", "down"]
State = Literal["bot", "waiting", "person", "resolved"]
ReviewStatus = Literal["pending", "taken", "decided"]
Verb = Literal["approve", "edit", "reply", "reject", "take-over", "hand-back", "pause", "resume", "stop"]
"""What one can decide: the last three of a campaign alone."""


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
    `review` is what a person has to decide, where one has; under `trace` one can look at how it came about.
    `options` are the sections between which the customer is asked to choose, by their headings.
    `answer` is empty where a person is in the conversation and the desk is silent.
    """

    decision: ReplyDecision
    answer: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Source, ...] = ()
    conversation: str
    mode: Mode = "offline"
    reason: str
    seconds: float
    review: str | None = None
    written_by: str | None = None
    trace: str | None = None
    options: tuple[str, ...] = ()


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


class Review(Value):
    """What a person must decide: a customer's question, and what the desk would have said to it.

    `due` is until when a person has promised to answer. `by`, `verb`, `text` and `decided` are those of the
    decision; while it is only taken, `by` has it. `seen` is the last message there was when this was read: sent
    back with the decision, it tells whether the customer has added something since.
    """

    id: str
    kind: Literal["escalation"]
    conversation: str
    episode: int
    question: str
    draft: str
    confidence: float
    reason: str
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] = ()
    opened: datetime
    due: datetime
    status: ReviewStatus
    by: str | None = None
    verb: Verb | None = None
    text: str | None = None
    decided: datetime | None = None
    contact: str | None = None
    seen: int = 0

    def waiting_seconds(self, now: datetime) -> float:
        """How long the customer has waited, or had waited when it was decided."""
        return max(0.0, ((self.decided or now) - self.opened).total_seconds())


class Place(Value):
    """A message in the team's channel, and the thread that it is in; a thread bears the id of its first message."""

    channel: str
    message: str
    thread: str | None = None


class Decision(Value):
    """What a person decides on a review. `by` is the name that stands under it; `origin` says from where.

    `place` is the message of the team's channel that holds these words: what is told of twice is done once.
    Of a campaign `seen` is the version that was looked at, and `text` the reason.
    """

    verb: Verb
    by: str
    text: str | None = None
    origin: str = "shell"
    seen: int | None = None
    place: Place | None = None


class Decided(Value):
    """What became of a decision: done, or somebody else (`by`) was first with `text`."""

    review: str
    status: Literal["done", "already_decided"]
    by: str
    text: str | None = None


class Standing(Value):
    """How a conversation stands, as its customer may know it; `due` where a person has yet to answer."""

    conversation: str
    state: State
    person: str | None = None
    typing: bool = False
    due: datetime | None = None
    promise: str = ""
    late: bool = False
    contact: str | None = None


class Changes(Value):
    """The conversations in which something changed since a cursor, and the cursor to ask with next."""

    cursor: int
    conversations: tuple[str, ...] = ()


class ConversationFilter(Value):
    """Which conversations to list; all that is given must hold. `text` is looked for in the messages."""

    text: str | None = None
    decision: ReplyDecision | None = None
    state: State | None = None
    vote: Vote | None = None
    confidence_below: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    offset: int = 0


class ConversationSummary(Value):
    """One line of the list of conversations; `decision` and `confidence` are the desk's last."""

    id: str
    state: State
    episode: int
    started: datetime
    last_at: datetime
    first_question: str
    messages: int
    decision: ReplyDecision | None = None
    confidence: float | None = None
    vote: Vote | None = None
    person: str | None = None


class DayFigures(Value):
    """Counts of one day in the team's time zone, written YYYY-MM-DD."""

    day: str
    asked: int
    answered: int
    escalated: int


class DeskFigures(Value):
    """The desk's numbers over a period. Seconds; a share or a median that cannot be known is None."""

    asked: int
    answered: int
    clarified: int
    escalated: int
    resolved: int
    reopened: int
    deflection: float | None
    bot_response_p50: float | None
    bot_response_p95: float | None
    person_response_p50: float | None
    person_response_p95: float | None
    helpful: int
    unhelpful: int
    days: tuple[DayFigures, ...] = ()


def first_name(name: str) -> str:
    """How a customer is told who wrote: the first word of a name."""
    words = name.split()
    return words[0] if words else name
