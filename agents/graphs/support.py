"""The support graph: rules, sources, a draft, a decision, and what is said.

    apply_rules ──(small talk)────────────────────────────────────────────────┐
        └──> find_sources ──> draft_answer ──> rewrite_query ──> write_words ──> decide ──> reply
                                                                       (escalate) await_person <──┘──> forget_turn

`rewrite_query` lets a model say whole what a question leaves to the conversation, and searches again; `write_words`
lets it put into words what would be answered. Without a model, both leave everything as it is.

`await_person` interrupts: what stands in the review is decided by a person, and `resume` goes on from there.
Even where a rule has decided, the draft and its confidence are made: the person who answers wants them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Protocol, TypedDict

from langgraph.channels import UntrackedValue
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from agents.asking import Asked
from agents.domain import Citation, ReplyDecision, Source
from agents.errors import DeskError
from agents.knowledge import NOTHING, Draft, Found, History
from agents.policy import SupportPolicy
from agents.rules import RuleBook, Verdict
from agents.turn_tracing import traced

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.types import Durability


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided, why, and in which words."""

    decision: ReplyDecision
    reason: str
    text: str
    by_rule: bool = False
    """Whether a rule decided, not the confidence."""
    options: tuple[str, ...] = ()
    """The sections between which the customer is asked to choose."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one turn: what is said, and the draft behind it."""

    ruling: Ruling
    confidence: float
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]
    draft: Draft
    written_by: str | None = None
    """The model and prompt whose words are said; None where they are the documents' own."""
    interrupt: str | None = None
    """Where the graph waits for a person."""


class SupportState(TypedDict, total=False):
    """One turn, and the working memory between turns: only the latter is checkpointed."""

    turn: Annotated[Asked, UntrackedValue]
    question: Annotated[str, UntrackedValue]
    chosen: Annotated[str | None, UntrackedValue]
    """The heading of the section that the customer has just chosen for the question."""
    verdict: Annotated[Verdict | None, UntrackedValue]
    small_talk: Annotated[str | None, UntrackedValue]
    found: Annotated[Found | None, UntrackedValue]
    draft: Annotated[Draft, UntrackedValue]
    ruling: Annotated[Ruling, UntrackedValue]
    outcome: Annotated[Outcome, UntrackedValue]

    unanswered: int
    """Customer's messages since the last answer."""
    clarified: bool
    """Whether the desk has asked back since the last answer."""
    asked: str
    """The question to which the desk asked back."""
    options: list[str]
    """What it offered then."""


class Finder(Protocol):
    """The part of the knowledge base that the graph needs."""

    def find(self, question: str, history: History, chosen: str | None = None) -> Found:
        """The passages for a question, the section first that the customer has chosen by its heading."""

    def draft(self, found: Found) -> Draft:
        """The answer that they give."""


class Writer(Protocol):
    """Who puts a draft into better words."""

    def write(self, asked: Asked, found: Found, draft: Draft) -> Draft:
        """The draft in better words, or as it was."""


class Rewriter(Protocol):
    """Who puts a question into words that can be searched for."""

    def rewrite(self, asked: Asked, found: Found) -> str | None:
        """What to search for instead; None where the question will do."""


class SupportGraph:
    """The compiled graph behind one call; safe to share between threads."""

    def __init__(
        self,
        policy: SupportPolicy,
        rules: RuleBook,
        knowledge: Finder,
        checkpointer: BaseCheckpointSaver[str] | None,
        *,
        writer: Writer | None = None,
        rewriter: Rewriter | None = None,
    ) -> None:
        """Without a checkpointer, every turn starts with an empty memory and leaves nothing behind."""
        nodes = _Nodes(policy, rules, knowledge, writer, rewriter)
        graph = StateGraph(SupportState)
        graph.add_node("apply_rules", traced(nodes.apply_rules))
        graph.add_node("find_sources", traced(nodes.find_sources))
        graph.add_node("draft_answer", traced(nodes.draft_answer))
        graph.add_node("write_words", traced(nodes.write_words))
        graph.add_node("decide", traced(nodes.decide))
        graph.add_node("reply", nodes.reply)
        graph.add_edge(START, "apply_rules")
        graph.add_conditional_edges("apply_rules", is_small_talk, {True: "reply", False: "find_sources"})
        if rewriter is None:
            graph.add_edge("draft_answer", "write_words")
        else:
            graph.add_node("rewrite_query", traced(nodes.rewrite_query))
            graph.add_edge("draft_answer", "rewrite_query")
            graph.add_edge("rewrite_query", "write_words")
        graph.add_edge("find_sources", "draft_answer")
        graph.add_edge("write_words", "decide")
        graph.add_edge("decide", "reply")
        graph.add_node("await_person", nodes.await_person)
        graph.add_node("forget_turn", nodes.forget_turn)
        # A turn that leaves nothing behind cannot be taken up again either.
        waits = "await_person" if checkpointer else END
        graph.add_conditional_edges("reply", needs_person, {True: waits, False: END})
        graph.add_edge("await_person", "forget_turn")
        graph.add_edge("forget_turn", END)
        self._graph = graph.compile(checkpointer=checkpointer, name="support")

    def run(self, asked: Asked) -> Outcome:
        """One turn of the conversation."""
        config: RunnableConfig = {"configurable": {"thread_id": asked.conversation}}
        # "exit": one checkpoint a turn. Nothing in a turn is worth resuming: the question is in the log.
        durability: Durability | None = "exit" if self._graph.checkpointer else None
        end = self._graph.invoke({"turn": asked}, config, durability=durability)
        outcome: Outcome = end["outcome"]
        waiting = end.get("__interrupt__")
        return replace(outcome, interrupt=waiting[0].id) if waiting else outcome

    def resume(self, thread: str, interrupt: str, decision: dict[str, str]) -> None:
        """Go on where `interrupt` waits; nothing where the graph has gone on already."""
        config: RunnableConfig = {"configurable": {"thread_id": thread}}
        if any(one.id == interrupt for one in self._graph.get_state(config).interrupts):
            self._graph.invoke(Command(resume={interrupt: decision}), config, durability="exit")


def is_small_talk(state: SupportState) -> bool:
    """Whether there is nothing to look up."""
    return state["small_talk"] is not None


def needs_person(state: SupportState) -> bool:
    """Whether a person must decide."""
    return state["outcome"].ruling.decision == "escalate"


def _unhelped(history: History) -> list[str]:
    """What the customer has said since a person last answered: only that can go in circles."""
    roles = [role for role, _ in history]
    helped = len(roles) - roles[::-1].index("person") if "person" in roles else 0
    return [said for role, said in history[helped:] if role == "customer"]


def _before(question: str, history: History) -> History:
    """What had been said when a question was asked that is taken up again."""
    asked = [at for at, line in enumerate(history) if line == ("customer", question)]
    return history[: asked[-1]] if asked else history


class _Nodes:
    def __init__(
        self,
        policy: SupportPolicy,
        rules: RuleBook,
        knowledge: Finder,
        writer: Writer | None,
        rewriter: Rewriter | None,
    ) -> None:
        self._writer = writer
        self._rewriter = rewriter
        self._policy = policy
        self._rules = rules
        self._knowledge = knowledge

    def apply_rules(self, state: SupportState) -> SupportState:
        """Hard rules and small talk; a choice between suggestions takes up the question that was asked before it."""
        text, options = state["turn"].question, state.get("options") or []
        choice = self._rules.choice(text, options) if options else None
        if choice == "none":
            circles = Verdict("circles", "none of the suggestions fits", self._rules.circles.reply)
            return {"question": state["asked"], "chosen": None, "verdict": circles, "small_talk": None}
        verdict = self._rules.verdict(text, _unhelped(state["turn"].history))
        if verdict is None and choice is not None and (choice == "first" or len(options) > 1):
            chosen = options[0 if choice == "first" else 1]
            return {"question": state["asked"], "chosen": chosen, "verdict": None, "small_talk": None}
        small_talk = self._rules.small_talk(text) if verdict is None else None
        return {"question": text, "chosen": None, "verdict": verdict, "small_talk": small_talk}

    def find_sources(self, state: SupportState) -> SupportState:
        """Search the documents; a rule that has decided already does not depend on them."""
        question, history = state["question"], state["turn"].history
        if question != state["turn"].question:
            history = _before(question, history)
        try:
            return {"found": self._knowledge.find(question, history, state["chosen"])}
        except DeskError:
            if state["verdict"] is None:
                raise
            return {"found": None}

    def draft_answer(self, state: SupportState) -> SupportState:
        """Write down what the passages say and how sure that is."""
        found = state["found"]
        return {"draft": NOTHING if found is None else self._knowledge.draft(found)}

    def rewrite_query(self, state: SupportState) -> SupportState:
        """Let a model say the question better, and search again: of the two drafts the surer one counts.

        So a query that leaves out what matters makes no answer worse. A rule that has decided needs no better search,
        nor does a customer who has chosen the section.
        """
        found, draft = state["found"], state["draft"]
        settled = state["verdict"] is not None or state["chosen"] is not None
        if self._rewriter is None or found is None or settled:
            return {}
        query = self._rewriter.rewrite(replace(state["turn"], question=state["question"]), found)
        if query is None:
            return {}
        found = self._knowledge.find(query, ())
        other = self._knowledge.draft(found)
        if other.confidence <= draft.confidence:
            return {}
        return {"found": found, "draft": replace(other, searched=query)}

    def write_words(self, state: SupportState) -> SupportState:
        """Let a model word what would be answered.

        Only that: what the documents answer too poorly for the desk, a model would answer from the same passages,
        and nothing but its own verdict would speak for it.
        """
        draft, found = state["draft"], state["found"]
        would_answer = state["verdict"] is None and draft.confidence >= self._policy.thresholds.answer
        if self._writer is None or found is None or not draft.text or not would_answer:
            return {}
        asked = replace(state["turn"], question=state["question"])
        return {"draft": self._writer.write(asked, found, draft)}

    def decide(self, state: SupportState) -> SupportState:
        """Rules first, then the confidence against the policy's thresholds.

        A section that the customer has chosen need not be sure: whoever asks to see it is shown it, and told.
        """
        return {"ruling": self._ruling(state, state["draft"])}

    def _ruling(self, state: SupportState, draft: Draft) -> Ruling:
        if (verdict := state["verdict"]) is not None:
            return Ruling("escalate", verdict.reason, verdict.reply, by_rule=True)
        if draft.text and (draft.begun or draft.confidence >= self._policy.thresholds.answer):
            return Ruling("answer", "confident", draft.text)
        return self._unsure(state, draft)

    def _unsure(self, state: SupportState, draft: Draft) -> Ruling:
        thresholds, texts, found = self._policy.thresholds, self._policy.texts, state["found"]
        if found is not None and found.chosen and draft.text and draft.confidence > 0:
            return Ruling("answer", "chosen by the customer", f"{texts.chosen}\n\n{draft.text}", by_rule=True)
        if state.get("unanswered", 0) + 1 >= self._policy.limits.circle_turns:
            return Ruling("escalate", self._rules.circles.reason, self._rules.circles.reply)
        if draft.confidence < thresholds.clarify:
            reason = f"confidence {draft.confidence:.2f} is below {thresholds.clarify:.2f}"
            return Ruling("escalate", reason, texts.escalate)
        reason = f"confidence {draft.confidence:.2f} is below {thresholds.answer:.2f}"
        if state.get("clarified"):
            return Ruling("escalate", f"{reason}, also after asking back", texts.escalate)
        options = draft.headings[:2]
        return Ruling("clarify", reason, self._clarifying_question(options), options=options)

    def _clarifying_question(self, options: tuple[str, ...]) -> str:
        texts = self._policy.texts
        if not options:
            return texts.clarify_open
        if len(options) == 1:
            return texts.clarify_one.format(first=options[0])
        return texts.clarify_between.format(first=options[0], second=options[1])

    def reply(self, state: SupportState) -> SupportState:
        """Put the turn together, and remember what the next one needs."""
        if (small_talk := state["small_talk"]) is not None:
            ruling = Ruling("answer", "small talk", small_talk, by_rule=True)
            return {"outcome": Outcome(ruling, 1.0, (), (), NOTHING)}
        ruling, draft = state["ruling"], state["draft"]
        answered, asking = ruling.decision == "answer", ruling.decision == "clarify"
        outcome = Outcome(
            ruling,
            draft.confidence,
            draft.citations if answered else (),
            draft.sources,
            draft,
            draft.written_by if answered else None,
        )
        return {
            "outcome": outcome,
            "unanswered": 0 if answered else state.get("unanswered", 0) + 1,
            "clarified": asking or (state.get("clarified", False) and not answered),
            "asked": state["question"] if asking else "",
            "options": list(ruling.options),
        }

    def await_person(self, state: SupportState) -> SupportState:  # noqa: ARG002
        """Wait for a person. Nothing else stands here: on resuming, a node runs again from its beginning."""
        interrupt("a person decides")
        return {}

    def forget_turn(self, state: SupportState) -> SupportState:  # noqa: ARG002
        """A person has seen to it: the next message starts afresh."""
        return {"unanswered": 0, "clarified": False, "asked": "", "options": []}
