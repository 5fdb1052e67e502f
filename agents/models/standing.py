"""How each model stands: its breaker and what its host allows, told to other processes when it changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agents.models.calls import Headroom, ModelState
from agents.models.policy import Outage
from agents.outage import Breaker

HEADROOM_SECONDS = 5.0  # what a host allows changes with every answer; others are told this often at most


@dataclass
class _Model:
    breaker: Breaker
    headroom: Headroom | None = None
    told: object = None
    told_at: float = field(default=float("-inf"))


class ModelStandings:
    """The models that this process has called; `tell` hands a changed state on."""

    def __init__(
        self, outage: Callable[[], Outage], tell: Callable[[ModelState], None], now: Callable[[], datetime]
    ) -> None:
        self._outage = outage
        self._tell = tell
        self._now = now
        self._lock = threading.Lock()
        self._models: dict[str, _Model] = {}

    def breaker(self, model: str) -> Breaker:
        """The breaker of a model."""
        return self._model(model).breaker

    def answered(self, model: str, headroom: Headroom | None) -> None:
        """A model has answered, and its host may have said what it allows."""
        each = self._model(model)
        each.breaker.succeeded()
        each.headroom = headroom or each.headroom
        self._note(model, each)

    def failed(self, model: str) -> None:
        """A model has not answered."""
        each = self._model(model)
        each.breaker.failed()
        self._note(model, each)

    def _model(self, model: str) -> _Model:
        with self._lock:
            if model not in self._models:
                outage = self._outage()
                self._models[model] = _Model(Breaker(outage.failures, outage.rest_seconds))
            return self._models[model]

    def _note(self, model: str, each: _Model) -> None:
        breaker, headroom = each.breaker, each.headroom or Headroom()
        standing, moment = (breaker.state, breaker.failures), time.monotonic()
        with self._lock:
            old = each.headroom is None or moment - each.told_at < HEADROOM_SECONDS
            if each.told == standing and old:
                return
            each.told, each.told_at = standing, moment
        now, open_for = self._now(), breaker.open_seconds
        self._tell(
            ModelState(
                model=model,
                breaker=standing[0],
                failures=standing[1],
                opened=None if open_for is None else now - timedelta(seconds=open_for),
                requests_left=headroom.requests,
                tokens_left=headroom.tokens,
                at=now,
            )
        )
