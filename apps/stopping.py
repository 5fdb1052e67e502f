"""How a process that runs until it is told to stop hears of it."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Final

STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def stop_signals() -> Iterator[Callable[[], None]]:
    """Within the block SIGINT and SIGTERM end the wait that it gives, also one that begins after them.

    Whoever tells it a second time does not want to wait: then the process ends at once.
    """
    # Not an Event: a handler of Python's runs only when the main thread does, and a wait for a lock goes on where the
    # signal came a moment before it, or to another thread. The byte in a wake-up socket is written at once.
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        before = signal.set_wakeup_fd(theirs.fileno())
        for each in STOPPING:
            signal.signal(each, lambda *_: None)

        def wait() -> None:
            while ours.recv(1)[0] not in STOPPING:
                pass
            for each in STOPPING:
                signal.signal(each, signal.SIG_DFL)

        try:
            yield wait
        finally:
            signal.set_wakeup_fd(before)
