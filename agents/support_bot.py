"""The bot's side of the session: a stored question in, what the desk says to it out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agents.cases import Opening
from agents.domain import Message, Reply
from agents.errors import DeskError
from agents.hours import due, promise
from agents.knowledge import Draft, History, Knowledge
from agents.lazy import Lazy
from agents.ports import Services
from agents.prompting import find_prompt
from agents.rules import RuleBook

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.graphs.support import Outcome, SupportGraph
    from agents.writing import SupportWriter

RETRIEVED = 10  # sources that a reply names
BROKEN = "the desk could not look it up"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A question that was decided but not recorded: what would be said, and the draft with its evidence."""

    outcome: Outcome
    draft: Draft
    seconds: float


class SupportBot:
    """Runs the support graph on what customers ask; its parts are loaded by the first question."""

    def __init__(self, services: Services, knowledge: Knowledge, mask: Callable[[str], str]) -> None:
        """Open nothing yet; `mask` takes out of a text what no model may see."""
        self._mask = mask
        self._policy = services.policy
        self._log = services.log
        self._services = services
        self._knowledge = knowledge
        self._rules = RuleBook(services.policy)
        self._graph = Lazy(lambda: self._build_graph(services.open_checkpoints(), self._writer()))
        self._forgetful_graph = Lazy(lambda: self._build_graph(None, None))

    def _build_graph(
        self, checkpoints: BaseCheckpointSaver[str] | None, writer: SupportWriter | None
    ) -> SupportGraph:
        from agents.graphs.support import SupportGraph  # noqa: PLC0415 - LangGraph costs a second to import

        return SupportGraph(self._policy, self._rules, self._knowledge, checkpoints, writer)

    def _writer(self) -> SupportWriter | None:
        room = self._services.open_models()
        if not room.on:
            return None
        from agents.writing import SupportWriter  # noqa: PLC0415 - paid for where there is a model

        return SupportWriter(self._policy, room, find_prompt("support_answer"), self._mask)

    def warm(self) -> None:
        """Build the graph."""
        self._graph()

    def answer(
        self, question: Message, *, broken_is_an_error: bool = False, late: bool = False
    ) -> Message | None:
        """Answer a stored question, or open the review in which a person does; gives what was said.

        None if a person has come into the conversation meanwhile, or if an answer that comes `late` is not
        needed any more. What stops the desk from looking it up is
        raised where the caller can mend it; else the question goes to a person.
        """
        started = time.perf_counter()
        try:
            outcome = self._graph().run(question.text, self._history(question), question.conversation)
        except DeskError:
            if broken_is_an_error:
                raise
            log.exception("A question goes to a person, because the desk could not look it up")
            return self._hand_over(question, late=late)
        ruling, now = outcome.ruling, self._services.now()
        reply = Reply(
            decision=ruling.decision,
            answer=self._with_promise(ruling.text, now),
            confidence=outcome.confidence,
            citations=outcome.citations,
            retrieved=outcome.sources[:RETRIEVED],
            conversation=question.conversation,
            reason=ruling.reason,
            seconds=round(time.perf_counter() - started, 4),
            mode="model" if outcome.written_by else "offline",
            written_by=outcome.written_by,
        )
        opening = self._opening(question.text, outcome, now) if ruling.decision == "escalate" else None
        return self._log.reply(question, reply, opening, late=late)

    def resume(self, conversation: str, interrupt: str, decision: dict[str, str]) -> None:
        """Let the graph go on where it waits for a person."""
        self._graph().resume(conversation, interrupt, decision)

    def rehearse(self, text: str, history: History) -> Rehearsal:
        """Decide on a question without storing anything."""
        started = time.perf_counter()
        outcome = self._forgetful_graph().run(text, history, "rehearsal")
        return Rehearsal(outcome, outcome.draft, time.perf_counter() - started)

    def _with_promise(self, text: str, now: datetime) -> str:
        return text.replace("{promise}", promise(self._policy, now))

    def _opening(self, question: str, outcome: Outcome, now: datetime) -> Opening:
        return Opening(
            question=question,
            draft=outcome.draft.text,
            confidence=outcome.confidence,
            reason=outcome.ruling.reason,
            due=due(self._policy.people, now),
            citations=outcome.draft.citations,
            sources=outcome.sources[:RETRIEVED],
            interrupt=outcome.interrupt,
        )

    def _hand_over(self, question: Message, *, late: bool) -> Message | None:
        now = self._services.now()
        reply = Reply(
            decision="escalate",
            answer=self._with_promise(self._policy.texts.broken, now),
            confidence=0.0,
            conversation=question.conversation,
            reason=BROKEN,
            seconds=0.0,
        )
        opening = Opening(question.text, "", 0.0, BROKEN, due(self._policy.people, now))
        return self._log.reply(question, reply, opening, late=late)

    def _history(self, question: Message) -> History:
        """What was said before, without what only kept the conversation going."""
        before = self._log.said_before(question, self._policy.limits.history_messages)
        return [
            (said.role, said.text)
            for said in before
            if (said.role == "customer" and self._rules.says_something(said.text))
            or said.role == "person"
            or said.sourced
        ]
