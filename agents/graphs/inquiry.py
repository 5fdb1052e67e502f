"""The inquiry graph: a question is understood, the specialists whom it needs look at once, and one answer is made.

START ──> understand ──> look_finance, look_marketing, look_insights, look_support (those it needs) ──> answer ──> END
                    └──(not clear, or not to be known)─────────────────────────────────────────────────┘
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Protocol, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from agents.inquiry.assignment import Assignment, Plan
from agents.inquiry.finding import Finding
from agents.inquiry.looking import Look, Seen
from agents.knowledge import History
from agents.weekly.report import SPECIALISTS, SpecialistName


class InquiryState(TypedDict, total=False):
    """One question; nothing of it outlives its answer."""

    question: str
    history: History
    plan: Plan
    looks: Mapping[SpecialistName, Look]
    seen: Annotated[dict[SpecialistName, Seen], operator.or_]
    finding: Finding


class Answerer(Protocol):
    """Who turns what was seen into an answer."""

    def answer(self, question: str, plan: Plan, seen: Mapping[SpecialistName, Seen]) -> Finding:
        """The answer, also where nothing was looked at."""


class InquiryGraph:
    """The compiled graph; safe to share between threads."""

    def __init__(
        self,
        understand: Callable[[str, History], Plan],
        looks: Callable[[Assignment], Mapping[SpecialistName, Look]],
        answerer: Answerer,
    ) -> None:
        """`understand` reads and plans, `looks` says who has to look at what."""
        self._understand, self._looks, self._answerer = understand, looks, answerer
        graph = StateGraph(InquiryState)
        graph.add_node("understand", self._read)
        graph.add_node("answer", self._answer)
        graph.add_edge(START, "understand")
        for name in SPECIALISTS:
            graph.add_node(f"look_{name}", partial(_look, name))
            graph.add_edge(f"look_{name}", "answer")
        graph.add_conditional_edges(
            "understand", self._who_looks, ["answer", *(f"look_{name}" for name in SPECIALISTS)]
        )
        graph.add_edge("answer", END)
        self._graph = graph.compile(name="inquiry")

    def run(self, question: str, history: History = ()) -> Finding:
        """The answer to a question after what was said. Raises what the store raises."""
        state: InquiryState = {"question": question, "history": history, "seen": {}}
        finding: Finding = self._graph.invoke(state)["finding"]
        return finding

    def _read(self, state: InquiryState) -> InquiryState:
        plan = self._understand(state["question"], state["history"])
        looks = self._looks(plan) if isinstance(plan, Assignment) else {}
        return {"plan": plan, "looks": looks}

    @staticmethod
    def _who_looks(state: InquiryState) -> list[Send] | str:
        if not state["looks"]:
            return "answer"
        return [Send(f"look_{name}", state) for name in state["looks"]]

    def _answer(self, state: InquiryState) -> InquiryState:
        return {"finding": self._answerer.answer(state["question"], state["plan"], state["seen"])}


def _look(name: SpecialistName, state: InquiryState) -> InquiryState:
    return {"seen": {name: state["looks"][name]()}}
