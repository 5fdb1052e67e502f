"""The apps' only door to the desk."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agents.domain import Message, Reply, Vote
from agents.errors import BadInput, Forbidden, TooLong, TooMany
from agents.knowledge import Draft, History, Knowledge
from agents.lazy import Lazy
from agents.policy import SupportPolicy
from agents.ports import Services
from agents.rules import RuleBook

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.graphs.support import Outcome, SupportGraph
    from knowledge_base.index import DocumentText, IndexStatus

RETRIEVED = 10  # sources that a reply names
VOTE_REASON_LENGTH = 2000

# C0 and C1 controls but tab and newline: no database or page wants them, PostgreSQL refuses NUL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PIECES = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A question that was decided but not recorded: what would be said, and the draft with its evidence."""

    outcome: Outcome
    draft: Draft
    seconds: float


class Session:
    """Questions in, replies out. One instance serves all threads of a process.

    `visitor=None` is a trusted caller (the command line, an evaluation). With a visitor, every read and write
    checks that the conversation is that visitor's and raises `Forbidden` otherwise.
    """

    def __init__(self, services: Services) -> None:
        """Open nothing heavy: model, index and graph are loaded by the first question, or by `warm`."""
        self._services = services
        self._log = services.log
        self._rules = RuleBook(services.policy)
        self._knowledge = Knowledge(services)
        self._graph = Lazy(lambda: self._build_graph(services.open_checkpoints()))
        self._forgetful_graph = Lazy(lambda: self._build_graph(None))

    @property
    def policy(self) -> SupportPolicy:
        """The rules and words in force."""
        return self._services.policy

    def _build_graph(self, checkpoints: BaseCheckpointSaver[str] | None) -> SupportGraph:
        from agents.graphs.support import SupportGraph  # noqa: PLC0415 - LangGraph costs a second to import

        return SupportGraph(self.policy, self._rules, self._knowledge, checkpoints)

    def ask(self, text: str, conversation: str | None = None, visitor: str | None = None) -> Reply:
        """Answer a message, in a new conversation where none is given.

        Raises `TooLong`, `TooMany`, `BadInput`, and `Forbidden` for another visitor's conversation, before
        anything is stored. Raises `NeedsIngest` where there is no usable index; the question is stored then.
        """
        message = self.respond(text, conversation, visitor)
        assert message.reply is not None  # noqa: S101 - `respond` stores what it says with its reply
        return message.reply

    def respond(self, text: str, conversation: str | None = None, visitor: str | None = None) -> Message:
        """As `ask`, but gives the message that the desk has put into the log."""
        started = time.perf_counter()
        question = self._accept(text, conversation, visitor)
        history = self._history(question) if conversation else []
        outcome = self._graph().run(question.text, history, question.conversation)
        reply = Reply(
            decision=outcome.ruling.decision,
            answer=outcome.ruling.text,
            confidence=outcome.confidence,
            citations=outcome.citations,
            retrieved=outcome.sources[:RETRIEVED],
            conversation=question.conversation,
            reason=outcome.ruling.reason,
            seconds=round(time.perf_counter() - started, 4),
        )
        return self._log.reply(question, reply, outcome.draft.text)

    def stream(
        self, text: str, conversation: str | None = None, visitor: str | None = None
    ) -> Iterator[str | Reply]:
        """The answer word by word, then the whole reply; all is in the log before the first word comes."""
        reply = self.ask(text, conversation, visitor)
        yield from _PIECES.findall(reply.answer)
        yield reply

    def rehearse(self, text: str, history: History = ()) -> Rehearsal:
        """Decide on a question asked after `history` without storing anything; no limit applies."""
        started = time.perf_counter()
        outcome = self._forgetful_graph().run(clean(text), history, "rehearsal")
        return Rehearsal(outcome, outcome.draft, time.perf_counter() - started)

    def begin(self, visitor: str | None = None) -> str:
        """Open a conversation and return its id."""
        return self._log.begin(visitor)

    def latest(self, visitor: str) -> str | None:
        """The conversation in which the visitor was last active, or None."""
        return self._log.latest(visitor)

    def messages(self, conversation: str, visitor: str | None = None) -> list[Message]:
        """What was said in a conversation, in order."""
        self._check(conversation, visitor)
        return self._log.messages(conversation)

    def rate(
        self, message_id: int, vote: Vote, reason: str | None = None, visitor: str | None = None
    ) -> None:
        """Record a vote on something the desk or a person has said; the last vote counts."""
        message = self._log.message(message_id) if 0 < message_id < 2**63 else None
        if message is None:
            raise Forbidden(self.policy.texts.forbidden)
        self._check(message.conversation, visitor)
        if message.role not in ("bot", "person"):
            raise BadInput("Only a reply can be rated.")
        if vote not in ("up", "down"):
            raise BadInput(f"A vote is up or down, not {vote!r}.")
        reason = clean(reason or "")[:VOTE_REASON_LENGTH] or None
        self._log.vote(message_id, vote, reason)

    def document(self, name: str) -> DocumentText | None:
        """A whole document of the knowledge base, or None where there is none of that name."""
        return self._knowledge.document(name)

    def status(self) -> IndexStatus:
        """How the index is."""
        return self._knowledge.status()

    def examples(self) -> list[str]:
        """Questions to begin with."""
        return list(self.policy.brand.examples)

    def warm(self) -> None:
        """Load everything that the first question needs; raises what that question would raise."""
        self._graph()
        self._knowledge.warm()

    def close(self) -> None:
        """Let go of files and connections."""
        self._services.close()

    def _accept(self, text: str, conversation: str | None, visitor: str | None) -> Message:
        """Store a message that the policy admits, before anything else can fail."""
        limits, texts = self.policy.limits, self.policy.texts
        text = clean(text)
        if not text:
            raise BadInput(texts.empty)
        if len(text) > limits.message_length:
            raise TooLong(texts.too_long.format(length=len(text), limit=limits.message_length))
        if conversation is not None:
            self._check(conversation, visitor)
        since = datetime.now(UTC) - timedelta(minutes=1)
        question = self._log.accept(text, conversation, visitor, limits.messages_a_minute, since)
        if question is None:
            raise TooMany(texts.too_many)
        return question

    def _history(self, question: Message) -> History:
        """What was said before, without what only kept the conversation going."""
        before = self._log.said_before(question, self.policy.limits.history_messages)
        return [
            (said.role, said.text)
            for said in before
            if (said.role == "customer" and self._rules.says_something(said.text))
            or said.role == "person"
            or said.sourced
        ]

    def _check(self, conversation: str, visitor: str | None) -> None:
        known = self._log.conversation(conversation)
        if visitor is not None and (known is None or known.visitor != visitor):
            raise Forbidden(self.policy.texts.forbidden)
        if known is None:
            raise BadInput(
                f"There is no conversation {conversation!r} here. Leave it out to begin a new one, "
                "or take the id that an earlier reply gave."
            )


def clean(text: str) -> str:
    """A message as it is stored: no control characters, no broken surrogates, no white space around it."""
    readable = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROLS.sub("", readable.replace("\r\n", "\n").replace("\r", "\n")).strip()
