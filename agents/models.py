"""Words from a language model: which model, how often, how long, at what cost, and whether they hold.

A caller gives a prompt, the form of the result, and a check. What comes back has the form and passes the check; what
does not is told to the model and tried again. Whatever else happens is one `NoWords`, and the caller has words of
its own.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agents.background import BackgroundLoop
from agents.errors import DeskError, ModelDown, ModelMisused, ModelRefused
from agents.model_calls import Attempt, ChatModels, Ending, Form, Job, ModelCall, ModelCalls, NoWords, Words
from agents.model_policy import ModelPolicy, SpecialistModel
from agents.outage import Breaker

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

log = logging.getLogger(__name__)


class ModelRoom:
    """Writes by the policy; one instance serves all threads. Without a host everything is `NoWords("off")`."""

    def __init__(
        self, policy: ModelPolicy, host: ChatModels | None, calls: ModelCalls, now: Callable[[], datetime]
    ) -> None:
        self.policy = policy
        self._host = host
        self._calls = calls
        self._now = now
        self._loop = BackgroundLoop()
        self._breakers: dict[str, Breaker] = {}
        self._by_function: set[str] = set()
        self._alerted: set[str] = set()

    @property
    def on(self) -> bool:
        """Whether there is a host to ask."""
        return self._host is not None

    def breaker(self, model: str) -> Breaker:
        """The breaker of a model."""
        outage = self.policy.outage
        return self._breakers.setdefault(model, Breaker(outage.failures, outage.rest_seconds))

    def calls(self, since: datetime) -> list[ModelCall]:
        """The ledger since, oldest first."""
        return self._calls.list(since)

    def write(self, job: Job[Form]) -> Words[Form]:
        """Words that have the form and pass the check. Raises `NoWords`."""
        if self._host is None:
            raise NoWords("off")
        self._check_budget()
        settings = self.policy.specialists[job.specialist]
        try:
            return self._write_with(job, settings, settings.model)
        except NoWords as failure:
            if settings.fallback is None or failure.why not in ("down", "outage", "misused"):
                raise
            return self._write_with(job, settings, settings.fallback)

    def close(self) -> None:
        """End what still runs."""
        self._loop.close()

    def _check_budget(self) -> None:
        budget = self.policy.budget
        now = self._now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        spent = self._calls.spent(today) / 1_000_000
        if spent >= budget.warn_at * budget.usd_a_day:
            self._alert(
                f"{today:%F} budget", f"Models have cost ${spent:.2f} of ${budget.usd_a_day:.2f} today."
            )
        if spent >= budget.usd_a_day:
            raise NoWords("budget", f"${spent:.2f} of ${budget.usd_a_day:.2f} spent today")

    def _alert(self, key: str, sentence: str) -> None:
        if key not in self._alerted:
            self._alerted.add(key)
            log.error(sentence)

    def _write_with(self, job: Job[Form], settings: SpecialistModel, model: str) -> Words[Form]:
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage  # noqa: PLC0415 - a second

        messages: list[BaseMessage] = [SystemMessage(job.prompt.system), HumanMessage(job.prompt.user)]
        failure = NoWords("unusable", "no attempt was made")
        for attempt in range(1, self.policy.attempts + 1):
            if not self.breaker(model).admits():
                raise NoWords("outage", f"{model} is left alone for a while")
            try:
                text, value, complaints = self._call(Attempt(job, settings, model), messages)
            except ModelDown as error:
                failure = NoWords("down", str(error))
                if not self._wait(attempt, job, error.retry_after):
                    raise failure from error
                continue
            if value is not None and not complaints:
                return Words(value, model, job.prompt.label, attempt)
            failure = NoWords("unusable", "; ".join(complaints))
            messages += [AIMessage(text or "(nothing)"), HumanMessage(_again(complaints))]
            if job.left() <= 0:
                raise NoWords("late", failure.detail)
        raise failure

    def _wait(self, attempt: int, job: Job[Form], retry_after: float | None) -> bool:
        """Wait before another attempt; False where there is none, or no time for it."""
        pause = self.policy.backoff_seconds * 2 ** (attempt - 1) * random.uniform(1, 1.5)  # noqa: S311
        pause = max(pause, retry_after or 0.0)
        if attempt == self.policy.attempts or pause >= job.left():
            return False
        time.sleep(pause)
        return True

    def _call(
        self, attempt: Attempt[Form], messages: Sequence[BaseMessage]
    ) -> tuple[str, Form | None, list[str]]:
        """One call: the raw words, the value they make, and what is wrong with them."""
        assert self._host is not None  # noqa: S101 - `write` has seen to it
        job, model = attempt.job, attempt.model
        by_function = model in self._by_function
        chat = self._host.chat(attempt.settings, model).with_structured_output(
            job.form, method="function_calling" if by_function else "json_schema", include_raw=True
        )
        try:
            answer: Any = self._loop.run(chat.ainvoke(list(messages)), attempt.seconds())
        except TimeoutError as error:
            self._failed(attempt, "late")
            if job.left() <= 0:
                raise NoWords("late", f"{model} took longer than {job.seconds:g} s") from error
            raise ModelDown(f"{model} did not answer in time") from error
        except Exception as error:
            known = self._host.translate(error)
            if not by_function and (isinstance(known, ModelMisused) or getattr(known, "broken", False)):
                # Some hosts know function calls only, and say so in many ways: from now on those are used.
                self._by_function.add(model)
                self.breaker(model).withdrawn()
                return self._call(Attempt(job, attempt.settings, model), messages)
            raise self._unanswered(known, attempt) from error
        self.breaker(model).succeeded()
        raw, value = answer["raw"], answer["parsed"]
        complaints = [_complaint(answer["parsing_error"])] if value is None else list(job.check(value))
        ending: Ending = "malformed" if value is None else "ungrounded" if complaints else "ok"
        usage = getattr(raw, "usage_metadata", None) or {}
        tokens = usage.get("input_tokens", 0), usage.get("output_tokens", 0)
        self._calls.record(attempt.line(self._now(), ending, tokens, "; ".join(complaints)))
        return _text(raw), value, complaints

    def _unanswered(self, error: DeskError, attempt: Attempt[Form]) -> Exception:
        """What a call that was not answered means: worth another attempt, or the end."""
        if isinstance(error, ModelRefused):
            self._alert(f"{attempt.model} refused", f"The models' host does not accept our key: {error}")
            self._failed(attempt, "refused", str(error))
            return NoWords("refused", str(error))
        if isinstance(error, ModelDown):
            self._failed(attempt, "down", str(error))
            return error
        self._failed(attempt, "misused", str(error))
        return NoWords("misused", str(error))

    def _failed(self, attempt: Attempt[Form], ending: Ending, detail: str = "") -> None:
        self.breaker(attempt.model).failed()
        self._calls.record(attempt.line(self._now(), ending, detail=detail))


def _again(complaints: Sequence[str]) -> str:
    """What a model is told about words that do not hold."""
    listed = "\n".join(f"- {complaint}" for complaint in complaints)
    return f"That cannot be used:\n{listed}\nWrite it again without these mistakes, in the same form."


def _complaint(error: BaseException | None) -> str:
    if isinstance(error, ValidationError):
        parts = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return f"it does not have the asked form ({'; '.join(parts)})"
    return "it does not have the asked form"


def _text(raw: BaseMessage) -> str:
    content = raw.content
    calls = getattr(raw, "tool_calls", None)
    return content if isinstance(content, str) and content else str([call["args"] for call in calls or []])
