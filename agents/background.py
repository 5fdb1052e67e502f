"""An event loop in a thread, on which calls run that must be cut off when their time is over."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Generator
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from agents.lazy import Lazy
from agents.presence import Presence

Result = TypeVar("Result")


class Left(Exception):
    """The one for whom a call was made has left; it was cut off."""


class BackgroundLoop:
    """Runs coroutines for callers that wait; `close` cuts off what still runs.

    All of a process share one loop, which begins with the first call: vendors' libraries keep their connections for
    the whole process, and a connection knows only the loop on which it was made.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Future[Any]] = set()

    def run(
        self, work: Coroutine[Any, Any, Result], seconds: float, presence: Presence | None = None
    ) -> Result:
        """The result of `work`; cancelled after `seconds` (`TimeoutError`), or when they leave (`Left`)."""
        future = self._begin(asyncio.wait_for(work, max(0.001, seconds)))
        stay = _cancelled_by(presence, future)
        try:
            return future.result()
        except CancelledError as error:
            raise Left from error
        finally:
            stay()
            future.cancel()

    def stream(
        self, items: AsyncIterator[Result], seconds: float, presence: Presence | None = None
    ) -> Generator[list[Result], None, None]:
        """What `items` yields, as it comes, all that has come meanwhile at once; on the caller's thread.

        Raises as `run` does. A caller that closes the iterator early cancels what still runs.
        """
        came: queue.SimpleQueue[Result | _End] = queue.SimpleQueue()

        async def pump() -> None:
            async with asyncio.timeout(max(0.001, seconds)):
                async for item in items:
                    came.put(item)

        future = self._begin(pump())
        future.add_done_callback(lambda _: came.put(_END))
        stay = _cancelled_by(presence, future)
        try:
            ended = False
            while not ended:
                batch = _all(came)
                ended = batch[-1] is _END
                yield [item for item in batch if not isinstance(item, _End)]
            future.result()
        except CancelledError as error:
            raise Left from error
        finally:
            stay()
            future.cancel()

    def _begin(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        future = asyncio.run_coroutine_threadsafe(work, _LOOP())
        with self._lock:
            self._running.add(future)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Any]) -> None:
        with self._lock:
            self._running.discard(future)

    def close(self) -> None:
        """Cut off what still runs."""
        with self._lock:
            running = list(self._running)
        for future in running:
            future.cancel()


def _start() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="models", daemon=True).start()
    return loop


_LOOP = Lazy(_start)


class _End:
    """Marks the end of what came."""


_END = _End()


def _all(came: queue.SimpleQueue[Any]) -> list[Any]:
    """What has come, at least one."""
    batch = [came.get()]
    while batch[-1] is not _END:
        try:
            batch.append(came.get_nowait())
        except queue.Empty:
            break
    return batch


def _cancelled_by(presence: Presence | None, future: Future[Any]) -> Any:
    return (lambda: None) if presence is None else presence.on_leave(future.cancel)
