"""The team's channel: what stands there about a case, as values, and the ports through which it gets there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from agents.domain import Place, ReviewStatus, Role, Value, Verb

NoteKind = Literal["card", "line", "offer", "reminder"]


class CardSource(Value):
    """A place in the documents that the draft quotes; `link` where customers reach the documents by the web."""

    title: str
    section: str
    link: str | None = None


class Card(Value):
    """A case as it stands now. All of it may be seen in the channel: personal data are masked before.

    `joined` is who is in the conversation; `seen` the last message there was when this was read.
    """

    review: str
    question: str
    draft: str
    reason: str
    confidence: float
    confidence_word: str
    sources: tuple[CardSource, ...] = ()
    contact: str | None = None
    opened: datetime
    due: datetime
    status: ReviewStatus
    by: str | None = None
    verb: Verb | None = None
    decided: datetime | None = None
    joined: str | None = None
    seen: int = 0
    zone: str = "UTC"
    """What people call the time zone that `opened` and `due` are in."""
    room: str | None = None
    """Where the control room shows the case."""


class ThreadLine(Value):
    """What a customer or a person has said, for the thread of its case."""

    role: Role
    text: str
    by: str | None = None


class Offer(Value):
    """What may be learned from an answer, and what became of it; the words are masked."""

    entry: int
    question: str
    answer: str
    personal: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    status: Literal["proposed", "accepted", "dismissed", "withdrawn"]
    by: str | None = None
    undo: bool = False
    note: str = ""


class Reminder(Value):
    """A customer waits too long; `people` are the members to be mentioned."""

    text: str
    people: tuple[str, ...] = ()


Note = Card | ThreadLine | Offer | Reminder


class ChannelMessage(Value):
    """A message of ours in the channel: `tried` while it may or may not be there, `place` once it is.

    `shown` is the mark of what it shows. A `line` or an `offer` is about the message or entry `subject`.
    """

    key: str
    kind: NoteKind
    conversation: str
    episode: int
    review: str | None = None
    subject: int | None = None
    place: Place | None = None
    tried: datetime | None = None
    shown: str | None = None


class ChannelStanding(Value):
    """To which channel cases go, since when, and how it goes: `trouble` is why the oldest one waits."""

    channel: str
    since: datetime
    waiting: int = 0
    trouble: str | None = None


class Heard(Value):
    """What a member of the team has written in the thread of a case."""

    effect: int
    place: Place
    member: str
    text: str


class TeamChannel(Protocol):
    """The channel at its vendor. Every method raises `Transient` where trying again may help.

    `Throttled` and `ChannelClosed` say that nothing was posted; after any other failure it may have been.
    """

    @property
    def channel(self) -> str:
        """Its id."""

    def post(self, key: str, note: Note, thread: str | None) -> Place:
        """Post a note, in a thread where one is given, so that `find` knows it by `key`."""

    def update(self, place: Place, key: str, note: Note) -> None:
        """Let a message show this note instead; nothing where somebody has deleted it."""

    def erase(self, place: Place) -> None:
        """Delete a message of ours; nothing where it is gone."""

    def find(self, key: str, since: datetime, thread: str | None) -> Place | None:
        """Where a note stands that was posted after a moment, or None."""

    def mark(self, place: Place) -> None:
        """Show that what stands there has reached the customer; a second time changes nothing."""

    def whisper(self, place: Place, member: str, text: str) -> None:
        """Tell one member something beside a message; nobody else sees it."""

    def name_of(self, member: str) -> str:
        """The full name of a member, as it stands under an answer."""

    def may_answer(self, member: str) -> bool:
        """Whether the policy lets this member answer customers."""

    def describe(self) -> str:
        """Where it is, in words."""

    def check(self) -> None:
        """Raises what would keep a card from appearing just now; posts nothing."""


class ChannelBook(Protocol):
    """Which message of the channel stands for what. Safe to share between threads and processes."""

    def turn_on(self, channel: str, now: datetime) -> None:
        """From now on cases go to this channel; those that are open and not there yet go now."""

    def turn_off(self) -> None:
        """Nothing goes there any more; what still waits is let go of."""

    def standing(self) -> ChannelStanding | None:
        """The channel that cases go to, or None."""

    def take(self, review: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold a case, so that nobody else works on its messages before `until`; False where somebody does."""

    def release(self, holder: str) -> None:
        """Let go of what somebody holds."""

    def messages(self, conversation: str, episode: int) -> Sequence[ChannelMessage]:
        """The messages of an episode, posted or to be posted, in order."""

    def add(self, message: ChannelMessage) -> ChannelMessage:
        """A message to be posted; the one of this key that is there stands."""

    def tried(self, key: str, at: datetime | None) -> None:
        """It is being posted now, and may be there from now on; None: it is not there."""

    def posted(self, key: str, place: Place, shown: str | None) -> None:
        """It stands there and shows this."""

    def wake(self, review: str, at: datetime) -> None:
        """Bring a case up to date then; once for a moment."""

    def case_of(self, channel: str, thread: str) -> tuple[str, str] | None:
        """Conversation and newest review of the case whose thread this is, or None."""

    def hear(self, place: Place, member: str, text: str, now: datetime) -> Heard | None:
        """Keep what was written in a thread until it has reached the customer; None where it was heard before."""

    def first_time(self, event: str, now: datetime) -> bool:
        """Whether an event comes for the first time; of two processes that ask, one is told True."""
