"""Keeps what the desk sees of itself, in the background: traces, calls to models, texts of models.

Whoever has something to tell puts it into a queue and goes on. One thread hands what has come in to the sinks about
twice a second, and once more when the process ends. What a killed process has not handed on yet is lost.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from agents.errors import DeskError
from agents.models.calls import ModelCall, ModelText
from agents.tracing import Fact, Part, Trace, Underway

EVERY = 0.5  # seconds between two hand-overs
AT_ONCE = 500
MOST_WAITING = 20_000
"""So much is kept while a sink is slow; what comes then is dropped, for customers come first."""

log = logging.getLogger(__name__)

Seen = Trace | ModelCall | ModelText


class Sink(Protocol):
    """Where what was seen goes."""

    def take(self, seen: Sequence[Seen]) -> None:
        """Keep it, or send it on. Raises `DeskError` where that cannot be done just now."""

    def close(self) -> None:
        """Send on what is held back, within seconds."""


class Telemetry:
    """Takes what threads have to tell; opens the sinks, and its own thread, when there is something."""

    def __init__(self, open_sinks: Callable[[], Sequence[Sink]], most_waiting: int = MOST_WAITING) -> None:
        """Open nothing yet."""
        self._open_sinks, self._most_waiting = open_sinks, most_waiting
        self._waiting: queue.SimpleQueue[Underway | ModelCall | ModelText | threading.Event] = (
            queue.SimpleQueue()
        )
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._trouble: str | None = None

    def trace(self, name: str, conversation: str | None = None, **facts: Fact) -> Part:
        """A new trace, to be used in a `with`; parts below it on this thread belong to it."""
        return Part(name, facts, Underway(secrets.token_hex(16), conversation, datetime.now(UTC), self.see))

    def see(self, seen: Underway | ModelCall | ModelText) -> None:
        """Keep this soon."""
        if self._waiting.qsize() >= self._most_waiting:
            return
        self._waiting.put(seen)
        if self._thread is None:
            self._start()

    def flush(self, seconds: float = 5.0) -> None:
        """Return once everything seen so far has been handed on, or after so many seconds."""
        if self._thread is not None:
            done = threading.Event()
            self._waiting.put(done)
            done.wait(seconds)

    def close(self) -> None:
        """Hand on what is left, and end the thread; what is seen later begins another."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._closing = True
        if thread is not None:
            self._waiting.put(threading.Event())
            thread.join(10)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._closing = False
                self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        sinks = self._open_sinks()
        while not (self._closing and self._waiting.empty()):
            batch, told = self._next_batch()
            for sink in sinks:
                self._hand_on(sink, batch)
            for event in told:
                event.set()
        for sink in sinks:
            sink.close()

    def _next_batch(self) -> tuple[list[Seen], list[threading.Event]]:
        """What has come in half a second, sooner where somebody waits for it."""
        batch: list[Seen] = []
        told: list[threading.Event] = []
        until: float | None = None
        while len(batch) < AT_ONCE and not told:
            try:
                one = self._waiting.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            until = until or time.monotonic() + EVERY
            if isinstance(one, threading.Event):
                told.append(one)
            else:
                batch.append(one.finished() if isinstance(one, Underway) else one)
        return batch, told

    def _hand_on(self, sink: Sink, batch: list[Seen]) -> None:
        if not batch:
            return
        try:
            sink.take(batch)
        except DeskError as error:
            # A database that is away for an hour is one line in the log, not two a second.
            if str(error) != self._trouble:
                log.warning("What the desk sees of itself cannot be kept: %s", error)
            self._trouble = str(error)
        except Exception:  # the thread has to live on
            log.exception("What the desk sees of itself cannot be kept")
        else:
            self._trouble = None
