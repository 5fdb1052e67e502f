"""What is asked of a model, what comes back, and what the ledger keeps of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from agents.domain import Value
from agents.errors import DeskError
from agents.model_policy import Specialist, SpecialistModel
from agents.prompting import Rendered

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Form = TypeVar("Form", bound=BaseModel)
Ending = Literal["ok", "ungrounded", "malformed", "down", "refused", "misused", "late"]
Why = Literal["off", "outage", "budget", "late", "down", "refused", "misused", "unusable"]


class NoWords(Exception):
    """No usable words came: why, and what was wrong with the last ones."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why: Why = why
        self.detail = detail


class ModelCall(Value):
    """One call for the ledger; cost in millionths of a dollar."""

    at: datetime
    specialist: Specialist
    model: str
    prompt: str
    seconds: float
    input_tokens: int
    output_tokens: int
    micro_dollars: int
    ending: Ending
    detail: str = ""
    conversation: str | None = None


class ModelCalls(Protocol):
    """The ledger of calls."""

    def record(self, call: ModelCall) -> None:
        """Keep a call."""

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar spent since."""

    def list(self, since: datetime) -> list[ModelCall]:
        """The calls since, oldest first."""


class ChatModels(Protocol):
    """A host of chat models."""

    def chat(self, settings: SpecialistModel, model: str) -> BaseChatModel:
        """A model of that name, which itself neither retries nor waits longer than told."""

    def translate(self, error: Exception) -> DeskError:
        """A vendor's error as `ModelDown`, `ModelRefused` or `ModelMisused`."""


@dataclass(frozen=True, slots=True)
class Words(Generic[Form]):
    """What a model wrote, and who wrote it."""

    value: Form
    model: str
    prompt: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Job(Generic[Form]):
    """What is to be written. `check` gives complaints in words that the model can act on; none if all is well."""

    specialist: Specialist
    prompt: Rendered
    form: type[Form]
    check: Callable[[Form], Sequence[str]]
    seconds: float
    conversation: str | None = None
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until the words are of no use any more."""
        return self.seconds - (time.monotonic() - self.began)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Form]):
    """One call for a job, by one of the specialist's models."""

    job: Job[Form]
    settings: SpecialistModel
    model: str
    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """How long it may take."""
        return min(self.settings.timeout_seconds, self.job.left())

    def line(
        self, at: datetime, ending: Ending, tokens: tuple[int, int] = (0, 0), detail: str = ""
    ) -> ModelCall:
        """What the ledger keeps of it."""
        return ModelCall(
            at=at,
            specialist=self.job.specialist,
            model=self.model,
            prompt=self.job.prompt.label,
            seconds=round(time.monotonic() - self.began, 4),
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            micro_dollars=self.settings.price.micro_dollars(*tokens),
            ending=ending,
            detail=detail[:500],
            conversation=self.job.conversation,
        )
