"""The ledger as a writer of words uses it: what cannot be entered is logged, and never costs an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from agents.errors import DeskError
from agents.models.calls import Attempt, Ending, Form, ModelCall, ModelCalls, ModelState, ModelText

log = logging.getLogger(__name__)


class ModelLedger:
    """Enters calls, texts and states; `charge` is told what each call has cost, in millionths of a dollar."""

    def __init__(self, calls: ModelCalls, now: Callable[[], datetime], charge: Callable[[int], None]) -> None:
        self._calls = calls
        self._now = now
        self._charge = charge

    def call(
        self, attempt: Attempt[Form], ending: Ending, seconds: float, tokens: tuple[int, int], detail: str
    ) -> None:
        """Enter a call."""
        job, cost = attempt.job, attempt.price.micro_dollars(*tokens)
        self._charge(cost)
        call = ModelCall(
            at=self._now(),
            specialist=job.specialist,
            model=attempt.model,
            prompt=job.prompt.label,
            seconds=round(seconds, 4),
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            micro_dollars=cost,
            ending=ending,
            detail=detail[:500],
            conversation=job.conversation,
        )
        _kept(lambda: self._calls.record(call))

    def text(self, text: ModelText) -> None:
        """Enter what became of a text."""
        _kept(lambda: self._calls.record_text(text))

    def state(self, state: ModelState) -> None:
        """Enter how a model stands."""
        _kept(lambda: self._calls.note_state(state))


def _kept(enter: Callable[[], None]) -> None:
    try:
        enter()
    except DeskError as error:
        log.warning("The ledger of model calls lacks a line: %s", error)
