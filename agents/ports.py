"""What the agents need from outside, as protocols; `integrations` implements them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agents.campaigns.book import CampaignBook, SendList
from agents.campaigns.cards import CampaignCards, CampaignChannel
from agents.campaigns.mailing import CampaignMailer
from agents.campaigns.ordering import CampaignOrders
from agents.campaigns.outcomes import MailOutcomes
from agents.campaigns.unsubscribing import LinkKeys, Links, Suppressions
from agents.cases import Accepted, Case, Conversation, Line, NewEffect, Opening, Plan
from agents.channel_policy import ChannelPolicy
from agents.domain import (
    Changes,
    ConversationFilter,
    ConversationSummary,
    DeskFigures,
    Message,
    Place,
    Reply,
    Review,
    ReviewStatus,
    Role,
    Vote,
)
from agents.effects import Mailer, Outbox, TicketDesk, Workers
from agents.entries import Entries
from agents.health_figures import HealthFigures
from agents.measures import Tallies
from agents.personal import PersonalBusiness, PersonalData, PersonalFiles
from agents.policy import People, SupportPolicy
from agents.posted import PostedMessages
from agents.privacy_policy import PrivacyPolicy
from agents.team import Team
from agents.team_channel import ChannelBook, TeamChannel
from agents.team_sessions import TeamSessions
from agents.telemetry import Telemetry
from agents.tracing import Trace
from agents.weekly.edition import Editions
from agents.weekly.posting import Postings, ReportChannel

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.campaigns.policy import CampaignPolicy
    from agents.models.room import ModelRoom
    from agents.weekly.policy import WeeklyPolicy
    from analytics.tables import Standing, Tables
    from knowledge_base.confidence import Calibration
    from knowledge_base.index import Index
    from knowledge_base.passages import Embedder


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message, as far as it helps to understand the next; `sourced` if it quotes documents."""

    role: Role
    text: str
    sourced: bool


class ConversationLog(Protocol):
    """The append-only record of what customers see. Safe to share between threads and processes."""

    def begin(self, visitor: str | None) -> str:
        """Open a conversation and return its unguessable id."""

    def conversation(self, conversation: str) -> Conversation | None:
        """The conversation of this id, or None."""

    def latest(self, visitor: str) -> str | None:
        """The conversation in which this visitor was last active, or None."""

    def accept(
        self,
        text: str,
        conversation: str | None,
        visitor: str | None,
        *,
        at_most: int | None,
        since: datetime,
        gap: timedelta | None = None,
    ) -> Accepted | None:
        """Store a customer's message, in a new conversation where none is given.

        None, and nothing stored, if the visitor has sent `at_most` messages or more since `since`. A message
        to a resolved conversation, or after a silence of `gap`, begins its next episode.
        """

    def append(
        self, conversation: str, role: Role, text: str, by: str | None = None, reply: Reply | None = None
    ) -> Message:
        """Store a message of anybody else."""

    def reply(
        self, question: Message, reply: Reply, opening: Opening | None = None, *, late: bool = False
    ) -> Message | None:
        """Store the desk's reply to a stored message and, with `opening`, the review that it opens.

        None, and nothing stored, if a person has come into the conversation meanwhile; if it comes `late`, also
        if anything else was said since. Where a review waits
        already, that one stands and is named in the reply.
        """

    def messages(self, conversation: str) -> list[Message]:
        """The messages of a conversation in order, each with its latest vote."""

    def said_before(self, message: Message, last: int) -> list[Said]:
        """The `last` messages before one, in order."""

    def message(self, message_id: int) -> Message | None:
        """One message, or None."""

    def vote(self, message_id: int, vote: Vote, reason: str | None) -> None:
        """Record a vote on a message; the last one counts."""

    def set_contact(self, conversation: str, email: str) -> None:
        """Remember where the customer can be reached."""

    def set_typing(self, conversation: str, until: datetime) -> None:
        """The person in the conversation types until then."""

    def set_seen(self, conversation: str, at: datetime) -> None:
        """The customer has the page open; an answer there need not be sent by e-mail any more."""

    def changes(self, since: int) -> Changes:
        """What changed after a cursor; -1 gives the present cursor alone."""

    def unanswered(self, before: datetime, after: datetime) -> list[Message]:
        """Customers' last messages, stored in that time, to which nobody has said anything."""

    def list(self, find: ConversationFilter) -> list[ConversationSummary]:
        """The conversations that a filter admits, last active first."""


class ReviewBook(Protocol):
    """The reviews. Every change is claimed: of two at once, one happens."""

    def get(self, review: str) -> Review | None:
        """The review of this id, or None."""

    def list(self, statuses: Sequence[ReviewStatus], limit: int) -> list[Review]:
        """The reviews of these statuses, oldest first."""

    def latest(self, conversation: str) -> Review | None:
        """The newest review of a conversation, or None."""

    def decide(
        self, review: str, plan: Callable[[Case], Plan], seen: int | None, place: Place | None = None
    ) -> Review:
        """Carry out what `plan` makes of the case, in one transaction; gives the review as it is then.

        What `plan` raises undoes everything. Raises `BadInput` for an unknown review. What a `place` says that
        was heard before is not done again.
        """

    def say(
        self,
        conversation: str,
        line: Line,
        origin: str,
        letter: NewEffect | None,
        place: Place | None = None,
    ) -> Message | None:
        """A further message of a person; None, and nothing stored, unless one is in the conversation.

        What a `place` says that was heard before is not said again.
        """

    def interrupt(self, review: str) -> tuple[str, str, dict[str, str]] | None:
        """Conversation, interrupt and decision of a decided review whose graph still waits, else None."""

    def settled(self, review: str) -> None:
        """The graph of a decided review has gone on."""

    def remind_late(self, now: datetime, text: str) -> int:
        """Tell each customer whose promised time has passed, once ever; returns how many were told now."""

    def let_rest(self, before: datetime, text: str) -> int:
        """Resolve the conversations in which a person has said nothing since; returns how many."""


class Ledger(Protocol):
    """The numbers of the desk, counted from the log and the reviews."""

    def figures(self, since: datetime, until: datetime, people: People) -> DeskFigures:
        """The figures of a period, its days in the people's time zone."""


class Traces(Protocol):
    """How the answers of the last days came about."""

    def trace(self, trace: str) -> Trace | None:
        """The trace of this id, or None."""


class Warehouse(Protocol):
    """The orders, spend and the like of the business. Safe to share between threads."""

    def standing(self) -> Standing:
        """What is in the store now."""

    def reading(self) -> AbstractContextManager[Tables]:
        """The tables, for a while. A store that is locked or gone raises `Transient` or `Permanent`."""


@dataclass
class Services:
    """What a session works with; the heavy parts are built by their functions when first needed.

    `open_calibration` and `open_model_calibration` are called for every question and give the one in force; the
    others are called once.
    """

    home: Path
    policy: SupportPolicy
    log: ConversationLog
    reviews: ReviewBook
    ledger: Ledger
    entries: Entries
    privacy: PrivacyPolicy
    personal: PersonalData
    personal_files: PersonalFiles
    outbox: Outbox
    workers: Workers
    tickets: TicketDesk
    telemetry: Telemetry
    traces: Traces
    tallies: Tallies
    health: HealthFigures
    editions: Editions
    postings: Postings
    posted_messages: PostedMessages
    channel_book: ChannelBook
    channel_policy: ChannelPolicy
    campaigns: CampaignBook
    campaign_cards: CampaignCards
    campaign_orders: CampaignOrders
    send_list: SendList
    suppressions: Suppressions
    mail_outcomes: MailOutcomes
    link_keys: LinkKeys
    open_links: Callable[[], Links]
    open_campaign_mailer: Callable[[], CampaignMailer]
    open_campaign_policy: Callable[[], CampaignPolicy]
    open_channel: Callable[[], TeamChannel | None]
    open_report_channel: Callable[[], ReportChannel | None]
    open_campaign_channel: Callable[[], CampaignChannel | None]
    open_mailer: Callable[[], Mailer]
    open_team: Callable[[], Team]
    open_team_sessions: Callable[[], TeamSessions]
    open_embedder: Callable[[], Embedder]
    open_index: Callable[[Embedder], Index]
    open_models: Callable[[], ModelRoom]
    open_calibration: Callable[[], Calibration]
    open_model_calibration: Callable[[], Calibration]
    open_checkpoints: Callable[[], BaseCheckpointSaver[str]]
    open_warehouse: Callable[[], Warehouse]
    open_personal_business: Callable[[], PersonalBusiness]
    open_weekly_policy: Callable[[], WeeklyPolicy]
    closers: list[Callable[[], None]] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    public_url: str | None = None

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""
        while self.closers:
            self.closers.pop()()
