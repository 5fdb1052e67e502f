"""A report that is to be made, and shown in a channel: asked for once, made once, shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, Protocol

from agents.domain import Place, Value
from agents.posted import ViewChannel
from agents.weekly.edition import Edition, Origin
from agents.weekly.report import WeeklyProgress

PostingState = Literal["waiting", "done", "failed", "skipped"]
DetailName = Literal["texts", "numbers", "customers"]
DETAILS: Final[tuple[DetailName, ...]] = ("texts", "numbers", "customers")
"""What the thread under a report holds, a message each, in this order."""


class Posting(Value):
    """A report that somebody, or the schedule, has asked for; the report will bear its id.

    Without a channel it is made and kept, and shown nowhere. `due` is the moment of a scheduled one. `reason` says
    why one failed or was skipped.
    """

    id: str
    as_of: date
    by: str
    origin: Origin
    channel: str | None = None
    due: datetime | None = None
    created: datetime
    state: PostingState = "waiting"
    reason: str | None = None


class ReportAction(Value):
    """A further button under a report: `action` is what its press is called.

    In `label`, `{at_risk}` stands for how many customers are at risk; where nobody is, the button is not shown.
    """

    action: str
    label: str


REPORT_ACTIONS: Final[tuple[ReportAction, ...]] = (
    ReportAction(action="campaign_at_risk", label="Draft win-back for {at_risk}"),
)
"""What can be begun from a report: a line here, and a listener for its action in the bot."""


class Working(Value):
    """The report is being made: how far each specialist is, or what keeps it waiting."""

    as_of: date
    by: str
    steps: tuple[WeeklyProgress, ...] = ()
    trouble: str | None = None


class NotMade(Value):
    """There will be no report, and why."""

    as_of: date
    reason: str


class ShownReport(Value):
    """The report itself. `thread` leads to its details; `charts` are files by the charts' names.

    `note` says why there are no charts.
    """

    edition: Edition
    thread: str | None = None
    charts: Mapping[str, str] = {}
    note: str | None = None


class ShownDetail(Value):
    """One message of the thread under a report."""

    edition: Edition
    name: DetailName


View = Working | NotMade | ShownReport | ShownDetail


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file for a thread; its `name` is the same whenever it is shared."""

    name: str
    title: str
    content: bytes


class ReportChannel(ViewChannel[View], Protocol):
    """Where reports are shown, with files in their threads."""

    def share(self, place: Place, title: str, files: Sequence[SharedFile]) -> Mapping[str, str]:
        """Put files under a title into the thread of a message; gives their ids by name.

        Raises `Permanent` where files are not taken.
        """

    def shared(self, place: Place, names: Sequence[str]) -> Mapping[str, str]:
        """Those of the files that are in the thread of a message already, their ids by name."""

    def link(self, place: Place) -> str | None:
        """The address of a message, or None where it cannot be had."""


class Postings(Protocol):
    """The reports that were asked for. Safe to share between threads and processes."""

    def add(self, posting: Posting) -> Posting:
        """Have a report made and shown; gives the posting that stands.

        That is another one where this id is known already, or where one of this day is under way in the channel.
        """

    def posting(self, posting: str) -> Posting | None:
        """The posting of this id, or None."""

    def scheduled(self) -> Posting | None:
        """The last one that the schedule has asked for, or None."""

    def settle(self, posting: str, state: PostingState, reason: str | None = None) -> None:
        """It has come to an end."""
