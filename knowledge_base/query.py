"""What to search for: the question, and how the conversation completes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.words import content_words

_ANSWER_CHARACTERS = 300  # the beginning of an answer names its subject; more of it drowns the question
_QUESTION_CHARACTERS = 2_000
_CUSTOMER = ("customer", "user")


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of the question; the weights of a query's variants add up to 1."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the wordings it is searched in, the question itself first."""

    question: str
    variants: tuple[Variant, ...]

    @property
    def words(self) -> list[str]:
        """The distinct content words of the question itself."""
        return content_words(self.question)

    @property
    def follows_up(self) -> bool:
        """Whether earlier turns are part of what is searched for."""
        return len(self.variants) > 1


def build_query(question: str, history: Sequence[tuple[str, str]] = ()) -> Query:
    """The query for a question asked after `history`: (role, text) pairs, oldest first.

    A follow-up ("and for opened ones?") is searched as it stands, after the customer's last question, and after the
    beginning of the last answer. The weights were chosen on multi-turn questions: see benchmarks/fit_confidence.py.
    """
    question = question[:_QUESTION_CHARACTERS].strip()
    asked = next((text for role, text in reversed(history) if role in _CUSTOMER and text.strip()), "")
    answered = next((text for role, text in reversed(history) if role not in _CUSTOMER and text.strip()), "")
    texts = [(question, 0.4)]
    if asked:
        texts.append((f"{asked[:_QUESTION_CHARACTERS]} {question}", 0.4))
    if answered:
        texts.append((f"{answered[:_ANSWER_CHARACTERS]} {question}", 0.2))
    total = sum(weight for _, weight in texts)
    return Query(question, tuple(Variant(text, weight / total) for text, weight in texts))
