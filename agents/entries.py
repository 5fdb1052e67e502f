"""What the desk learns from people's answers, as values, and the port through which it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from agents.domain import Value

EntryStatus = Literal["proposed", "accepted", "dismissed", "withdrawn"]


class Entry(Value):
    """A question and a person's answer, on its way into the knowledge base or in it.

    `not_personal` are the parts that somebody has confirmed to be nobody's personal data. `by` is who
    accepted, edited, dismissed or withdrew it; None while it is only proposed.
    """

    id: int
    review: str | None
    question: str
    answer: str
    status: EntryStatus
    not_personal: tuple[str, ...] = ()
    answered: datetime
    changed: datetime
    by: str | None = None


class NewEntry(Value):
    """A proposal: what a customer asked in a review, and what a person answered then."""

    review: str
    question: str
    answer: str
    answered: datetime


class EntryChange(Value):
    """What becomes of an entry; None leaves a field as it is. `what` is the word for it in the audit."""

    what: str
    by: str
    origin: str
    at: datetime
    status: EntryStatus | None = None
    question: str | None = None
    answer: str | None = None
    not_personal: tuple[str, ...] | None = None


class Unanswered(Value):
    """A question that the documents could not answer, and in which conversation it was asked."""

    conversation: str
    question: str
    at: datetime
    reason: str


class Entries(Protocol):
    """Where entries are kept. Safe to share between threads and processes."""

    def propose(self, entry: NewEntry) -> bool:
        """Keep a proposal; False, and nothing done, where there is one of that review."""

    def get(self, entry: int) -> Entry | None:
        """The entry of this id, or None."""

    def of_review(self, review: str) -> Entry | None:
        """The entry that a review's answer has become, or None."""

    def list(self, status: EntryStatus, limit: int = 1000) -> list[Entry]:
        """The entries of a status, newest answer first."""

    def change(self, entry: int, expected: EntryStatus, change: EntryChange) -> Entry | None:
        """Change an entry and note it in the audit; None, and nothing done, unless its status is `expected`."""

    def unanswered(self, since: datetime) -> Sequence[Unanswered]:
        """Questions asked since then that the bot did not answer, oldest first."""
