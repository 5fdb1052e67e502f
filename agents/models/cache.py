"""Words that were written before, kept for whoever asks the very same; and of those who ask at once, one writes.

The key is a digest of everything that the words depend on: the specialist, the model and its settings, the whole
prompt as it was sent, the form, and the version of the documents. So a changed document, prompt or model finds
nothing old. Nor can anything reach the wrong person: the prompt holds the question and what was said before it, so
only one who has said the same finds the words; and as personal data were masked in it before it was sent, the model
that wrote the words has not seen any. Words are checked again each time that they are found.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from cachetools import TTLCache
from pydantic import BaseModel, ValidationError

from agents.domain import Value
from agents.errors import DeskError
from agents.models.calls import Cache, Form, Job, NoWords, Words
from agents.models.policy import Caching, SpecialistModel

LOOK_EVERY_SECONDS = 0.05  # whether another process has finished

log = logging.getLogger(__name__)


class Kept(Value):
    """Words as they are kept: the value as JSON, and how it came about."""

    value: str
    model: str
    prompt: str
    attempts: int


class SharedWords(Protocol):
    """Words that several processes keep together. What cannot be reached is as if it were empty."""

    level: Cache

    def get(self, key: str) -> str | None:
        """What is kept under a key, or None."""

    def put(self, key: str, kept: str, seconds: float, conversation: str | None) -> None:
        """Keep it for some seconds, and with whose conversation it came about."""

    def claim(self, key: str, seconds: float) -> Callable[[], None] | None:
        """Be the only one to write what is missing, until given back by what is returned, or the time is over.

        None where somebody else is.
        """


@dataclass(eq=False)
class _Flight:
    """Words that one thread writes while others wait for them."""

    waiting: list[threading.Event] = field(default_factory=list)
    kept: Kept | None = None
    failure: NoWords | None = None
    over: bool = False


class WordCache:
    """The words of one process, and those that it shares; the fastest place is looked in first."""

    def __init__(self, caching: Callable[[], Caching], shared: Sequence[SharedWords]) -> None:
        self._caching = caching
        self._shared = shared
        self._lock = threading.Lock()
        self._own: TTLCache[str, Kept] = TTLCache(caching().entries, caching().l1_seconds)
        self._flights: dict[str, _Flight] = {}

    def words(
        self, job: Job[Form], settings: SpecialistModel, write: Callable[[], Words[Form]]
    ) -> Words[Form]:
        """The words for a job: found, waited for, or written by `write`. Raises `NoWords` as that does."""
        key = key_of(job, settings)
        while True:
            if (words := self._found(job, key)) is not None:
                return words
            flight, leads = self._board(key)
            if leads:
                return self._lead(job, settings, key, flight, write)
            _wait(flight, job)
            if flight.failure is not None:
                raise NoWords(flight.failure.why, flight.failure.detail)
            if flight.kept is not None and (words := _words(flight.kept, job, "L1")) is not None:
                return words
            if flight.kept is not None:  # it does not hold here: another of its kind would not either
                return write()

    def _found(self, job: Job[Form], key: str) -> Words[Form] | None:
        with self._lock:
            kept = self._own.get(key)
        if kept is not None and (words := _words(kept, job, "L1")) is not None:
            return words
        for shared in self._shared:
            if (words := self._found_in(shared, job, key)) is not None:
                return words
        return None

    def _found_in(self, shared: SharedWords, job: Job[Form], key: str) -> Words[Form] | None:
        text = _reached(lambda: shared.get(key))
        if text is None:
            return None
        try:
            kept = Kept.model_validate_json(text)
        except ValidationError:
            return None  # of another version of the program
        words = _words(kept, job, shared.level)
        if words is not None:
            with self._lock:
                self._own[key] = kept
        return words

    def _board(self, key: str) -> tuple[_Flight, bool]:
        """The flight for a key, and whether it is this thread that flies it."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = _Flight()
            return flight, True

    def _lead(
        self,
        job: Job[Form],
        settings: SpecialistModel,
        key: str,
        flight: _Flight,
        write: Callable[[], Words[Form]],
    ) -> Words[Form]:
        try:
            words = self._write(job, settings, key, write)
            flight.kept = _kept(words)
            return words
        except NoWords as failure:
            if failure.why not in ("gone", "late"):  # those are this job's own; the others may have more time
                flight.failure = failure
            raise
        finally:
            with self._lock:
                del self._flights[key]
                flight.over = True
                waiting = list(flight.waiting)
            for each in waiting:
                each.set()

    def _write(
        self, job: Job[Form], settings: SpecialistModel, key: str, write: Callable[[], Words[Form]]
    ) -> Words[Form]:
        """Written by this process, unless another one is at it and ends in time."""
        found, give_back = self._others(job, key)
        try:
            words = found or write()
            if words.cache is None and words.model == settings.model:  # a fallback's words are for now alone
                self._keep(job, key, _kept(words))
            return words
        finally:
            _reached(give_back)

    def _others(self, job: Job[Form], key: str) -> tuple[Words[Form] | None, Callable[[], None]]:
        """The words that others have written meanwhile; None if it is for us to write, with what ends our claim."""
        if not self._shared:
            return self._found(job, key), _nothing
        seconds = self._caching().claim_seconds
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            give_back = _claimed(self._shared[0], key, seconds)
            # Somebody may have finished since we looked, also just before the claim was ours.
            words = self._found(job, key)
            if words is not None or give_back is not None:
                return words, give_back or _nothing
            job.wait(LOOK_EVERY_SECONDS)
            if job.gone or job.left() <= 0:
                raise NoWords("gone" if job.gone else "late")
        return None, _nothing

    def _keep(self, job: Job[Form], key: str, kept: Kept) -> None:
        with self._lock:
            self._own[key] = kept
        text, caching = kept.model_dump_json(), self._caching()
        seconds = {"L2": caching.l2_seconds, "L3": caching.l3_seconds}
        for shared in self._shared:
            self._put(shared, key, text, seconds[shared.level], job.conversation)

    @staticmethod
    def _put(shared: SharedWords, key: str, text: str, seconds: float, conversation: str | None) -> None:
        _reached(lambda: shared.put(key, text, seconds, conversation))


def key_of(job: Job[Form], settings: SpecialistModel) -> str:
    """The digest of everything that words for a job depend on."""
    told = [job.specialist, settings.model, settings.temperature, settings.max_tokens, job.version]
    said = [job.prompt.label, job.prompt.system, job.prompt.user, _schema(job.form)]
    return hashlib.sha256(json.dumps([*told, *said]).encode()).hexdigest()


@lru_cache(maxsize=64)  # it takes longer to make than all the rest
def _schema(form: type[BaseModel]) -> str:
    return json.dumps(form.model_json_schema(), sort_keys=True)


def _kept(words: Words[Form]) -> Kept:
    return Kept(
        value=words.value.model_dump_json(), model=words.model, prompt=words.prompt, attempts=words.attempts
    )


def _words(kept: Kept, job: Job[Form], level: Cache) -> Words[Form] | None:
    """Kept words, where they still have the form and pass the check."""
    try:
        value = job.form.model_validate_json(kept.value)
    except ValidationError:
        return None
    if job.check(value):
        return None
    return Words(value, kept.model, kept.prompt, kept.attempts, level)


def _wait(flight: _Flight, job: Job[Form]) -> None:
    """Wait until a flight is over; raises `NoWords` where this job's own time is over before."""
    landed = threading.Event()
    flight.waiting.append(landed)
    stay = job.presence.on_leave(landed.set) if job.presence else None
    if not flight.over:  # else it landed before it knew of us
        landed.wait(max(0.0, job.left()))
    if stay is not None:
        stay()
    if job.gone:
        raise NoWords("gone")
    if not flight.over:
        raise NoWords("late", "somebody else's words for the same question did not come in time")


def _claimed(shared: SharedWords, key: str, seconds: float) -> Callable[[], None] | None:
    try:
        return shared.claim(key, seconds)
    except DeskError as error:
        log.warning("Nobody can be kept from writing the same words: %s", error)
        return _nothing


def _nothing() -> None:
    """There is nothing to give back."""


def _reached(ask: Callable[[], str | None]) -> str | None:
    try:
        return ask()
    except DeskError as error:
        log.warning("Kept words cannot be reached: %s", error)
        return None
