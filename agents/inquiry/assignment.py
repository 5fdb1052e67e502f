"""What a question comes to: a typed query for the specialists, a question back, or why there is no answer."""

from __future__ import annotations

from dataclasses import dataclass

from agents.inquiry.metrics import Metric
from agents.inquiry.reading import Direction, Order
from agents.inquiry.spans import Span
from analytics.inquiries.query import Query


@dataclass(frozen=True)
class Assignment:
    """A query, the period it is held against, and how its parts are shown."""

    metric: Metric
    query: Query
    span: Span
    against: Span | None = None
    explicit: bool = False
    """Whether the comparison was asked for."""
    why: bool = False
    direction: Direction | None = None
    order: Order | None = None
    limit: int | None = None
    counted: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskBack:
    """What is not clear, and questions that would be; each can be asked as it stands."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class CannotKnow:
    """Why there is no answer, and what can be asked instead."""

    text: str
    choices: tuple[str, ...] = ()


Plan = Assignment | AskBack | CannotKnow
