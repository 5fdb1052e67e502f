"""Who asks, and what: a question with those who wait for its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from agents.knowledge import History
from agents.presence import Presence


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who wait for an answer.

    `hear` is given each further piece of the answer's Markdown while it is written; the pieces are the beginning of
    what is said in the end. `presence` tells whether they are still there. `waiting` is entered while nothing is
    computed but a model is waited for.
    """

    hear: Callable[[str], None] | None = None
    presence: Presence | None = None
    waiting: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True, slots=True)
class Asked:
    """A question within its conversation; all that is done for it counts from `began`."""

    question: str
    history: History = ()
    conversation: str = ""
    audience: Audience = field(default_factory=Audience)
    began: float = field(default_factory=time.monotonic)

    def left(self, seconds: float) -> float:
        """How much of so many seconds for the whole is left."""
        return seconds - (time.monotonic() - self.began)
