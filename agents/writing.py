"""Better words for a support answer: written by a model, and said only if every one of them holds.

A model can word an answer better, or be more careful than the documents' own sentences; it can never be bolder:
it is asked only where the desk would answer anyway, and whatever it gets wrong leaves the quoted answer in place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from agents.domain import Citation
from agents.grounding import Sources, check_quotes, check_text, plain
from agents.knowledge import Draft, Found, History
from agents.model_calls import Job, NoWords
from agents.models import ModelRoom
from agents.policy import SupportPolicy
from agents.prompting import Prompt

if TYPE_CHECKING:
    from knowledge_base.passages import Chunk

PASSAGES = 6  # sections that the model is given
LONGER = 1.25  # so much over the policy's words is still short enough

log = logging.getLogger(__name__)


class SupportWords(BaseModel):
    """The form in which a support answer is written."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(description="The answer to the customer, in the customer's language.")
    quotes: list[str] = Field(description="Passages copied word for word from the sources.")
    sufficient: bool = Field(description="Whether the sources answer the question.")


class SupportWriter:
    """Puts a draft into a model's words; `mask` takes personal data out of what the model is sent."""

    def __init__(
        self, policy: SupportPolicy, room: ModelRoom, prompt: Prompt, mask: Callable[[str], str]
    ) -> None:
        self._policy = policy
        self._room = room
        self._prompt = prompt
        self._mask = mask

    def write(self, question: str, history: History, found: Found, draft: Draft, conversation: str) -> Draft:
        """The draft in better words, or as it was; doubtful where the model finds the sources insufficient."""
        if not self._room.on:
            return draft
        chunks = [hit.chunk for hit in found.retrieval.hits[:PASSAGES]]
        texts = tuple(f"{chunk.context}\n\n{chunk.text}" for chunk in chunks)
        sources = Sources(texts)
        job = Job(
            specialist="support",
            prompt=self._prompt.render(
                brand=self._policy.brand.name,
                words=self._policy.limits.answer_words,
                sources="\n\n".join(f"[{n}] {text}" for n, text in enumerate(texts, start=1)),
                history="\n".join(f"{role}: {self._mask(said)}" for role, said in history[-6:])
                or "(nothing)",
                question=self._mask(question),
            ),
            form=SupportWords,
            check=lambda words: self._complaints(words, sources),
            seconds=self._room.policy.deadline_seconds,
            conversation=conversation,
        )
        try:
            words = self._room.write(job)
        except NoWords as failure:
            log.info("The quoted answer is given instead of a model's: %s", failure)
            return draft
        if not words.value.sufficient:
            doubtful = min(draft.confidence, self._policy.thresholds.answer - 0.01)
            return replace(draft, confidence=doubtful)
        return replace(
            draft,
            text=words.value.answer.strip(),
            citations=tuple(_citations(words.value.quotes, chunks, sources)),
            written_by=f"{words.model} {words.prompt}",
        )

    def _complaints(self, words: SupportWords, sources: Sources) -> list[str]:
        """What does not hold, in words that the model can act on."""
        if not words.sufficient:
            return []  # nothing of it is shown
        complaints = []
        if not words.answer.strip():
            complaints.append("the answer is empty")
        if not words.quotes:
            complaints.append("there are no quotes: copy the passages that the answer rests on")
        length, most = len(words.answer.split()), self._policy.limits.answer_words
        if length > LONGER * most:
            complaints.append(f"the answer has {length} words; {most} are the most")
        failures = check_quotes(words.quotes, sources) + check_text(words.answer, sources)
        return complaints + [f"“{failure.words}” {failure.reason}" for failure in failures]


def _citations(quotes: Sequence[str], chunks: Sequence[Chunk], sources: Sources) -> list[Citation]:
    """Where each quote stands: built from the passage that holds it."""
    citations = []
    for quote in dict.fromkeys(quotes):
        wanted = plain(quote).strip(" .…\"'")
        place = next(chunk for chunk, text in zip(chunks, sources.plain, strict=True) if wanted in text)
        citations.append(
            Citation(
                document=place.document,
                section=place.section or place.heading,
                anchor=place.anchor,
                quote=quote.strip(),
            )
        )
    return citations
