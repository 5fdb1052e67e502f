"""What a model says, put together piece by piece and read as the form that was asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic

from pydantic import ValidationError
from pydantic_core import from_json

from agents.models.calls import Form, Headroom
from agents.models.policy import SpecialistModel

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

CHARACTERS_A_TOKEN = 4  # roughly, for hosts that do not count


class Reading(Generic[Form]):
    """The words of one call so far: a message whole, or the chunks of a stream one after another."""

    def __init__(self, form: type[Form], told: Sequence[BaseMessage]) -> None:
        self._form = form
        self._told = told
        self._content: list[str] = []
        self._arguments: list[str] = []
        self._usage: tuple[int, int] | None = None
        self._cut_short = False
        self._call: int | None = None
        self.headroom: Headroom | None = None

    def add(self, message: BaseMessage) -> None:
        """A further piece."""
        self._content.append(str(message.text))
        self._arguments.append(self._called_with(message))
        usage = getattr(message, "usage_metadata", None)
        if usage:
            before = self._usage or (0, 0)
            self._usage = before[0] + usage["input_tokens"], before[1] + usage["output_tokens"]
        said = message.response_metadata
        self._cut_short |= (said.get("finish_reason") or said.get("stop_reason")) in ("length", "max_tokens")

    @property
    def text(self) -> str:
        """What was said, as it is written."""
        return "".join(self._arguments) or "".join(self._content)

    def partial(self) -> dict[str, Any] | None:
        """What there is of the value, in the form's order; the last part may break off. None if there is nothing."""
        try:
            value = from_json(self.text, allow_partial="trailing-strings")
        except ValueError:
            return None
        if not isinstance(value, dict):
            return None
        return {name: value[name] for name in self._form.model_fields if name in value} or None

    def value(self) -> tuple[Form | None, list[str]]:
        """The value, or what keeps the words from being one."""
        try:
            return self._form.model_validate_json(self.text), []
        except ValidationError as error:
            parts = error.errors()
        if parts[0]["type"] == "json_invalid":
            return None, [
                f"it does not have the asked form{', for it is too long' if self._cut_short else ''}"
            ]
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in parts)
        return None, [f"it does not have the asked form ({wrong})"]

    def tokens(self) -> tuple[int, int, str]:
        """Tokens in and out, and a remark where the host has not counted them and they are estimated."""
        if self._usage is not None and all(self._usage):
            return *self._usage, ""
        told = sum(len(str(message.text)) for message in self._told)
        return _estimated(told), _estimated(len(self.text)), "tokens estimated"

    def _called_with(self, message: BaseMessage) -> str:
        """The arguments of the first function that a message, or a piece of one, calls."""
        chunks = getattr(message, "tool_call_chunks", None)
        if chunks:
            self._call = chunks[0]["index"] if self._call is None else self._call
            return "".join(chunk["args"] or "" for chunk in chunks if chunk["index"] == self._call)
        if chunks is None and (calls := getattr(message, "tool_calls", None)):
            return json.dumps(calls[0]["args"], ensure_ascii=False)
        broken = None if chunks is not None else getattr(message, "invalid_tool_calls", None)
        return str(broken[0]["args"] or "") if broken else ""


def expected_tokens(messages: Sequence[BaseMessage], settings: SpecialistModel) -> int:
    """About how many tokens a call will take at most; hosts count so before they answer."""
    return _estimated(sum(len(str(message.text)) for message in messages)) + settings.max_tokens


def _estimated(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)
