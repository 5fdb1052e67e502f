"""What the shop itself has published, which is nobody's personal data."""

from __future__ import annotations

from typing import Final

from agents.errors import DeskError
from agents.knowledge import Knowledge
from agents.masking import Part
from agents.personal import Address
from agents.privacy_policy import Kind

_KINDS: Final[frozenset[Kind]] = frozenset({"e-mail", "phone", "address"})


class Published:
    """Knows the shop's own addresses and numbers: those that stand in its documents."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Look nothing up yet."""
        self._knowledge = knowledge

    def __call__(self, part: Part) -> bool:
        """Whether a part stands in the documents; False where these cannot be looked at."""
        if part.kind not in _KINDS:
            return False
        try:
            texts = self._knowledge.published_with(part.text)
        except DeskError:
            return False
        if part.kind == "e-mail":
            return any(Address(part.text).is_in(text) for text in texts)
        return any(_bare(part.text) in _bare(text) for text in texts)


def _bare(text: str) -> str:
    """Letters and digits alone: numbers and addresses are written with all kinds of signs between them."""
    return "".join(filter(str.isalnum, text.lower()))
