"""The bot's side of the session: a stored question in, what the desk says to it out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agents.asking import Asked, Audience
from agents.cases import Opening
from agents.domain import Message, Mode, Reply
from agents.errors import DeskError
from agents.hours import due, promise
from agents.knowledge import Draft, History, Knowledge
from agents.lazy import Lazy
from agents.ports import Services
from agents.prompting import find_prompt
from agents.rules import RuleBook
from agents.tracing import part

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.graphs.support import Outcome, SupportGraph

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
        self._graph = Lazy(lambda: self._build_graph(services.open_checkpoints(), "model"))
        self._forgetful_graphs: dict[Mode, Lazy[SupportGraph]] = {
            "offline": Lazy(lambda: self._build_graph(None, "offline")),
            "model": Lazy(lambda: self._build_graph(None, "model")),
        }

    def _build_graph(self, checkpoints: BaseCheckpointSaver[str] | None, mode: Mode) -> SupportGraph:
        """The graph; in mode `model` with the models where there are any."""
        from agents.graphs.support import SupportGraph  # noqa: PLC0415 - LangGraph costs a second to import

        room = self._services.open_models() if mode == "model" else None
        if room is None or not room.on:
            return SupportGraph(self._policy, self._rules, self._knowledge, checkpoints)
        room.warm("support")
        from agents.rewriting import QueryRewriter  # noqa: PLC0415 - paid for where there is a model
        from agents.trust import Trust  # noqa: PLC0415
        from agents.writing import SupportWriter  # noqa: PLC0415

        trust = Trust(self._services.open_model_calibration, self._policy.thresholds)
        prompt = find_prompt("support_answer")
        writer = SupportWriter(self._policy, room, prompt, self._mask, trust)
        rewriter = QueryRewriter(room, find_prompt("support_query"), self._mask)
        return SupportGraph(
            self._policy, self._rules, self._knowledge, checkpoints, writer=writer, rewriter=rewriter
        )

    def warm(self) -> None:
        """Build the graph."""
        self._graph()

    def answer(
        self,
        question: Message,
        audience: Audience | None = None,
        *,
        broken_is_an_error: bool = False,
        late: bool = False,
    ) -> Message | None:
        """Answer a stored question, or open the review in which a person does; gives what was said.

        None if a person has come into the conversation meanwhile, or if an answer that comes `late` is not
        needed any more. What stops the desk from looking it up is
        raised where the caller can mend it; else the question goes to a person.
        """
        with self._services.telemetry.trace("answer", question.conversation) as trace:
            try:
                reply, opening = self._decide(question, audience or Audience())
            except DeskError:
                if broken_is_an_error:
                    raise
                log.exception("A question goes to a person, because the desk could not look it up")
                reply, opening = self._hand_over(question)
            trace.note(
                decision=reply.decision,
                reason=reply.reason,
                mode=reply.mode,
                confidence=round(reply.confidence, 4),
            )
            reply = reply.model_copy(update={"trace": trace.trace_id})
            with part("log"):
                said = self._log.reply(question, reply, opening, late=late)
            trace.note(said=said is not None, **({"late": True} if late else {}))
            return said

    def _decide(self, question: Message, audience: Audience) -> tuple[Reply, Opening | None]:
        """What the graph makes of a question, and the review in which a person answers it."""
        started = time.perf_counter()
        with part("memory"):
            graph, history = self._graph(), self._history(question)
        outcome = graph.run(Asked(question.text, history, question.conversation, audience))
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
            options=ruling.options,
        )
        opening = self._opening(question.text, outcome, now) if ruling.decision == "escalate" else None
        return reply, opening

    def resume(self, conversation: str, interrupt: str, decision: dict[str, str]) -> None:
        """Let the graph go on where it waits for a person."""
        self._graph().resume(conversation, interrupt, decision)

    def rehearse(self, text: str, history: History, mode: Mode = "offline") -> Rehearsal:
        """Decide on a question without storing anything but, in mode `model`, what the calls cost."""
        started = time.perf_counter()
        outcome = self._forgetful_graphs[mode]().run(Asked(text, history))
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

    def _hand_over(self, question: Message) -> tuple[Reply, Opening]:
        """What is said where nothing could be looked up."""
        now = self._services.now()
        reply = Reply(
            decision="escalate",
            answer=self._with_promise(self._policy.texts.broken, now),
            confidence=0.0,
            conversation=question.conversation,
            reason=BROKEN,
            seconds=0.0,
        )
        return reply, Opening(question.text, "", 0.0, BROKEN, due(self._policy.people, now))

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
