"""Words from a language model: which model, how often, how long, at what cost, and whether they hold.

A caller gives a prompt, the form of the result, and a check. What comes back has the form and passes the check; what
does not is told to the model and tried again. Whatever else happens is one `NoWords`, and the caller has words of
its own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from agents.alerts import Alarm
from agents.errors import ModelDown, ModelMisused
from agents.models.budget import DailyBudget
from agents.models.cache import SharedWords, WordCache
from agents.models.calling import ModelCaller
from agents.models.calls import (
    Attempt,
    Cache,
    Form,
    Job,
    ModelCall,
    ModelCalls,
    ModelState,
    ModelText,
    NoWords,
    Why,
    Words,
)
from agents.models.hosts import ModelHosts
from agents.models.ledger import ModelLedger
from agents.models.policy import ModelPolicy, Specialist, SpecialistModel
from agents.models.queueing import ModelQueue
from agents.models.reading import expected_tokens
from agents.models.standing import ModelStandings
from agents.outage import Breaker

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

STOOD_IN_FOR: tuple[Why, ...] = ("down", "outage", "busy", "misused")  # where another model may do better


@dataclass
class _Course:
    """How a text came about, for the ledger."""

    attempts: int = 0
    model: str | None = None
    fallback: bool = False
    cache: Cache | None = None


class ModelRoom:
    """Writes by the policy; one instance serves all threads. Without a host everything is `NoWords("off")`."""

    def __init__(
        self,
        policy: ModelPolicy,
        hosts: ModelHosts | None,
        calls: ModelCalls,
        now: Callable[[], datetime],
        *,
        alarm: Alarm,
        shared: Sequence[SharedWords] = (),
    ) -> None:
        """`shared` is where words are kept that several processes may find, the fastest first."""
        self.policy = policy
        self._calls = calls
        self._now = now
        self._cache = WordCache(lambda: self.policy.cache, shared)
        self._queues: dict[str, ModelQueue] = {}
        self.budget = DailyBudget(lambda: self.policy.budget, calls, now, alarm)
        """What the models have cost today."""
        self._ledger = ModelLedger(calls, now, self.budget.charge)
        self._standings = ModelStandings(lambda: self.policy.outage, self._ledger.state, now)
        self._hosts = hosts
        self._caller = None if hosts is None else ModelCaller(hosts, self._ledger, self._standings, alarm)

    @property
    def on(self) -> bool:
        """Whether there is a host to ask."""
        return self._caller is not None

    def warm(self, specialist: Specialist) -> None:
        """Load what a specialist's models need: seconds that no deadline should pay for."""
        if self._hosts is not None:
            settings = self.policy.specialists[specialist]
            for model in filter(None, (settings.model, settings.fallback)):
                with suppress(ModelMisused):  # the first call to it says so
                    self._hosts.of(model).warm(settings, model)

    def breaker(self, model: str) -> Breaker:
        """The breaker of a model, as this process knows it."""
        return self._standings.breaker(model)

    def calls(self, since: datetime) -> list[ModelCall]:
        """The ledger since, oldest first."""
        return list(self._calls.list(since))

    def texts(self, since: datetime) -> list[ModelText]:
        """What became of each text since, oldest first."""
        return list(self._calls.texts(since))

    def states(self) -> list[ModelState]:
        """How each model stands, as the process that last called it knows."""
        return list(self._calls.states())

    def write(self, job: Job[Form]) -> Words[Form]:
        """Words that have the form and pass the check. Raises `NoWords`."""
        if self._caller is None:
            raise NoWords("off")
        course = _Course()
        try:
            words = self._words(job, self._caller, course)
        except NoWords as failure:
            self._record(job, course, failure.why)
            raise
        self._record(job, course, "ok")
        return words

    def close(self) -> None:
        """Cut off what still runs."""
        if self._caller is not None:
            self._caller.close()

    def _words(self, job: Job[Form], caller: ModelCaller, course: _Course) -> Words[Form]:
        settings = self.policy.specialists[job.specialist]
        if job.gone:
            raise NoWords("gone")
        if not settings.cache:
            return self._written(job, caller, settings, course)
        words = self._cache.words(job, settings, lambda: self._written(job, caller, settings, course))
        course.model, course.cache = words.model, words.cache
        course.fallback = words.model != settings.model
        return words

    def _written(
        self, job: Job[Form], caller: ModelCaller, settings: SpecialistModel, course: _Course
    ) -> Words[Form]:
        """Written by the specialist's model, or by the fallback where that cannot."""
        self.budget.check()
        try:
            return self._write_with(job, caller, settings, settings.model, course)
        except NoWords as failure:
            if settings.fallback is None or failure.why not in STOOD_IN_FOR:
                raise
            course.fallback = True
            return self._write_with(job, caller, settings, settings.fallback, course)

    def _record(self, job: Job[Form], course: _Course, ending: Literal["ok"] | Why) -> None:
        self._ledger.text(
            ModelText(
                at=self._now(),
                specialist=job.specialist,
                model=course.model if ending == "ok" else None,
                prompt=job.prompt.label,
                seconds=round(time.monotonic() - job.began, 4),
                attempts=course.attempts,
                ending=ending,
                cache=course.cache,
                fallback=course.fallback,
                conversation=job.conversation,
            )
        )

    def _write_with(
        self, job: Job[Form], caller: ModelCaller, settings: SpecialistModel, model: str, course: _Course
    ) -> Words[Form]:
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage  # noqa: PLC0415 - a second

        queue = self._queue(model)
        messages: list[BaseMessage] = [SystemMessage(job.prompt.system), HumanMessage(job.prompt.user)]
        failure = NoWords("unusable", "no attempt was made")
        for attempt in range(1, self.policy.attempts + 1):
            if job.gone:
                raise NoWords("gone")
            if not self.breaker(model).admits():
                raise NoWords("outage", f"{model} is left alone for a while")
            try:
                place = queue.enter(job, expected_tokens(messages, settings))
            except NoWords:
                self.breaker(model).withdrawn()
                raise
            course.attempts += 1
            try:
                said = caller.call(Attempt(job, settings, model, self.policy.models[model].price), messages)
            except ModelDown as error:
                queue.close_for(error.retry_after or 0.0)
                failure = NoWords("down", str(error))
                if not self._wait(attempt, job, error.retry_after):
                    raise failure from error
                continue
            queue.used(place, said.tokens, said.headroom)
            if said.value is not None and not said.complaints:
                course.model = model
                return Words(said.value, model, job.prompt.label, attempt)
            failure = NoWords("unusable", "; ".join(said.complaints))
            messages += [AIMessage(said.text or "(nothing)"), HumanMessage(_again(said.complaints))]
            if job.left() <= 0:
                raise NoWords("late", failure.detail)
        raise failure

    def _queue(self, model: str) -> ModelQueue:
        return self._queues.setdefault(model, ModelQueue(model, lambda: self.policy.models[model]))

    def _wait(self, attempt: int, job: Job[Form], retry_after: float | None) -> bool:
        """Wait before another attempt; False where there is none, or no time for it."""
        pause = self.policy.backoff_seconds * 2 ** (attempt - 1) * random.uniform(1, 1.5)  # noqa: S311
        pause = max(pause, retry_after or 0.0)
        if attempt == self.policy.attempts or pause >= job.left():
            return False
        job.wait(pause)
        return True


def _again(complaints: Sequence[str]) -> str:
    """What a model is told about words that do not hold."""
    listed = "\n".join(f"- {complaint}" for complaint in complaints)
    return f"That cannot be used:\n{listed}\nWrite it again without these mistakes, in the same form."
