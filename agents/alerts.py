"""What the team must be told at once, once for all processes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from agents.domain import Value
from agents.errors import DeskError

log = logging.getLogger(__name__)


class Alert(Value):
    """A sentence for the team; of two with one key, the first counts."""

    key: str
    at: datetime
    sentence: str


class Alerts(Protocol):
    """The alerts that there were, of all processes."""

    def claim(self, alert: Alert) -> bool:
        """Keep an alert. False where one of its key is kept already: somebody else has told."""


def tell_log(alert: Alert) -> None:
    """Tell whoever reads the log."""
    log.error(alert.sentence)


class Alarm:
    """Tells the team something once a day, whichever process notices first; `tell` is the way to the team."""

    def __init__(
        self, alerts: Alerts, now: Callable[[], datetime], tell: Callable[[Alert], None] = tell_log
    ) -> None:
        self._alerts = alerts
        self._now = now
        self._tell = tell
        self._raised: set[str] = set()

    def ring(self, about: str, sentence: str) -> None:
        """Tell the team, unless they were told of it today (UTC)."""
        now = self._now()
        alert = Alert(key=f"{now:%F} {about}", at=now, sentence=sentence)
        if alert.key in self._raised:
            return
        self._raised.add(alert.key)
        try:
            first = self._alerts.claim(alert)
        except DeskError as error:
            log.warning("Whether others have told the team is not known: %s", error)
            first = True
        if first:
            self._tell(alert)
