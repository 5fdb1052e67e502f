"""The weekly graph: four specialists measure at once, what belongs together is added up, all texts are written at once.

    START ──> measure_finance ──┐             ┌──> write_finance ──┐
         ├──> measure_marketing ┤             ├──> write_marketing ┤
         ├──> measure_insights ─┼──> add_up ──┼──> write_insights ─┼──> END
         └──> measure_support ──┘             ├──> write_support ──┤
                                              └──> write_summary ──┘

A specialist whose result is not valid tries again, three times in all; one that fails is reported in its section,
and the others go on. Every fact is there for every writer.
"""

from __future__ import annotations

import logging
import operator
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Protocol, TypedDict, TypeVar, cast

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from agents.errors import DeskError
from agents.weekly.claims import Written
from agents.weekly.claims_findings import Findings
from agents.weekly.facts import Facts, figures_of
from agents.weekly.report import (
    SPECIALISTS,
    SectionText,
    SpecialistError,
    SpecialistName,
    Step,
    WeeklyProgress,
)
from agents.weekly.specialists import Specialist, Task

ATTEMPTS = 3
log = logging.getLogger(__name__)
Result = TypeVar("Result")


class WeeklyState(TypedDict, total=False):
    """One run; nothing of it outlives the run."""

    task: Task
    facts: Annotated[dict[SpecialistName, Facts], operator.or_]
    findings: Findings
    sections: Annotated[dict[str, SectionText], operator.or_]
    written: Annotated[dict[str, Written], operator.or_]
    errors: Annotated[list[SpecialistError], operator.add]


class SectionWriter(Protocol):
    """Who puts facts into words. Asked for several texts at once."""

    def write(self, name: SpecialistName, findings: Findings) -> Written:
        """The text of one section. Raises where it cannot."""

    def summary(self, findings: Findings) -> Written:
        """The headline of the report. Raises where it cannot."""


AddUp = Callable[[Mapping[SpecialistName, Facts]], Findings]


class NotValid(Exception):
    """What a specialist gave cannot be shown."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run gives; `written` has the texts that could be written, with their claims."""

    findings: Findings
    sections: Mapping[str, SectionText]
    written: Mapping[str, Written]
    errors: tuple[SpecialistError, ...]

    @property
    def facts(self) -> Mapping[SpecialistName, Facts]:
        """What each specialist has found."""
        return self.findings.facts


class WeeklyGraph:
    """The compiled graph; safe to share between threads."""

    def __init__(
        self,
        specialists: Mapping[SpecialistName, Specialist],
        writer: SectionWriter,
        add_up: AddUp,
    ) -> None:
        """`add_up` makes of what the specialists have found what the texts are written from."""
        nodes = _Nodes(specialists, writer, add_up)
        graph = StateGraph(WeeklyState)
        graph.add_node("add_up", nodes.add_up)
        graph.add_node("write_summary", nodes.summarise)
        graph.add_edge("add_up", "write_summary")
        graph.add_edge("write_summary", END)
        for name in SPECIALISTS:
            graph.add_node(f"measure_{name}", partial(nodes.measure, name))
            graph.add_node(f"write_{name}", partial(nodes.write, name))
            graph.add_edge(START, f"measure_{name}")
            graph.add_edge("add_up", f"write_{name}")
            graph.add_edge(f"write_{name}", END)
        graph.add_edge([f"measure_{name}" for name in SPECIALISTS], "add_up")
        self._graph = graph.compile(name="weekly")

    def run(self, task: Task) -> Iterator[WeeklyProgress | Finished]:
        """How far each specialist is, as it happens; then the result."""
        state: WeeklyState = {}
        started: WeeklyState = {"task": task, "facts": {}, "sections": {}, "written": {}, "errors": []}
        for mode, piece in self._graph.stream(started, stream_mode=["custom", "values"]):
            if mode == "custom":
                yield WeeklyProgress.model_validate(piece)
            else:
                state = cast("WeeklyState", piece)
        yield Finished(state["findings"], state["sections"], state["written"], tuple(state["errors"]))


class _Nodes:
    def __init__(
        self,
        specialists: Mapping[SpecialistName, Specialist],
        writer: SectionWriter,
        add_up: AddUp,
    ) -> None:
        self._specialists = specialists
        self._writer = writer
        self._add_up = add_up

    def measure(self, name: SpecialistName, state: WeeklyState) -> WeeklyState:
        """Find the facts of one specialist."""

        def work() -> Facts:
            facts = self._specialists[name](state["task"])
            _check_numbers(facts)
            return facts

        found, error = _tried(name, "measuring", work)
        if found is None:
            return {"errors": [error] if error else []}
        return {"facts": {name: found}}

    def add_up(self, state: WeeklyState) -> WeeklyState:
        """Make what needs more than one specialist."""
        return {"findings": self._add_up(state["facts"])}

    def write(self, name: SpecialistName, state: WeeklyState) -> WeeklyState:
        """Put the facts of one specialist into words; where there are none, say so."""
        if name not in state["facts"]:
            why = next((one.error for one in state["errors"] if one.specialist == name), "It gave no result.")
            text = f"This section is missing, for its numbers could not be found. {why}"
            _tell(name, "failed", ATTEMPTS)
            return {"sections": {name: SectionText(status="failed", text=text)}}
        words, error = _tried(
            name, "writing", lambda: _not_empty(self._writer.write(name, state["findings"]))
        )
        _tell(name, "failed" if words is None else "done", 1)
        if words is None:
            said = "This section has its numbers, but no words: they could not be written."
            return {
                "sections": {name: SectionText(status="failed", text=said)},
                "errors": [error] if error else [],
            }
        return {"sections": {name: SectionText(status="ok", text=words.text)}, "written": {name: words}}

    def summarise(self, state: WeeklyState) -> WeeklyState:
        """Write the headline."""
        try:
            words = _not_empty(self._writer.summary(state["findings"]))
        except Exception as error:
            log.error("The summary failed", exc_info=error)
            said = "The summary could not be written; the sections below stand."
            return {"sections": {"summary": SectionText(status="failed", text=said)}}
        return {
            "sections": {"summary": SectionText(status="ok", text=words.text)},
            "written": {"summary": words},
        }


def _not_empty(words: Written) -> Written:
    if not words.text.strip():
        raise NotValid("the text is empty")
    return words


def _tried(
    name: SpecialistName, step: Step, work: Callable[[], Result]
) -> tuple[Result | None, SpecialistError | None]:
    """The result of the first attempt that holds; else what was wrong with the last.

    One specialist must take nobody along, whatever a bug in it raises: the log has the traceback under a reference,
    people are told the reference.
    """
    said = ""
    for attempt in range(1, ATTEMPTS + 1):
        _tell(name, step, attempt)
        try:
            return work(), None
        except DeskError as error:
            said = str(error)
        except NotValid as error:
            said = f"A number did not hold: {error}."
        except Exception as error:
            reference = secrets.token_hex(4)
            log.error(
                "%s failed at %s, attempt %d (reference %s)", name, step, attempt, reference, exc_info=error
            )
            said = f"Something went wrong on our side. (Reference {reference})"
    return None, SpecialistError(specialist=name, attempts=ATTEMPTS, error=said)


def _tell(name: SpecialistName, step: Step, attempt: int) -> None:
    get_stream_writer()({"specialist": name, "step": step, "attempt": attempt})


def _check_numbers(facts: Facts) -> None:
    """A figure is a finite number, or is unknown for a reason."""
    for figure in figures_of(facts):
        if figure.value is None and not figure.reason:
            raise NotValid(f"{figure.name} is unknown without a reason")
        for value in (figure.value, figure.previous):
            if value is not None and not abs(value) < float("inf"):
                raise NotValid(f"{figure.name} is {value}")
