"""Calls of the chat page at the app's edge: what goes wrong in one becomes a sentence for the page."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any, Final

from agents.errors import DeskError, TooLong, TooMany
from agents.policy import Sayings
from apps.compute_places import ComputePlaces

log = logging.getLogger(__name__)

PLACES: Final = 4
"""How many calls compute at the same time in a process. More only get in each other's way: each statement of a
transaction waits for the interpreter's lock again, and all others wait for that transaction. Of 2, 4, 6 and 16, 4
answered a hundred visitors soonest with a process for each core, and as soon as 16 in one process alone."""

THREADS: Final = 200
"""How many calls are under way at the same time: those that wait for a model take no place."""

Payload = dict[str, Any]


class GuardedCalls:
    """Runs calls in the threads that bring them, so many at once as there are places."""

    def __init__(self, texts: Sayings) -> None:
        self._texts = texts
        self.places = ComputePlaces(PLACES)

    def run(self, call: Callable[[], Payload]) -> Payload:
        """What a call gives, or the sentence that says why it gives nothing."""
        try:
            with self.places.taken():
                return call()
        except DeskError as error:
            return {"error": str(error), "kind": _kind(error)}
        except Exception as error:  # noqa: BLE001 - the app's edge; logged under a number that the customer can name
            return self.failed(error)

    def failed(self, error: Exception) -> Payload:
        """The sentence for an error of ours, and a number under which it stands in the log."""
        reference = secrets.token_hex(4)
        log.error("A call of the chat page failed (reference %s)", reference, exc_info=error)
        return {"error": f"{self._texts.failed} (Reference {reference})", "kind": "failed"}


def _kind(error: DeskError) -> str:
    if isinstance(error, TooLong):
        return "too_long"
    return "too_many" if isinstance(error, TooMany) else "refused"
