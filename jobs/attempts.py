"""What somebody has ordered is tried a number of times; after the last it has failed for good."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from agents.effects import Effect
from agents.errors import DeskError, Permanent, Throttled
from agents.policy import Delivery


@contextlib.contextmanager
def attempt(effect: Effect, delivery: Delivery, failed: Callable[[str], None]) -> Iterator[bool]:
    """One attempt; gives whether it is the last. `failed` hears why where none follows; what went wrong is raised."""
    last = delivery.pause(effect.attempts + 1, 0.0) is None
    try:
        yield last
    except Throttled:
        raise  # no number of those is the last
    except DeskError as error:
        if last or isinstance(error, Permanent):
            failed(str(error))
        raise
