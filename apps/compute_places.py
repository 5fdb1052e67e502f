"""How many calls compute at the same time, whichever number waits for something."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ComputePlaces:
    """So many threads compute at once; one that only waits lets another have its place meanwhile."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Compute, once there is a place."""
        with self._free:
            yield

    @contextmanager
    def left(self) -> Iterator[None]:
        """Wait outside; the place that one has is given up for as long."""
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
