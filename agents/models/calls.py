"""What is asked of a model, what comes back, and what the ledger keeps of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from agents.domain import Value
from agents.errors import DeskError
from agents.models.policy import Prices, Specialist, SpecialistModel
from agents.outage import State
from agents.presence import Presence
from agents.prompting import Rendered

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

Form = TypeVar("Form", bound=BaseModel)
Ending = Literal["ok", "ungrounded", "malformed", "down", "refused", "misused", "late", "gone"]
Why = Literal["off", "outage", "budget", "busy", "late", "down", "refused", "misused", "unusable", "gone"]
Cache = Literal["L1", "L2", "L3"]
Hear = Callable[[Mapping[str, Any]], Sequence[str]]


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


class ModelText(Value):
    """What became of one text that was asked for: `ending` is "ok", or why there are no words.

    `model` and `cache` are None where no model wrote it, or it was written just now; `attempts` are the calls made.
    """

    at: datetime
    specialist: Specialist
    model: str | None
    prompt: str
    seconds: float
    attempts: int
    ending: Literal["ok"] | Why
    cache: Cache | None = None
    fallback: bool = False
    conversation: str | None = None
    trace: str | None = None


class ModelState(Value):
    """How a model stands, as the process that last called it knows; None where the host does not say."""

    model: str
    breaker: State
    failures: int
    opened: datetime | None = None
    requests_left: int | None = None
    tokens_left: int | None = None
    at: datetime


class ModelCalls(Protocol):
    """The ledger of calls and texts, and the models' states; of all processes."""

    def record(self, call: ModelCall) -> None:
        """Keep a call."""

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar spent since."""

    def list(self, since: datetime) -> list[ModelCall]:
        """The calls since, oldest first."""

    def record_text(self, text: ModelText) -> None:
        """Keep what became of a text."""

    def texts(self, since: datetime) -> Sequence[ModelText]:
        """The texts since, oldest first."""

    def note_state(self, state: ModelState) -> None:
        """Keep how a model stands, in place of what was known of it."""

    def states(self) -> Sequence[ModelState]:
        """How each model stands, by name."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """What a host said is left of its limits, and in how many seconds all of it is back; None where it does not say."""

    requests: int | None = None
    tokens: int | None = None
    requests_reset: float | None = None
    tokens_reset: float | None = None
    requests_limit: int | None = None
    tokens_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a host is asked: for a form by its schema or as a function's arguments, and to count a stream's tokens.

    `length` is by which name the longest answer is told: OpenAI's newer one, the older one that many hosts alone
    know, or both, since a host that does not know a name passes over it and writes on without an end.
    """

    by: Literal["schema", "function"] = "schema"
    counted: bool = True
    length: Literal["both", "newer", "older"] = "both"


class ChatModels(Protocol):
    """A host of chat models."""

    @property
    def address(self) -> str:
        """Where it is: what one of its models has shown of it holds for all."""

    def warm(self, settings: SpecialistModel, model: str) -> None:
        """Load what a call to a model needs, so that the first one does not wait for it."""

    def asked(
        self, settings: SpecialistModel, model: str, form: type[BaseModel], way: Way
    ) -> Runnable[Any, BaseMessage]:
        """A model of that name, asked for a form in a way; it neither retries nor waits longer than told."""

    def headroom(self, said: BaseMessage) -> Headroom | None:
        """What the host said with a message about its limits; None if nothing."""

    def translate(self, error: Exception) -> DeskError:
        """A vendor's error as `ModelDown`, `ModelRefused` or `ModelMisused`."""


@dataclass(frozen=True, slots=True)
class Words(Generic[Form]):
    """What a model wrote, and who wrote it."""

    value: Form
    model: str
    prompt: str
    attempts: int
    cache: Cache | None = None


@dataclass(frozen=True, slots=True)
class Job(Generic[Form]):
    """What is to be written. `check` gives complaints in words that the model can act on; none if all is well.

    `hear` is given what there is of the value each time that more of it has come, by field, in the form's order; the
    last string may break off in the middle, and each attempt begins anew. It is called on the thread that called
    `write`; its complaints end the call at once and cost one attempt. `presence` cuts everything short when they
    leave. `version` names what the words rest on besides the prompt, as the version of the documents.
    """

    specialist: Specialist
    prompt: Rendered
    form: type[Form]
    check: Callable[[Form], Sequence[str]]
    seconds: float
    conversation: str | None = None
    hear: Hear | None = None
    presence: Presence | None = None
    version: str = ""
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until the words are of no use any more."""
        return self.seconds - (time.monotonic() - self.began)

    @property
    def gone(self) -> bool:
        """Whether the one for whom it is has left."""
        return self.presence is not None and self.presence.gone

    def wait(self, seconds: float) -> None:
        """Let time pass, less where they leave meanwhile."""
        if self.presence is None:
            time.sleep(seconds)
        else:
            self.presence.wait(seconds)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Form]):
    """One call for a job, by one of the specialist's models."""

    job: Job[Form]
    settings: SpecialistModel
    model: str
    price: Prices
    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """How long it may take."""
        return min(self.settings.timeout_seconds, self.job.left())
