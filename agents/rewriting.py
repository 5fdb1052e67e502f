"""A question put so that the documents can be searched for it: whole, and in their language."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from agents.asking import Asked
from agents.knowledge import Found
from agents.language import is_foreign, is_surely_english
from agents.models.calls import Job, NoWords
from agents.models.room import ModelRoom
from agents.prompting import Prompt
from knowledge_base.query import refers_back
from knowledge_base.terms import content_words, stem

SHARE = 0.25  # of the whole answer's deadline
MOST_WORDS = 40
NEW = 0.4
"""The share of a query's content words that nobody has said: to point out what is meant takes few of them."""
TURNS = 6  # earlier messages that the model is given

log = logging.getLogger(__name__)


class SupportQuery(BaseModel):
    """The form in which a query is written."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(description="One short question that can be understood without the conversation.")


class QueryRewriter:
    """Lets a model put into the question what it leaves to the conversation; `mask` is as for the answer."""

    def __init__(self, room: ModelRoom, prompt: Prompt, mask: Callable[[str], str]) -> None:
        self._room = room
        self._prompt = prompt
        self._mask = mask

    def rewrite(self, asked: Asked, found: Found) -> str | None:
        """What to search for instead; None where the question will do, or no usable words came in time.

        It will do unless it points back to what was said, or is in another language than the passages `found`
        for it as it stands.
        """
        translate = is_foreign(asked.question) and _is_english(found)
        points_back = bool(found.query.context) and refers_back(found.query)
        if not self._room.on or not (translate or points_back):
            return None
        said = [f"{role}: {self._mask(text)}" for role, text in asked.history[-TURNS:]]
        question, whole = self._mask(asked.question), self._room.policy.deadline_seconds
        job = Job(
            specialist="support",
            prompt=self._prompt.render(
                language="English" if translate else "the language of the message",
                history="\n".join(said) or "(nothing)",
                question=question,
            ),
            form=SupportQuery,
            check=lambda words: _complaints(words.query, "\n".join([*said, question]), translate=translate),
            seconds=min(SHARE * whole, asked.left(whole)),
            conversation=asked.conversation or None,
            presence=asked.audience.presence,
        )
        try:
            with asked.audience.waiting():
                return self._room.write(job).value.query.strip()
        except NoWords as failure:
            log.info("The question is searched for as it was asked: %s", failure)
            return None


def _is_english(found: Found) -> bool:
    best = found.retrieval.hits[:1]
    return bool(best) and is_surely_english(best[0].chunk.text)


def _complaints(query: str, said: str, *, translate: bool) -> Sequence[str]:
    """What keeps a query from being the customer's question; other words are expected of a translation only."""
    if not query.strip():
        return ["the query is empty"]
    if len(query.split()) > MOST_WORDS:
        return [f"the query has more than {MOST_WORDS} words"]
    if numbers := set(re.findall(r"\d+", query)) - set(re.findall(r"\d+", said)):
        return [f"nobody has said {', '.join(sorted(numbers))}"]
    wanted = {stem(word): word for word in content_words(query)}
    new = sorted(word for stemmed, word in wanted.items() if stemmed not in map(stem, content_words(said)))
    if not translate and len(new) > max(1, NEW * len(wanted)):
        return [f"nobody has said {', '.join(new)}"]
    return []
