"""What passes between the server and a process that answers for it: a line of JSON each.

The line is a pair of connected sockets that the process inherits. Nobody else can reach it, and whichever side ends,
the other one reads the end of it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from agents.domain import Value

LONGEST: Final = 2**26
"""Bytes of a line: beyond all that a page may send or be sent."""


class Put(Value):
    """A question; `aloud` where its page wants to hear the answer while it is written."""

    kind: Literal["put"] = "put"
    number: int
    visitor: str
    text: Any
    aloud: bool
    broken_off: datetime | None


class Left(Value):
    """Nobody waits for this answer any more."""

    kind: Literal["left"] = "left"
    number: int


class Ready(Value):
    """Everything is loaded."""

    kind: Literal["ready"] = "ready"


class Piece(Value):
    """A further piece of an answer."""

    kind: Literal["piece"] = "piece"
    number: int
    text: str


class Done(Value):
    """The whole reply, as the page draws it."""

    kind: Literal["done"] = "done"
    number: int
    reply: dict[str, Any]


_TOLD: Final[TypeAdapter[Put | Left]] = TypeAdapter(Annotated[Put | Left, Field(discriminator="kind")])
_SAID: Final[TypeAdapter[Ready | Piece | Done]] = TypeAdapter(
    Annotated[Ready | Piece | Done, Field(discriminator="kind")]
)


def line(message: Put | Left | Ready | Piece | Done) -> bytes:
    """A message as it is sent."""
    # Not pydantic's own JSON: a page may send half a surrogate pair, which that refuses.
    return json.dumps(message.model_dump(mode="json")).encode() + b"\n"


def told(line: bytes) -> Put | Left:
    """What an answering process is told by a line."""
    return _TOLD.validate_python(json.loads(line))


def said(line: bytes) -> Ready | Piece | Done:
    """What it says by a line."""
    return _SAID.validate_python(json.loads(line))
