"""What happened on the way to an answer: timed parts with their facts, looked at afterwards under the trace's id.

    with telemetry.trace("answer", conversation):
        with part("retrieval") as retrieval:
            retrieval.note(sections=("returns.md, 1. Tins",))

A part belongs to the trace that is under way on its thread; where there is none, nothing is kept. Facts are names
and figures, never a customer's words. An answer pays for noting alone: it is kept later, by a thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from pydantic import Field

from agents.domain import Value

Fact = bool | int | float | str | tuple[str, ...] | tuple[float, ...] | None


class Span(Value):
    """A part of the way: `began` in seconds after the trace did, `parent` by its place among the spans.

    `failed` names the error that ended it.
    """

    name: str
    began: float
    seconds: float
    parent: int | None = None
    facts: dict[str, Fact] = Field(default_factory=dict)
    failed: str | None = None


class Trace(Value):
    """The way to one answer; the first span is the whole of it."""

    id: str
    conversation: str | None
    at: datetime
    seconds: float
    spans: tuple[Span, ...]

    @property
    def name(self) -> str:
        """What it is the way to."""
        return self.spans[0].name

    @property
    def facts(self) -> dict[str, Fact]:
        """What is known of the whole."""
        return self.spans[0].facts


@dataclass(slots=True)
class Underway:
    """A trace whose end is yet to come, or that waits to be kept."""

    id: str
    conversation: str | None
    at: datetime
    hand_over: Callable[[Underway], object]
    parts: list[Part] = field(default_factory=list)

    def finished(self) -> Trace:
        """As it is kept; this costs more than all the noting."""
        start = self.parts[0].began
        spans = tuple(
            Span(
                name=each.name,
                began=round(max(0.0, each.began - start), 6),
                seconds=round(each.seconds, 6),
                parent=each.parent,
                facts=each.facts,
                failed=each.failed,
            )
            for each in self.parts
        )
        return Trace(
            id=self.id, conversation=self.conversation, at=self.at, seconds=spans[0].seconds, spans=spans
        )


@dataclass(slots=True)
class Part:
    """A part of a trace while it goes on; without a trace it takes facts and forgets them."""

    name: str
    facts: dict[str, Fact]
    underway: Underway | None
    parent: int | None = None
    place: int = 0
    began: float = 0.0
    seconds: float = 0.0
    failed: str | None = None
    _token: Token[Part | None] | None = None

    @property
    def trace_id(self) -> str | None:
        """The id under which the trace can be looked at; None where there is none."""
        return None if self.underway is None else self.underway.id

    def note(self, **facts: Fact) -> None:
        """Add facts."""
        self.facts.update(facts)

    def join(self, began: float) -> None:
        """Become one of the trace's parts, begun when `time.perf_counter` said so."""
        if self.underway is not None:
            self.began = began
            self.underway.parts.append(self)
            self.place = len(self.underway.parts) - 1

    def __enter__(self) -> Self:
        if self.underway is not None:
            self.join(time.perf_counter())
            self._token = _present.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.underway is None or self._token is None:
            return
        self.seconds = time.perf_counter() - self.began
        self.failed = None if kind is None else kind.__name__
        _present.reset(self._token)
        if self.parent is None:
            self.underway.hand_over(self.underway)


_present: ContextVar[Part | None] = ContextVar("present_part", default=None)


def part(name: str, **facts: Fact) -> Part:
    """A part of the trace that is under way, to be used in a `with`."""
    present = _present.get()
    if present is None:
        return Part(name, facts, None)
    return Part(name, facts, present.underway, present.place)


def ended(name: str, seconds: float, **facts: Fact) -> None:
    """Note a part that has ended just now, after so many seconds."""
    done = part(name, **facts)
    done.seconds = seconds
    done.join(time.perf_counter() - seconds)


def trace_id() -> str | None:
    """The id of the trace that is under way; None where there is none."""
    present = _present.get()
    return None if present is None else present.trace_id
