"""A circuit breaker: a model that fails again and again is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Closed until `failures` in a row; then open for `rest_seconds`; then one call tries. Safe between threads."""

    def __init__(
        self, failures: int, rest_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures = failures
        self._rest = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> State:
        """Whether calls pass (closed), do not (open), or one may try (half-open)."""
        with self._lock:
            return self._state()

    @property
    def failures(self) -> int:
        """How many calls in a row were not answered."""
        with self._lock:
            return self._in_a_row

    @property
    def open_seconds(self) -> float | None:
        """For how long it has been open; None where it is closed."""
        with self._lock:
            return None if self._opened is None else self._clock() - self._opened

    def _state(self) -> State:
        if self._opened is None:
            return "closed"
        return "half-open" if self._clock() - self._opened >= self._rest else "open"

    def admits(self) -> bool:
        """Whether a call may be made now; after a rest only one caller is told yes."""
        with self._lock:
            state = self._state()
            if state == "half-open" and not self._trying:
                self._trying = True
                return True
            return state == "closed"

    def succeeded(self) -> None:
        """A call was answered."""
        with self._lock:
            self._in_a_row, self._opened, self._trying = 0, None, False

    def failed(self) -> None:
        """A call was not answered."""
        with self._lock:
            self._in_a_row += 1
            if self._trying or self._in_a_row >= self._failures:
                self._opened = self._clock()
            self._trying = False

    def withdrawn(self) -> None:
        """An admitted call told nothing about the model; the next one may try."""
        with self._lock:
            self._trying = False
