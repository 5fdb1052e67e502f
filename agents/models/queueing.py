"""The queue before a model: within requests and tokens a minute, and what its host says is left; oldest first.

Each process keeps its own; what several processes may do together is for their policy to divide, or for the host's
headers to say.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from agents.models.calls import Form, Headroom, Job, NoWords
from agents.models.policy import ModelTerms

MINUTE = 60.0


@dataclass(eq=False)
class Place:
    """A place in a queue: when its turn comes, and the tokens that are kept for it."""

    start: float
    tokens: int


@dataclass(frozen=True, slots=True)
class _Notice:
    """What the host said is left, and when."""

    at: float
    headroom: Headroom


class ModelQueue:
    """The turns of one model's calls. Each is known when its place is taken, so nobody waits in vain."""

    def __init__(
        self, model: str, terms: Callable[[], ModelTerms], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = model
        self._terms = terms
        self._clock = clock
        self._lock = threading.Lock()
        self._places: list[Place] = []
        self._closed_until = 0.0
        self._notice: _Notice | None = None

    def enter(self, job: Job[Form], tokens: int) -> Place:
        """Wait for a turn for a call of about so many tokens.

        Raises `NoWords("busy")` at once where the turn would come too late, and `NoWords("gone")`.
        """
        with self._lock:
            now = self._clock()
            self._places = [place for place in self._places if place.start > now - MINUTE]
            place = Place(self._turn(now, tokens), tokens)
            if place.start > now and place.start - now >= job.left():
                raise NoWords("busy", f"{self._model} has no turn within {max(0.0, job.left()):.1f} s")
            self._places.append(place)
        if place.start > now:
            job.wait(place.start - now)
        if job.gone:
            self.leave(place)
            raise NoWords("gone")
        return place

    def leave(self, place: Place) -> None:
        """The place was not used."""
        with self._lock:
            if place in self._places:
                self._places.remove(place)

    def used(self, place: Place, tokens: int, headroom: Headroom | None) -> None:
        """A call has taken so many tokens, and its host may have said what is left."""
        with self._lock:
            place.tokens = tokens
            if headroom is not None:
                self._notice = _Notice(self._clock(), headroom)

    def close_for(self, seconds: float) -> None:
        """The host asks to be left alone for some seconds."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock() + seconds)

    def _turn(self, now: float, tokens: int) -> float:
        """When the next call may begin: not before those that came earlier."""
        terms = self._terms()
        start = max(now, self._closed_until, self._places[-1].start if self._places else now)
        start = max(start, self._host_allows(tokens))
        if terms.requests_a_minute is not None and len(self._places) >= terms.requests_a_minute:
            start = max(start, self._places[-terms.requests_a_minute].start + MINUTE)
        if terms.tokens_a_minute is not None:
            kept = sum(place.tokens for place in self._places) + min(tokens, terms.tokens_a_minute)
            for place in self._places:
                if kept <= terms.tokens_a_minute:
                    break
                kept -= place.tokens
                start = max(start, place.start + MINUTE)
        return start

    def _host_allows(self, tokens: int) -> float:
        """When the host has room for a call of so many tokens, as far as it has said."""
        if self._notice is None:
            return 0.0
        said, at = self._notice.headroom, self._notice.at
        since = [place for place in self._places if place.start > at]
        requests = _back(said.requests, 1 + len(since), said.requests_limit, said.requests_reset)
        spent = sum(place.tokens for place in since)
        return at + max(requests, _back(said.tokens, tokens + spent, said.tokens_limit, said.tokens_reset))


def _back(left: int | None, wanted: int, limit: int | None, reset: float | None) -> float:
    """Seconds until so much is left; hosts give back evenly until the limit is there again."""
    if left is None or reset is None or wanted <= left:
        return 0.0
    if limit is None or limit <= left:
        return reset
    return reset * min(1.0, (wanted - left) / (limit - left))
