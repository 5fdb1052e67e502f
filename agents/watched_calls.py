"""The ledger of calls to models, watched: its entries are parts of the trace under way too, and are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from agents.models.calls import ModelCall, ModelCalls, ModelState, ModelText
from agents.telemetry import Telemetry
from agents.tracing import ended, trace_id


class WatchedCalls:
    """Implements `ModelCalls` by another; `mask` takes out of a complaint what no log may hold."""

    def __init__(self, calls: ModelCalls, telemetry: Telemetry, mask: Callable[[str], str]) -> None:
        self._calls, self._telemetry, self._mask = calls, telemetry, mask

    def record(self, call: ModelCall) -> None:
        """Keep a call, which has just ended."""
        complaint = {"complaint": self._mask(call.detail)} if call.detail else {}
        ended(
            "call",
            call.seconds,
            specialist=call.specialist,
            model=call.model,
            prompt=call.prompt,
            ending=call.ending,
            input_tokens=call.input_tokens,
            output_tokens=call.output_tokens,
            dollars=call.micro_dollars / 1_000_000,
            **complaint,
        )
        self._telemetry.see(call)
        self._calls.record(call)

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar spent since."""
        return self._calls.spent(since)

    def list(self, since: datetime) -> list[ModelCall]:
        """The calls since, oldest first."""
        return self._calls.list(since)

    def record_text(self, text: ModelText) -> None:
        """Keep what has just become of a text, and with which trace that can be looked at."""
        ended(
            "text",
            text.seconds,
            specialist=text.specialist,
            model=text.model,
            prompt=text.prompt,
            ending=text.ending,
            attempts=text.attempts,
            cache=text.cache,
            fallback=text.fallback,
        )
        self._telemetry.see(text)
        self._calls.record_text(text.model_copy(update={"trace": trace_id()}))

    def texts(self, since: datetime) -> Sequence[ModelText]:
        """The texts since, oldest first."""
        return self._calls.texts(since)

    def note_state(self, state: ModelState) -> None:
        """Keep how a model stands."""
        self._calls.note_state(state)

    def states(self) -> Sequence[ModelState]:
        """How each model stands, by name."""
        return self._calls.states()
