"""What changes while pages are open: one look at the database wakes the pages that it concerns.

The database is the only channel between processes, so that an answer given by a command, a worker or another
server is noticed like one of our own. Listeners cost no thread; nothing is polled while nobody listens.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
import anyio.to_thread

from agents.domain import Changes
from agents.errors import DeskError

log = logging.getLogger(__name__)

EVERY: Final = 0.4
"""Seconds between two looks at the database."""

PAUSE: Final = 2.0
"""Seconds until the next look after one that failed."""

REMEMBERED: Final = 20_000
"""Of how many conversations it is remembered whose they are."""


class Listener:
    """One open page; `changed` gathers the conversations in which something happened since it last waited."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._changed: set[str] = set()
        self.closed = False

    async def wait(self, seconds: float) -> set[str]:
        """Wait for a change at most so long; gives the conversations, none where the time is up."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return set()
        self._event.clear()
        changed, self._changed = self._changed, set()
        return changed

    def wake(self, conversation: str) -> None:
        """Something happened; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._note, conversation)

    def close(self) -> None:
        """End the waiting for good; may be called from any thread."""
        self.closed = True
        self._loop.call_soon_threadsafe(self._event.set)

    def _note(self, conversation: str) -> None:
        self._changed.add(conversation)
        self._event.set()


class Live:
    """The listeners of a process. `look` gives what changed since a cursor, as `Session.changes` does."""

    def __init__(self, look: Callable[[int], Changes]) -> None:
        self._look = look
        self._watchers: set[Listener] = set()
        self._visitors: dict[str, set[Listener]] = {}
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._poll: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._closed = False

    @contextmanager
    def everything(self) -> Iterator[Listener]:
        """Listen to all conversations."""
        with self._listening(self._watchers) as listener:
            yield listener

    @contextmanager
    def of_visitor(self, visitor: str) -> Iterator[Listener]:
        """Listen to the conversations of a visitor, as far as `belongs` has told of them."""
        with self._listening(self._visitors.setdefault(visitor, set())) as listener:
            try:
                yield listener
            finally:
                if self._visitors.get(visitor) == {listener}:
                    del self._visitors[visitor]

    async def ready(self) -> None:
        """Wait until every change from now on will be noticed."""
        await self._ready.wait()

    def belongs(self, conversation: str, visitor: str) -> None:
        """Tell whose a conversation is, so that its changes reach that visitor's pages."""
        self._owners[conversation] = visitor
        self._owners.move_to_end(conversation)
        while len(self._owners) > REMEMBERED:
            self._owners.popitem(last=False)

    def wake_visitor(self, visitor: str) -> None:
        """Let a visitor's pages look again; may be called from any thread."""
        for listener in tuple(self._visitors.get(visitor, ())):
            listener.wake("")

    def close(self) -> None:
        """Send all listeners home: the server stops."""
        self._closed = True
        for listener in self._everybody():
            listener.close()

    def _everybody(self) -> list[Listener]:
        pages = [listener for listeners in tuple(self._visitors.values()) for listener in tuple(listeners)]
        return [*self._watchers, *pages]

    @contextmanager
    def _listening(self, listeners: set[Listener]) -> Iterator[Listener]:
        listener = Listener()
        listener.closed = self._closed
        listeners.add(listener)
        if self._poll is None or self._poll.done():
            self._ready.clear()
            self._poll = asyncio.get_running_loop().create_task(self._keep_looking())
        try:
            yield listener
        finally:
            listeners.discard(listener)

    async def _keep_looking(self) -> None:
        try:
            await self._look_until_nobody_listens()
        finally:
            self._ready.set()

    async def _look_until_nobody_listens(self) -> None:
        thread = anyio.CapacityLimiter(1)
        cursor = -1
        while self._everybody() and not self._closed:
            try:
                changes = await anyio.to_thread.run_sync(self._look, cursor, limiter=thread)
            except DeskError as error:
                log.warning("What changed cannot be told just now: %s", error)
                await asyncio.sleep(PAUSE)
                continue
            cursor = changes.cursor
            self._ready.set()
            for conversation in changes.conversations:
                self._tell(conversation)
            await asyncio.sleep(EVERY)

    def _tell(self, conversation: str) -> None:
        owner = self._owners.get(conversation)
        pages = self._visitors.get(owner, set()) if owner else set()
        for listener in (*self._watchers, *pages):
            listener.wake(conversation)
