"""Prompts: YAML files with typed variables and a version, checked when they are loaded."""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agents.errors import BadInput
from agents.models.policy import Specialist
from agents.policy import Section, Text, read_policy

FOLDER = Path(__file__).with_name("prompts")


class Variable(Section):
    """A variable of a prompt, with a value to try it with."""

    type: Literal["text", "number"]
    sample: str | int | float

    def accepts(self, value: object) -> bool:
        """Whether a value has the variable's type."""
        return isinstance(value, str) if self.type == "text" else isinstance(value, int | float)


class Prompt(Section):
    """Words for a model. Every variable that is used is declared, and every declared one is used."""

    name: Text
    specialist: Specialist
    version: Annotated[int, Field(ge=1)]
    variables: dict[str, Variable]
    system: Text
    user: Text

    @model_validator(mode="after")
    def declared_and_used(self) -> Self:
        """Raises for an undefined variable, an unused one, and a sample of the wrong type."""
        used = {
            name
            for text in (self.system, self.user)
            for _, name, _, _ in string.Formatter().parse(text)
            if name
        }
        if undefined := sorted(used - set(self.variables)):
            raise ValueError(f"uses {', '.join(undefined)}, which `variables` does not declare")
        if unused := sorted(set(self.variables) - used):
            raise ValueError(f"declares {', '.join(unused)}, which no text uses")
        for name, variable in self.variables.items():
            if not variable.accepts(variable.sample):
                raise ValueError(f"the sample of {name} is no {variable.type}")
        return self

    @property
    def label(self) -> str:
        """Name and version, as recorded with what it wrote."""
        return f"{self.name}@{self.version}"

    def render(self, **values: str | float) -> Rendered:
        """The prompt with its variables filled in. A missing, unknown or mistyped one raises `BadInput`."""
        if wrong := sorted(set(values) ^ set(self.variables)):
            raise BadInput(
                f"The prompt {self.label} needs exactly {', '.join(self.variables)}; wrong: {', '.join(wrong)}."
            )
        for name, value in values.items():
            if not self.variables[name].accepts(value):
                raise BadInput(f"The prompt {self.label} needs a {self.variables[name].type} for {name}.")
        return Rendered(self.label, self.system.format(**values), self.user.format(**values))

    def sample(self) -> Rendered:
        """The prompt filled in with its samples."""
        return self.render(**{name: variable.sample for name, variable in self.variables.items()})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt ready to send, with the label of the one it came from."""

    label: str
    system: str
    user: str


def find_prompt(name: str) -> Prompt:
    """The shipped prompt of a name; another name raises `BadInput` with those that there are."""
    prompts = load_prompts()
    if name not in prompts:
        raise BadInput(f"There is no prompt {name!r}; there are {', '.join(prompts)}.")
    return prompts[name]


def load_prompts(folder: Path = FOLDER) -> dict[str, Prompt]:
    """All prompts of a folder by name; `BadInput` names the file and what is wrong in it."""
    prompts = {}
    for file in sorted(folder.glob("*.yaml")):
        prompt = read_policy(file, Prompt)
        if prompt.name != file.stem:
            raise BadInput(
                f"{file}: the prompt calls itself {prompt.name!r}; name it as its file, {file.stem!r}."
            )
        prompts[prompt.name] = prompt
    return prompts
