"""What became of a campaign's messages, as far as mail itself tells: once each, however often it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from agents.domain import Value

OutcomeKind = Literal["delivered", "clicked", "unsubscribed", "bounced", "complained"]


class Outcome(Value):
    """One thing that happened to one message. `id` is the teller's own: the same id twice is one event.

    A `bounced` is for good: what may yet be delivered is no outcome. Orders are no outcome of mail; they stand in
    the warehouse.
    """

    id: str
    kind: OutcomeKind
    campaign: str
    contact: str
    at: datetime
    detail: str = ""


class OutcomeCounts(Value):
    """How many contacts of a campaign had each outcome at least once."""

    delivered: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0


class MailOutcomes(Protocol):
    """The outcomes, each kept once. Safe to share between processes."""

    def note(self, outcomes: Sequence[Outcome]) -> int:
        """Keep those whose id is new, in any order; how many were."""

    def counts(self, campaign: str) -> OutcomeCounts:
        """How many contacts of a campaign had each outcome."""

    def contacts(self, campaign: str, kind: OutcomeKind) -> dict[str, datetime]:
        """The contacts of a campaign that had an outcome, and when first."""
