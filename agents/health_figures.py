"""What is counted of the desk's health over a time, as it comes from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agents.domain import Value
from agents.models.calls import ModelText


class Latency(Value):
    """Seconds within which so many in a hundred ended, by nearest rank; None where there was nothing to time."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class TextCount:
    """Texts of one kind; for `called` of them a model was called, so many `attempts` in all."""

    specialist: str
    ending: str
    cache: str | None
    fallback: bool
    texts: int
    called: int
    attempts: int


@dataclass(frozen=True, slots=True)
class CallCount:
    """Calls of one kind, and what they used."""

    specialist: str
    model: str
    ending: str
    calls: int
    input_tokens: int
    output_tokens: int
    micro_dollars: int


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """Answers of one kind."""

    decision: str
    mode: str
    answers: int


class Moment(Value):
    """A stretch of a time, of equal length, that ends at `until`."""

    until: datetime
    answers: int = 0
    latency: Latency = Latency()
    texts: int = 0
    errors: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """All that was counted over a time; latencies by specialist, and by mode with "" for all answers."""

    texts: Sequence[TextCount]
    calls: Sequence[CallCount]
    answers: Sequence[AnswerCount]
    text_latency: dict[str, Latency]
    answer_latency: dict[str, Latency]
    moments: Sequence[Moment]


class Waiting(Value):
    """The reviews that wait for a person: how many, how many longer than promised, and since when the oldest."""

    reviews: int
    late: int
    oldest: datetime | None


class HealthFigures(Protocol):
    """Counts; reads only."""

    def count(self, since: datetime, until: datetime, moments: int) -> Counted:
        """What was counted in a time, also by that many moments of equal length."""

    def last_text(self, specialist: str) -> ModelText | None:
        """What became of the last text that was asked of a specialist's model; None where none was."""

    def waiting(self, now: datetime) -> Waiting:
        """What waits for a person."""
