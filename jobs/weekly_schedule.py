"""Asks for the weekly report when its time has come, once, whoever notices first."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from agents.errors import BadInput
from agents.ports import Services
from agents.session import Session
from agents.weekly.posting import Posting
from agents.weekly.schedule import last_moment

LOOK: Final = 20.0
"""Seconds between two looks at the clock."""

AGAIN_AFTER: Final = timedelta(minutes=10)
"""Between two looks for business data on a day on which there were none."""

log = logging.getLogger(__name__)


class WeeklySchedule:
    """Looks at the clock. Every process with jobs may: a report is named by its day, so there is one.

    A time that was missed is made up for until the next one comes. What was before the desk first ran was not
    missed. Where there are no data, they are looked for until the day is over.
    """

    def __init__(self, session: Session, services: Services) -> None:
        """Ask for nothing yet."""
        self._session, self._services = session, services
        self._not_before: datetime | None = None

    def look(self) -> None:
        """Ask for the report if its time has come."""
        now = self._services.now()
        moment = last_moment(self._services.open_weekly_policy(), now)
        known = self._services.postings.scheduled()
        if known is not None and known.as_of >= moment.date():
            return
        channel = self._services.open_report_channel()
        posting = Posting(
            id=f"w-{moment:%Y%m%d}",
            as_of=moment.date(),
            by="the schedule",
            origin="schedule",
            channel=None if channel is None else channel.usual,
            due=moment,
            created=now,
        )
        if known is None:
            self._skip(posting, "its time was before the desk first ran")
        elif self._has_data(posting, now):
            self._services.postings.add(posting)

    def _has_data(self, posting: Posting, now: datetime) -> bool:
        """Whether there is something to report on; without, it is looked for later, and on the next day no more."""
        if self._not_before is not None and now < self._not_before:
            return False
        try:
            self._session.weekly.check(posting.as_of)
        except BadInput as error:
            zone = posting.due.tzinfo if posting.due else None
            if now.astimezone(zone).date() > posting.as_of:
                self._skip(posting, str(error))
                self._not_before = None
                return False
            if self._not_before is None:
                log.info("The weekly report of %s waits: %s", posting.as_of, error)
            self._not_before = now + AGAIN_AFTER
            return False
        self._not_before = None
        return True

    def _skip(self, posting: Posting, reason: str) -> None:
        self._services.postings.add(posting.model_copy(update={"state": "skipped", "reason": reason}))
