"""One attempt to deliver an effect, and what follows from how it went."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NotRequired, TypedDict

from agents.effects import Effect, Outbox
from agents.errors import DeskError, Permanent, Throttled, Transient
from agents.policy import Delivery
from agents.tracing import Part, part

log = logging.getLogger(__name__)

Handler = Callable[[Effect], object]
"""Delivers one kind of effect. May be called again for the same effect, so it passes the key on or checks first."""


Due = tuple[int, int]
"""The id of an effect, and how many attempts have failed."""


class Outcome(TypedDict):
    """How an attempt went, in a form that outlives the process; "gone" where there was nothing left to do."""

    result: Literal["delivered", "gone", "try again", "hopeless"]
    reason: str
    after: NotRequired[float]
    """Seconds to wait, where the other side has said so; then no number of attempts is the last."""


class Courier:
    """Delivers effects by their kind, and writes into the outbox what became of them."""

    def __init__(
        self,
        outbox: Outbox,
        handlers: Mapping[str, Handler],
        patience: Delivery,
        now: Callable[[], datetime],
        mask: Callable[[str], str] = str,
        *,
        trace: Callable[[str], Part] = part,
    ) -> None:
        """A further kind of effect is one more line in `handlers`; `trace` begins the trace of an attempt.

        A reason goes through `mask`: it outlives the effect, and mail servers repeat the customer's address.
        """
        self._outbox, self._handlers, self._patience, self._now = outbox, handlers, patience, now
        self._mask, self._trace = mask, trace

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of effects that can be delivered here."""
        return tuple(self._handlers)

    def attempt(self, effect_id: int, attempts: int) -> Outcome:
        """Try to deliver an effect after so many failures; never raises."""
        with self._trace("delivery") as attempt:
            outcome = self._attempted(effect_id, attempts, attempt)
            attempt.note(result=outcome["result"])
        return outcome

    def _attempted(self, effect_id: int, attempts: int, attempt: Part) -> Outcome:
        try:
            effect = self._outbox.effect(effect_id)
            if effect is None or effect.attempts != attempts:
                return {"result": "gone", "reason": ""}
            attempt.note(kind=effect.kind, attempts=attempts)
            handler = self._handlers.get(effect.kind)
            if handler is None:
                raise Transient(
                    f"This process has no settings for the kind {effect.kind!r}; another one has."
                )
            handler(effect)
        except Permanent as error:
            return {"result": "hopeless", "reason": self._mask(str(error))}
        except Throttled as error:
            return {"result": "try again", "reason": self._mask(str(error)), "after": error.retry_after}
        except DeskError as error:
            return {"result": "try again", "reason": self._mask(str(error))}
        except Exception as error:  # a fault in one handler must not lose the effect
            log.exception("The effect %d could not be delivered", effect_id)
            return {
                "result": "try again",
                "reason": self._mask(f"Something unforeseen ({type(error).__name__}: {error})."),
            }
        return {"result": "delivered", "reason": ""}

    def record(self, effect_id: int, attempts: int, outcome: Outcome) -> None:
        """Write down how an attempt went; doing so twice changes nothing."""
        now = self._now()
        if outcome["result"] == "delivered":
            self._outbox.delivered([effect_id], now)
        elif outcome["result"] != "gone":
            hopeless = outcome["result"] == "hopeless"
            pause = None if hopeless else self._patience.pause(attempts + 1, random.random())  # noqa: S311
            pause = outcome.get("after", pause)
            following = None if pause is None else now + timedelta(seconds=pause)
            self._outbox.failed(effect_id, attempts, outcome["reason"], following)

    def attempt_all(self, due: Sequence[Due]) -> list[Outcome]:
        """As `attempt`, one after the other."""
        return [self.attempt(effect_id, attempts) for effect_id, attempts in due]

    def record_all(self, due: Sequence[Due], outcomes: Sequence[Outcome]) -> None:
        """As `record`; those that were delivered are written down together."""
        results = list(zip(due, outcomes, strict=True))
        self._outbox.delivered(
            [effect_id for (effect_id, _), outcome in results if outcome["result"] == "delivered"],
            self._now(),
        )
        for (effect_id, attempts), outcome in results:
            if outcome["result"] != "delivered":
                self.record(effect_id, attempts, outcome)
