"""One event loop in a thread, on which calls run that must be cut off when their time is over."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from agents.presence import Presence

Result = TypeVar("Result")


class Left(Exception):
    """The one for whom a call was made has left; it was cut off."""


class BackgroundLoop:
    """Runs coroutines for callers that wait; started by the first, ended by `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(
        self, work: Coroutine[Any, Any, Result], seconds: float, presence: Presence | None = None
    ) -> Result:
        """The result of `work`; cancelled after `seconds` (`TimeoutError`), or when they leave (`Left`)."""
        future = asyncio.run_coroutine_threadsafe(
            asyncio.wait_for(work, max(0.001, seconds)), self._started()
        )
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
    ) -> Iterator[list[Result]]:
        """What `items` yields, as it comes, all that has come meanwhile at once; on the caller's thread.

        Raises as `run` does. A caller that closes the iterator early cancels what still runs.
        """
        came: queue.SimpleQueue[Result | _End] = queue.SimpleQueue()

        async def pump() -> None:
            async with asyncio.timeout(max(0.001, seconds)):
                async for item in items:
                    came.put(item)

        future = asyncio.run_coroutine_threadsafe(pump(), self._started())
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

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="models", daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """Stop the loop; what still runs is cancelled."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(_stop, loop)
        thread.join()
        loop.close()


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


def _stop(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_soon(loop.stop)
