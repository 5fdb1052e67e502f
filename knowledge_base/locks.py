"""Locks between processes that the operating system frees when their holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.05


class Held(Exception):
    """Somebody else holds the lock; `holder` says who, as far as they left word."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def exclusive(
    path: Path, *, wait_seconds: float, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Holds the lock at `path`. Calls `on_wait(holder)` once if it has to wait; raises Held in the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    waited = False
    with path.open("a+") as file:
        while not _try(file.fileno(), fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                raise Held(_holder(path))
            if on_wait and not waited:
                on_wait(_holder(path))
            waited = True
            time.sleep(_POLL_SECONDS)
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "since": time.strftime("%H:%M:%S")}))
        file.flush()
        yield


class SharedLock:
    """Marks a folder as in use by this process until `release`."""

    def __init__(self, path: Path) -> None:
        """Raises FileNotFoundError where the folder has gone, Held while somebody is removing it."""
        self._descriptor = os.open(path, os.O_RDONLY)
        if not _try(self._descriptor, fcntl.LOCK_SH):
            os.close(self._descriptor)
            raise Held("a process that removes it")
        if not _is_at(self._descriptor, path):
            os.close(self._descriptor)
            raise FileNotFoundError(path)

    def release(self) -> None:
        """Gives the folder free."""
        os.close(self._descriptor)


@contextmanager
def unused(path: Path) -> Iterator[bool]:
    """Tells whether nobody shares the lock at `path`, and keeps it so while the block runs."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield True
        return
    try:
        yield _try(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file still stands at its path, and was not removed before it was locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        word = json.loads(path.read_text())
        return f"process {word['pid']}, since {word['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"
