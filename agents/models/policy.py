"""The model policy: which model writes for which specialist, how long it may take, and what it may cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from agents.policy import SHIPPED, Section, Text, read_policy

Specialist = Literal["support", "marketing", "finance", "insights", "supervisor"]
Positive = Annotated[float, Field(gt=0)]
Price = Annotated[float, Field(ge=0)]


class Prices(Section):
    """US dollars a million tokens."""

    input: Price
    output: Price

    def micro_dollars(self, input_tokens: int, output_tokens: int) -> int:
        """What a call costs, in millionths of a dollar."""
        return round(input_tokens * self.input + output_tokens * self.output)


class ModelTerms(Section):
    """What one model costs, and what may be asked of it in a minute by one process; None is no limit."""

    price: Prices
    requests_a_minute: Annotated[int, Field(ge=1)] | None = None
    tokens_a_minute: Annotated[int, Field(ge=1)] | None = None


class SpecialistModel(Section):
    """The model of one specialist."""

    model: Text
    temperature: Annotated[float, Field(ge=0, le=2)]
    max_tokens: Annotated[int, Field(ge=1)]
    timeout_seconds: Positive
    fallback: Text | None = None
    cache: bool = False


class Outage(Section):
    """When a model is left alone, and for how long."""

    failures: Annotated[int, Field(ge=1)]
    rest_seconds: Positive


class Budget(Section):
    """What calls may cost in a day."""

    usd_a_day: Positive
    warn_at: Annotated[float, Field(gt=0, le=1)]


class Caching(Section):
    """How long words are kept for whoever asks the very same: in the process, in Redis, in the database."""

    entries: Annotated[int, Field(ge=1)]
    l1_seconds: Positive
    l2_seconds: Positive
    l3_seconds: Positive
    claim_seconds: Positive


class ModelPolicy(Section):
    """Everything that decides how models are called."""

    deadline_seconds: Positive
    attempts: Annotated[int, Field(ge=1, le=5)]
    backoff_seconds: Positive
    outage: Outage
    budget: Budget
    cache: Caching
    models: dict[Text, ModelTerms]
    specialists: dict[Specialist, SpecialistModel]

    def shared_by(self, processes: int) -> Self:
        """The policy of each of so many processes that together may ask for what one may."""

        def share(limit: int | None) -> int | None:
            return None if limit is None else max(1, limit // processes)

        models = {
            name: terms.model_copy(
                update={
                    "requests_a_minute": share(terms.requests_a_minute),
                    "tokens_a_minute": share(terms.tokens_a_minute),
                }
            )
            for name, terms in self.models.items()
        }
        return self.model_copy(update={"models": models})

    @model_validator(mode="after")
    def complete(self) -> Self:
        """Every specialist has a model, and every model its terms."""
        missing = set(get_args(Specialist)) - set(self.specialists)
        if missing:
            raise ValueError(f"specialists lacks {', '.join(sorted(missing))}")
        named = {name for each in self.specialists.values() for name in (each.model, each.fallback) if name}
        if unknown := named - set(self.models):
            raise ValueError(f"models lacks {', '.join(sorted(unknown))} with its price, 0 if it has none")
        return self


def load_model_policy(folder: Path | None = None) -> ModelPolicy:
    """The model policy of a folder, or the shipped one; `BadInput` names file and key where it is wrong."""
    file = (folder or SHIPPED) / "models.yaml"
    return read_policy(file if file.is_file() else SHIPPED / "models.yaml", ModelPolicy)
