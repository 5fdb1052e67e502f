"""What the shop itself has published, which is nobody's personal data."""

from __future__ import annotations

from typing import Final

from agents.errors import DeskError
from agents.knowledge import Knowledge
from agents.masking import Part
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
            return self._knowledge.stands_in_documents(part.text)
        except DeskError:
            return False
