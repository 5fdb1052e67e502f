"""The daily budget of all models together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from agents.alerts import Alarm
from agents.models.calls import ModelCalls, NoWords
from agents.models.policy import Budget

FRESH_SECONDS = 2.0  # what other processes spend is looked up this often at most


class DailyBudget:
    """What was spent today (UTC), by all processes on one database; `alarm` tells people when it runs out."""

    def __init__(
        self,
        budget: Callable[[], Budget],
        calls: ModelCalls,
        now: Callable[[], datetime],
        alarm: Alarm,
    ) -> None:
        self._budget = budget
        self._calls = calls
        self._now = now
        self._alarm = alarm
        self._lock = threading.Lock()
        self._day: datetime | None = None
        self._looked = 0.0
        self._spent = 0

    def charge(self, micro_dollars: int) -> None:
        """A call has cost so much."""
        with self._lock:
            self._spent += micro_dollars

    def spent(self) -> int:
        """Millionths of a dollar spent today; those of other processes a moment late."""
        today = self._now().replace(hour=0, minute=0, second=0, microsecond=0)
        with self._lock:
            if today != self._day or time.monotonic() - self._looked > FRESH_SECONDS:
                self._spent = self._calls.spent(today)
                self._day, self._looked = today, time.monotonic()
            return self._spent

    def check(self) -> None:
        """Raise `NoWords` where the day's budget is used up; people are told before."""
        budget, spent = self._budget(), self.spent() / 1_000_000
        if spent >= budget.warn_at * budget.usd_a_day:
            self._alarm.ring("budget", f"Models have cost ${spent:.2f} of ${budget.usd_a_day:.2f} today.")
        if spent >= budget.usd_a_day:
            raise NoWords("budget", f"${spent:.2f} of ${budget.usd_a_day:.2f} spent today")
