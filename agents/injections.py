"""Orders to a machine that stand in a document: they are nothing to tell a customer, and nothing to tell a model."""

from __future__ import annotations

import re

_PARAGRAPHS = re.compile(r"\n\s*\n")
_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|guardrails?|polic(?:y|ies))\b"
_ORDER = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass)\b(?:\s+[^\s.!?;]+){{0,5}}?\s+{_RULES}"
    r"|\byou are now\b"
    r"|\bsystem prompt\b"
    r"|^\W*(?:system|assistant)\s*:"
    r"|<\|?\s*/?(?:system|assistant|im_start|im_end)\b",
    re.IGNORECASE | re.MULTILINE,
)


def holds_order(text: str) -> bool:
    """Whether a text tells a machine to do other than it was told, in one of the usual phrases."""
    return bool(_ORDER.search(text))


def without_orders(text: str) -> str:
    """A text without the paragraphs that hold such orders: what stands beside one belongs to it."""
    if not holds_order(text):
        return text
    return "\n\n".join(part for part in _PARAGRAPHS.split(text) if not holds_order(part))
