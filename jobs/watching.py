"""How far specialists are, shown now and then while they work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from jobs.ticker import Ticker


class Progress(Protocol):
    """How far one specialist is."""

    @property
    def specialist(self) -> str:
        """Who."""


P = TypeVar("P", bound=Progress)


@contextmanager
def watched(
    name: str, show: Callable[[tuple[P, ...]], object] | None, pace: float
) -> Iterator[Callable[[P], None]]:
    """Within the block, what is told is shown now and then; after it, nothing is any more.

    Showing has a thread of its own: the specialists do not wait for Slack, and what it takes no more is left out.
    """
    steps: dict[str, P] = {}
    if show is None:
        yield lambda _progress: None
        return
    changing, over = threading.Lock(), False
    shown: tuple[P, ...] = ()

    def look() -> None:
        nonlocal shown
        with changing:
            now = tuple(steps.values())
            if not over and now != shown:
                shown = now
                show(now)

    ticker = Ticker(name, pace, look)
    ticker.start()
    try:
        yield lambda progress: steps.update({progress.specialist: progress})
    finally:
        with changing:  # a change that is under way must not come after the report
            over = True
        ticker.tell_to_stop()
