"""A weekly report as it is kept: with the rows of its charts, the claims of its words, and who asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from agents.domain import Value
from agents.weekly.report import WeeklyReport
from analytics.figures import Number, Unit

Origin = Literal["shell", "slack", "room", "schedule"]


class Claim(Value):
    """A number that a section's text states, opened: what it is, how it is defined, and how it was found.

    `start` and `end` are the characters of the text that write it; `value` is exact, in `unit`.
    """

    start: int
    end: int
    name: str
    label: str
    value: Number
    unit: Unit
    definition: str
    query: str


class Words(Value):
    """Who wrote a section: the rules, or a model with a version of a prompt."""

    by: str = "rules"
    prompt: str | None = None


class Edition(Value):
    """One report that was made. `rows` are those of its charts, by their names; `claims` and `words` go by section,
    those of the alerts by "alerts.0", "alerts.1", … in the report's order.

    `at_risk` are the ids of the segment At Risk, for whoever writes to them.
    """

    id: str
    created: datetime
    by: str
    origin: Origin
    report: WeeklyReport
    rows: Mapping[str, Sequence[Mapping[str, str | int | float | None]]] = {}
    claims: Mapping[str, tuple[Claim, ...]] = {}
    words: Mapping[str, Words] = {}
    at_risk: tuple[str, ...] = ()


class EditionLine(Value):
    """A kept report in a list."""

    id: str
    created: datetime
    by: str
    origin: Origin
    week: date
    sample: bool
    headline: str
    failed: int
    """Sections that could not be made."""


class Editions(Protocol):
    """The reports that were made. Safe to share between threads and processes."""

    def keep(self, edition: Edition) -> None:
        """Keep a report."""

    def edition(self, edition: str) -> Edition | None:
        """The report of this id, or None."""

    def latest(self) -> Edition | None:
        """The one that was made last, or None."""

    def list(self, limit: int) -> Sequence[EditionLine]:
        """The reports that were made, the last one first."""
