"""Something that is done again and again in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from agents.errors import DeskError

log = logging.getLogger(__name__)


class Ticker:
    """Calls `work` at once and then every so many seconds, whatever it raises, until it is stopped."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        """Start nothing yet."""
        self._name, self._seconds, self._work = name, seconds, work
        self._stopping = threading.Event()
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def tell_to_stop(self) -> None:
        """Let the call in progress be the last."""
        self._stopping.set()

    def join(self, seconds: float) -> None:
        """Wait for the last call."""
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._once()
            self._stopping.wait(self._seconds)

    def _once(self) -> None:
        try:
            self._work()
        except DeskError as error:
            # A database that is away for an hour is one line in the log, not one a second.
            if str(error) != self._trouble:
                log.warning("%s: %s", self._name, error)
            self._trouble = str(error)
        except Exception:  # the thread has to live on
            log.exception("%s failed and goes on", self._name)
        else:
            self._trouble = None
