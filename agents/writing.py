"""Better words for a support answer: written by a model, and said only if every one of them holds.

A model can word an answer better, or be more careful than the documents' own sentences; it can never be bolder:
it is asked only where the desk would answer anyway, and whatever it gets wrong leaves the quoted answer in place.
What has been said while it wrote stays said; where it then fails, the documents' own words follow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from agents.asking import Asked
from agents.domain import Citation
from agents.grounding import Sources, plain
from agents.injections import without_orders
from agents.knowledge import Draft, Found
from agents.models.calls import Job, NoWords, Words
from agents.models.room import ModelRoom
from agents.policy import SupportPolicy
from agents.prompting import Prompt
from agents.speaking import Speech
from agents.trust import Trust, signs_of

if TYPE_CHECKING:
    from knowledge_base.passages import Chunk

PASSAGES = 6  # sections that the model is given
TURNS = 6  # earlier messages that it is given

log = logging.getLogger(__name__)


class SupportWords(BaseModel):
    """The form in which a support answer is written; in this order, so that what an answer rests on comes first."""

    model_config = ConfigDict(extra="forbid")

    sufficient: bool = Field(description="Whether the sources answer the question.")
    quotes: list[str] = Field(description="Passages copied word for word from the sources.")
    answer: str = Field(description="The answer to the customer, in the customer's language.")


class SupportWriter:
    """Puts a draft into a model's words; `mask` takes personal data out of what the model is sent."""

    def __init__(
        self, policy: SupportPolicy, room: ModelRoom, prompt: Prompt, mask: Callable[[str], str], trust: Trust
    ) -> None:
        self._policy = policy
        self._room = room
        self._prompt = prompt
        self._mask = mask
        self._trust = trust

    def write(self, asked: Asked, found: Found, draft: Draft) -> Draft:
        """The draft in better words, or as it was; doubtful where the model finds the sources insufficient."""
        if not self._room.on:
            return draft
        chunks = [hit.chunk for hit in found.retrieval.hits[:PASSAGES]]
        texts = tuple(without_orders(f"{chunk.context}\n\n{chunk.text}") for chunk in chunks)
        sources = Sources(texts)
        speech = Speech(
            asked.question,
            sources,
            self._policy.limits.answer_words,
            asked.audience.hear,
            lambda answer, quotes: self._may_begin(speech, draft, answer, quotes),
        )
        try:
            with asked.audience.waiting():
                words = self._room.write(self._job(asked, found, texts, speech))
        except NoWords as failure:
            log.info("The quoted answer is given instead of a model's: %s", failure)
            return self._finished(draft, speech, chunks, sources) if speech.said else draft
        return self._worded(draft, words, speech, chunks, sources)

    def _job(self, asked: Asked, found: Found, texts: Sequence[str], speech: Speech) -> Job[SupportWords]:
        prompt = self._prompt.render(
            brand=self._policy.brand.name,
            words=self._policy.limits.answer_words,
            sources="\n\n".join(f"[{n}] {text}" for n, text in enumerate(texts, start=1)),
            history="\n".join(f"{role}: {self._mask(said)}" for role, said in asked.history[-TURNS:])
            or "(nothing)",
            question=self._mask(asked.question),
        )
        return Job(
            specialist="support",
            prompt=prompt,
            form=SupportWords,
            check=lambda words: speech.check(
                sufficient=words.sufficient, quotes=words.quotes, answer=words.answer
            ),
            seconds=self._room.policy.deadline_seconds,
            conversation=asked.conversation or None,
            hear=speech.hear if asked.audience.hear else None,
            presence=asked.audience.presence,
            version=found.version,
            began=asked.began,
        )

    def _may_begin(self, speech: Speech, draft: Draft, answer: str, quotes: Sequence[str]) -> bool:
        """Whether the answer would be given as it stands: once begun, it cannot be withheld any more."""
        signs = signs_of(
            draft.confidence,
            sufficient=True,
            quotes=quotes,
            answer=answer,
            attempts=1 + speech.rounds,
            failures=speech.failures,
        )
        return self._trust.would_answer(signs, draft.confidence)

    def _worded(
        self,
        draft: Draft,
        words: Words[SupportWords],
        speech: Speech,
        chunks: Sequence[Chunk],
        sources: Sources,
    ) -> Draft:
        value = words.value
        answer = speech.whole(value.answer) if value.sufficient else ""
        signs = signs_of(
            draft.confidence,
            sufficient=value.sufficient,
            quotes=value.quotes,
            answer=answer,
            attempts=words.attempts,
            failures=speech.failures,
        )
        draft = replace(draft, confidence=self._trust.confidence(signs, draft.confidence), wording=signs)
        if not value.sufficient:
            return draft
        quotes = dict.fromkeys([*speech.quotes, *value.quotes])
        return replace(
            draft,
            text=answer,
            citations=tuple(_citations(list(quotes), chunks, sources)),
            written_by=f"{words.model} {words.prompt}",
            begun=bool(speech.said),
        )

    def _finished(self, draft: Draft, speech: Speech, chunks: Sequence[Chunk], sources: Sources) -> Draft:
        """What has been said stands; what the model could not bring to an end, the documents do."""
        said = _citations(speech.quotes, chunks, sources)
        return replace(
            draft,
            text=f"{speech.said.rstrip()}\n\n{self._policy.texts.own_words}\n\n{draft.text}",
            citations=tuple(dict.fromkeys([*said, *draft.citations])),
            written_by=f"{self._prompt.label}, unfinished",
            begun=True,
        )


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
