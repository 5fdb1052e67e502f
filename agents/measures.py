"""What is counted of the desk's work, for those who watch many desks at once: names, labels, and what adds to them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from agents.domain import Value
from agents.models.calls import ModelCall, ModelText
from agents.telemetry import Seen
from agents.tracing import Trace

SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 30.0, 60.0)
"""The upper edges into which times are counted; the targets of 2, 5 and 10 seconds are among them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is counted, or timed where it has `edges`."""

    name: str
    help: str
    edges: tuple[float, ...] = ()


ANSWERS = Measure("gtm_answers", "Answers by what was decided and whose words were said.")
ANSWER_SECONDS = Measure("gtm_answer_seconds", "Seconds from a question to its answer.", SECONDS)
CALLS = Measure("gtm_model_calls", "Calls to models by how they ended.")
CALL_SECONDS = Measure("gtm_model_call_seconds", "Seconds that a call to a model took.", SECONDS)
TOKENS = Measure("gtm_model_tokens", "Tokens given to models and written by them.")
DOLLARS = Measure("gtm_model_dollars", "US dollars that calls to models have cost.")
TEXTS = Measure("gtm_model_texts", "Texts asked of models by what became of them.")
DELIVERIES = Measure("gtm_deliveries", "Attempts to deliver an effect by how they went.")

MEASURES: Final = (ANSWERS, ANSWER_SECONDS, CALLS, CALL_SECONDS, TOKENS, DOLLARS, TEXTS, DELIVERIES)

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One observation: so much more of a measure, or so many seconds."""

    measure: Measure
    labels: Labels
    value: float = 1.0


class Tally(Value):
    """A sum over all processes and all time. Of a timed measure, `edge` is the upper edge of what is counted here.

    Its edges are not cumulative; the one without end is "+Inf", and "sum" has the seconds.
    """

    name: str
    labels: dict[str, str]
    value: float
    edge: str = ""


class Tallies(Protocol):
    """The sums, which outlive processes and what they were counted from."""

    def add(self, tallies: Sequence[Tally]) -> None:
        """Add each to its sum."""

    def all(self) -> list[Tally]:
        """Every sum, by name."""


def readings(seen: Seen) -> Iterator[Reading]:
    """What something that was seen adds to the measures."""
    match seen:
        case Trace() if seen.name == "answer" and "decision" in seen.facts and not seen.facts.get("late"):
            mode = ("mode", str(seen.facts["mode"]))
            yield Reading(ANSWERS, (("decision", str(seen.facts["decision"])), mode))
            yield Reading(ANSWER_SECONDS, (mode,), seen.seconds)
        case Trace() if seen.name == "delivery" and "kind" in seen.facts:
            labels = (("kind", str(seen.facts["kind"])), ("result", str(seen.facts["result"])))
            yield Reading(DELIVERIES, labels)
        case ModelCall():
            yield from _call(seen)
        case ModelText():
            yield Reading(
                TEXTS,
                (
                    ("specialist", seen.specialist),
                    ("ending", seen.ending),
                    ("cache", seen.cache or "none"),
                    ("fallback", "yes" if seen.fallback else "no"),
                ),
            )


def _call(call: ModelCall) -> Iterator[Reading]:
    who: Labels = (("specialist", call.specialist), ("model", call.model))
    yield Reading(CALLS, (*who, ("ending", call.ending)))
    yield Reading(CALL_SECONDS, who, call.seconds)
    yield Reading(TOKENS, (*who, ("direction", "input")), call.input_tokens)
    yield Reading(TOKENS, (*who, ("direction", "output")), call.output_tokens)
    yield Reading(DOLLARS, who, call.micro_dollars / 1_000_000)


def tallies(seen: Iterable[Seen]) -> list[Tally]:
    """What all of it adds to the sums."""
    sums: Counter[tuple[str, Labels, str]] = Counter()
    for reading in (reading for one in seen for reading in readings(one)):
        name, labels, edges = reading.measure.name, reading.labels, reading.measure.edges
        if not edges:
            sums[name, labels, ""] += reading.value  # type: ignore[assignment]
            continue
        place = bisect_left(edges, reading.value)
        sums[name, labels, f"{edges[place]:g}" if place < len(edges) else "+Inf"] += 1
        sums[name, labels, "sum"] += reading.value  # type: ignore[assignment]
    return [
        Tally(name=name, labels=dict(labels), value=value, edge=edge)
        for (name, labels, edge), value in sums.items()
        if value
    ]
