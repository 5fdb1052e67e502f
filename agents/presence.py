"""Whether the one for whom something is being written is still there."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Presence:
    """Somebody who waits for an answer and may leave, once and for good. Safe between threads."""

    def __init__(self) -> None:
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._told: dict[object, Callable[[], object]] = {}

    @property
    def gone(self) -> bool:
        """Whether they have left."""
        return self._left.is_set()

    def leave(self) -> None:
        """They have left: everybody who asked to be told is told now, on this thread."""
        with self._lock:
            self._left.set()
            told, self._told = list(self._told.values()), {}
        for callback in told:
            callback()

    def on_leave(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call back once when they leave, at once where they have left; what is returned takes that back."""
        place = object()
        with self._lock:
            if not self.gone:
                self._told[place] = callback
                return lambda: self._forget(place)
        callback()
        return lambda: None

    def wait(self, seconds: float) -> bool:
        """Let time pass, less where they leave meanwhile; gives whether they have left."""
        return self._left.wait(seconds)

    def _forget(self, place: object) -> None:
        with self._lock:
            self._told.pop(place, None)
