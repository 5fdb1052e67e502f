"""What an examination finds out about one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "off", "broken"]


@dataclass(frozen=True, slots=True)
class Part:
    """How one part is; `remedy` says what to do where that is needed."""

    name: str
    state: State
    detail: str
    remedy: str = ""
