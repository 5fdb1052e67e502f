"""How often somebody may knock in a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final

from cachetools import TTLCache

_MINUTE: Final = 60.0
_REMEMBERED: Final = 50_000  # of whom it is known how often they came; a flood pushes out the oldest


class Allowance:
    """Counts calls by who makes them, each minute anew. Safe between threads; each process counts for itself."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: TTLCache[Hashable, int] = TTLCache(_REMEMBERED, ttl=2 * _MINUTE, timer=clock)

    def take(self, who: Hashable) -> bool:
        """Whether this call may go on."""
        slot = (who, int(self._clock() // _MINUTE))
        with self._lock:
            count = self._counts.get(slot, 0) + 1
            self._counts[slot] = count
        return count <= self._a_minute
