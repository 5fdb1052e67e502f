"""Makes the weekly reports that were asked for, and shows them in their channels."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from agents.domain import Place
from agents.effects import Effect
from agents.errors import BadInput, ChannelClosed, DeskError, Permanent
from agents.ports import Services
from agents.session import Session
from agents.weekly.edition import Edition
from agents.weekly.posting import (
    DETAILS,
    NotMade,
    Posting,
    ReportChannel,
    SharedFile,
    ShownDetail,
    ShownReport,
    Working,
)
from agents.weekly.report import WeeklyProgress
from jobs.attempts import attempt
from jobs.standing_views import StandingViews
from jobs.watching import watched

PACE: Final = 1.5
"""Seconds between two changes of the message while the report is made; Slack takes fifty a minute."""

CHART_ATTEMPTS: Final = 3
"""After so many the report stands without its charts."""

log = logging.getLogger(__name__)


class WeeklyPosts:
    """Brings a posting to its end from wherever it was left.

    Its messages are `StandingViews`, and the report bears the posting's id, so that each is made once.
    """

    def __init__(
        self, session: Session, services: Services, channel: ReportChannel | None, pace: float = PACE
    ) -> None:
        """Make nothing yet; without a channel, reports that are shown nowhere can be made."""
        self._session, self._services, self._channel, self._pace = session, services, channel, pace
        self._postings, self._now = services.postings, services.now

    def deliver(self, effect: Effect) -> None:
        """Make the report that an effect asks for, and show it where it is to be shown; nothing where it is."""
        posting = self._postings.posting(effect.payload["posting"])
        if posting is None or posting.state in ("done", "skipped"):
            return  # one that has failed was told to be tried again
        failed = partial(self._postings.settle, posting.id, "failed")
        with attempt(effect, self._session.policy.delivery, failed) as last:
            self._bring_to_its_end(posting, effect.attempts, last=last)

    def _bring_to_its_end(self, posting: Posting, attempts: int, *, last: bool) -> None:
        shown = None
        if posting.channel is not None and self._channel is not None:
            shown = _Showing(posting, posting.channel, self._channel, self._services)
            self._begin(shown, posting)
        try:
            edition = self._made(posting, shown)
        except BadInput as error:
            if shown is not None:
                shown.say_there_is_none(str(error))
            self._postings.settle(posting.id, "failed", str(error))
            return
        except DeskError as error:
            if shown is not None:
                shown.say_it_waits(str(error), gives_up=last or isinstance(error, Permanent))
            raise
        if shown is not None:
            shown.report(edition, with_charts=attempts < CHART_ATTEMPTS)
        self._postings.settle(posting.id, "done")

    def _begin(self, shown: _Showing, posting: Posting) -> None:
        try:
            shown.begin()
        except DeskError:
            if posting.origin == "schedule":
                self._made(posting, None)  # the control room has it, whatever is with Slack
            raise

    def _made(self, posting: Posting, shown: _Showing | None) -> Edition:
        """The report of a posting; while it is made, its message tells how far it is."""
        show = None if shown is None else shown.progress
        with watched("The progress of the weekly report", show, self._pace) as tell:
            return self._session.weekly.make(
                posting.as_of, tell, by=posting.by, origin=posting.origin, name=posting.id
            )


class _Showing:
    """One posting in its channel."""

    def __init__(self, posting: Posting, wanted: str, channel: ReportChannel, services: Services) -> None:
        self._posting, self._channel = posting, channel
        self._posted, self._now = services.posted_messages, services.now
        self._views = StandingViews(channel, wanted, posting.id, services.posted_messages, services.now)
        self._key = f"weekly:{posting.id}"
        self._view = Working(as_of=posting.as_of, by=posting.by)
        self._place: Place | None = None

    @property
    def place(self) -> Place:
        """Where the report stands."""
        if self._place is None:
            raise RuntimeError("nothing was posted yet")
        return self._place

    def begin(self) -> None:
        """Post the message that will become the report, unless it is there."""
        try:
            self._place = self._views.stand(self._key, self._view)
        except ChannelClosed as error:
            if self._posting.origin == "schedule":
                raise  # somebody will mend it, and the team expects the report
            raise Permanent(str(error)) from error

    def progress(self, steps: tuple[WeeklyProgress, ...]) -> None:
        """Let the message tell how far the specialists are."""
        self._view = self._view.model_copy(update={"steps": steps})
        self._channel.update(self.place, self._key, self._view)

    def say_there_is_none(self, reason: str) -> None:
        """The message says why there is no report."""
        view = NotMade(as_of=self._posting.as_of, reason=reason)
        self._channel.update(self.place, self._key, view)

    def say_it_waits(self, reason: str, *, gives_up: bool) -> None:
        """The message says what keeps the report waiting."""
        if gives_up:
            self.say_there_is_none(reason)
            return
        self._channel.update(self.place, self._key, self._view.model_copy(update={"trouble": reason}))

    def report(self, edition: Edition, *, with_charts: bool) -> None:
        """The message becomes the report, and its thread is filled; nothing more where somebody has deleted it."""
        view = ShownReport(edition=edition)
        if not self._channel.update(self.place, self._key, view):
            return
        thread = self.place.thread or self.place.message
        details = [
            self._views.stand(f"{self._key}:{name}", ShownDetail(edition=edition, name=name), thread)
            for name in DETAILS
        ]
        charts, note = self._charts(edition) if with_charts else ({}, "the files were not taken in time")
        whole = view.model_copy(
            update={"thread": self._channel.link(details[0]), "charts": charts, "note": note}
        )
        try:
            self._channel.update(self.place, self._key, whole)
        except Permanent as error:
            # Slack takes no picture that it has not finished with; the thread shows it all the same.
            log.warning("The report %s shows no charts: %s", edition.id, error)
            self._channel.update(self.place, self._key, whole.model_copy(update={"charts": {}}))

    def _charts(self, edition: Edition) -> tuple[Mapping[str, str], str | None]:
        """The charts in the thread, as files by their names; or why there are none."""
        files = dict(_drawn(edition))
        if not files:
            return {}, None
        key = f"{self._key}:charts"
        noted = self._posted.message(self._posting.id, key)
        names = [file.name for file in files.values()]
        try:
            there = self._channel.shared(self.place, names) if noted.tried else {}
            missing = [file for file in files.values() if file.name not in there]
            if missing:
                self._posted.tried(key, self._now())
                title = f"Charts of the week from {edition.report.period.start}"
                there = {**there, **self._channel.share(self.place, title, missing)}
        except (ChannelClosed, Permanent) as error:
            log.warning("The report %s has no charts in Slack: %s", edition.id, error)
            return {}, str(error)
        return {name: there[file.name] for name, file in files.items() if file.name in there}, None


def _drawn(edition: Edition) -> Iterator[tuple[str, SharedFile]]:
    """Every chart of a report as a picture."""
    from analytics.charts import CHARTS, png  # noqa: PLC0415 - Altair takes a second

    for name, draw in CHARTS.items():
        rows = edition.rows.get(name)
        if rows:
            chart = draw(rows, edition.report.currency)
            yield name, SharedFile(f"{edition.id}-{name}.png", str(chart["title"]), png(chart))
