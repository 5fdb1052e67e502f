"""Several hosts of chat models: each model is asked of the first host whose prefix its name begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents.errors import ModelMisused
from agents.models.calls import ChatModels
from agents.models.policy import SpecialistModel
from agents.prompting import Rendered


class ModelHost(ChatModels, Protocol):
    """A host of chat models that can also be looked at."""

    def say(self, settings: SpecialistModel, prompt: Rendered) -> str:
        """What the specialist's model makes of a prompt, as plain text. Raises in our words."""

    def check(self) -> list[str]:
        """The names of the host's models. Raises what keeps us from them, in our words."""


class ModelHosts:
    """The hosts whose keys are set, each with the prefix of its models' names; an empty one takes all."""

    def __init__(self, hosts: Sequence[tuple[str, ModelHost]]) -> None:
        self._hosts = hosts

    def of(self, model: str) -> ModelHost:
        """The host of a model. Raises `ModelMisused` where none has it."""
        for prefix, host in self._hosts:
            if model.startswith(prefix):
                return host
        raise ModelMisused(
            f"No host is set for the model {model!r}: set OPENAI_API_KEY, or name a model in models.yaml whose name "
            f"begins with {' or '.join(repr(prefix) for prefix, _ in self._hosts)}."
        )
