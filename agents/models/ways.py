"""In which way a host is asked: found out by its first answers, then kept for all models of that host."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from agents.errors import DeskError, ModelMisused
from agents.models.calls import Way


@dataclass
class _Known:
    way: Way = field(default_factory=Way)
    by: bool = False  # whether `way.by` has brought an answer
    counted: bool = False  # whether `way.counted` has brought a stream


class Ways:
    """The way for each host, in this process; some know function calls only, or cannot count a stream's tokens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def of(self, endpoint: str) -> Way:
        """The way that the host has answered, or the one to begin with."""
        with self._lock:
            return self._of(endpoint).way

    def worked(self, endpoint: str, way: Way, *, streamed: bool) -> None:
        """The host has answered: what it was asked for it knows, and no other way is tried again."""
        with self._lock:
            known = self._of(endpoint)
            known.way = replace(way, counted=way.counted if streamed or known.counted else True)
            known.by = True
            known.counted = known.counted or streamed

    def another(self, endpoint: str, way: Way, error: DeskError, *, streamed: bool) -> Way | None:
        """Another way worth trying after an error at the request itself; None where it means what it says.

        Hosts that lack a feature say so in many ways, so that an outage looks alike: only what has brought an
        answer is kept.
        """
        with self._lock:
            known = self._of(endpoint)
        if not (isinstance(error, ModelMisused) or getattr(error, "broken", False)):
            return None
        if isinstance(error, ModelMisused) and (other := _other_length(way, str(error))) is not None:
            return other
        may_stop_counting = streamed and way.counted and not known.counted
        if may_stop_counting and "stream_options" in str(error):
            return replace(way, counted=False)
        if way.by == "schema" and not known.by:
            return replace(way, by="function")
        if may_stop_counting and isinstance(error, ModelMisused):
            return Way(way.by if known.by else "schema", counted=False)
        return None

    def _of(self, endpoint: str) -> _Known:
        return self._known.setdefault(endpoint, _Known())


def _other_length(way: Way, said: str) -> Way | None:
    """OpenAI refuses both names of the length at once and names both; a strict host the one it does not know."""
    if way.length != "both":
        return None
    if "max_tokens" in said:
        return replace(way, length="newer")
    return replace(way, length="older") if "max_completion_tokens" in said else None
