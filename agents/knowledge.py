"""Finding and drafting: the knowledge base behind one object that opens its heavy parts when first needed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from agents.domain import Citation, Source
from agents.errors import NeedsIngest, Permanent, Transient
from agents.injections import holds_order
from agents.lazy import Lazy
from knowledge_base.errors import (
    IndexAbsent,
    IndexBusy,
    IndexMismatch,
    KnowledgeBaseError,
    VectorsUnavailable,
)

if TYPE_CHECKING:
    from agents.ports import Services
    from knowledge_base.comparison import Comparison
    from knowledge_base.index import DocumentSummary, DocumentText, IndexStatus
    from knowledge_base.learned import TeamAnswer
    from knowledge_base.passages import Chunk, Embedder
    from knowledge_base.query import Query
    from knowledge_base.search import Retrieval
    from knowledge_base.topics import Topic

OFFERED_FROM = 5  # hits whose sections a customer may be asked to choose between
PUBLISHED_DEPTH = 20  # passages looked at for words that the shop itself has published
History = Sequence[tuple[str, str]]
"""Earlier messages, oldest first, as (role, text); the customer's role is "customer"."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for, and the passages that were found."""

    query: Query
    retrieval: Retrieval
    version: str = ""
    """Of the index that was searched: what is found now may read otherwise in another one."""
    chosen: bool = False
    """Whether the customer has chosen the section that stands first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the documents say to a question, whether or not it will be said.

    `confidence` is the calibrated probability that `text` is right; `evidence` is what it was computed from.
    """

    text: str
    confidence: float
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]
    headings: tuple[str, ...]
    evidence: dict[str, float]
    written_by: str | None = None
    """The model and the prompt that put it into words; None where it is quoted."""
    searched: str | None = None
    """What was searched for in the question's place, where a model rewrote it."""
    wording: dict[str, float] | None = None
    """What speaks for a model's words or verdict, from which `confidence` then is; None where no model was heard."""
    begun: bool = False
    """Whether its beginning has been shown to the customer: then it is said, whatever the confidence."""


NOTHING = Draft(text="", confidence=0.0, citations=(), sources=(), headings=(), evidence={})
"""The draft where the documents could not be looked at."""


class Knowledge:
    """The knowledge base as the desk uses it; one instance serves all threads of a process."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        self._answer_words = services.policy.limits.answer_words
        self._embedder = Lazy(services.open_embedder)
        self._index = Lazy(lambda: services.open_index(self._embedder()))
        self._calibration = services.open_calibration

    def find(self, question: str, history: History, chosen: str | None = None) -> Found:
        """The passages for a question asked after `history`.

        The section that the customer has `chosen` by its heading comes first. Where there is none under it any more,
        its words are searched for with the question.
        """
        from knowledge_base.query import build_query, settle_context  # noqa: PLC0415 - numpy is paid for when asked
        from knowledge_base.search import search  # noqa: PLC0415

        with translated(), self._index().snapshot() as snapshot:
            embedder, version = self._embedder(), str(snapshot.generation)
            query = settle_context(build_query(question, history), embedder)
            retrieval = search(snapshot, embedder, query)
            if chosen is None:
                return Found(query, retrieval, version)
            offered = [_name(hit.chunk) for hit in retrieval.hits[:OFFERED_FROM]]
            if chosen in offered:
                return Found(query, retrieval.led_by(offered.index(chosen)), version, chosen=True)
            query = build_query(f"{question} {chosen}", history)
            return Found(query, search(snapshot, embedder, query), version)

    def draft(self, found: Found) -> Draft:
        """The answer that the passages give, with its confidence: none in a passage that orders machines about."""
        from knowledge_base.answer import compose  # noqa: PLC0415
        from knowledge_base.evidence import evidence  # noqa: PLC0415
        from knowledge_base.learned import SAME_QUESTION, asks_the_same  # noqa: PLC0415

        query, retrieval = found.query, found.retrieval
        shown = replace(retrieval, hits=retrieval.hits[:1]) if found.chosen else retrieval
        extract = compose(query, shown, self._answer_words)
        signs = evidence(query, retrieval, extract)
        confidence = self._calibration().probability(signs) if extract.text else 0.0
        if extract.passages and asks_the_same(query.question, extract.passages[0].chunk):
            confidence = max(confidence, SAME_QUESTION)
        if holds_order(extract.text):
            confidence = 0.0
        return Draft(
            text=extract.text,
            confidence=confidence,
            citations=tuple(
                Citation(
                    document=passage.chunk.document,
                    section=passage.chunk.section or passage.chunk.heading,
                    anchor=passage.chunk.anchor,
                    quote=passage.quote,
                )
                for passage in extract.passages
            ),
            sources=tuple(
                Source(
                    document=hit.chunk.document,
                    section=hit.chunk.section or hit.chunk.heading,
                    score=round(min(1.0, max(0.0, float(hit.score))), 4),
                )
                for hit in retrieval.hits
            ),
            headings=_headings(
                [
                    *(passage.chunk for passage in extract.passages),
                    *(hit.chunk for hit in retrieval.hits[:OFFERED_FROM]),
                ]
            ),
            evidence={name: float(value) for name, value in signs.items()},
        )

    def publish(self, answers: Callable[[], Sequence[TeamAnswer]], wait_seconds: float) -> bool:
        """Make the index hold exactly these answers of the team; False where there is no usable index yet."""
        from knowledge_base.learned import publish  # noqa: PLC0415

        with translated():
            return publish(self._index(), self._embedder(), answers, wait_seconds=wait_seconds)

    def compare(self, answer: TeamAnswer) -> Comparison:
        """What the documents say already about an answer, and what in them contradicts it."""
        from knowledge_base.comparison import compare  # noqa: PLC0415
        from knowledge_base.learned import as_passage  # noqa: PLC0415

        with translated(), self._index().snapshot() as snapshot:
            return compare(snapshot, self._embedder(), as_passage(answer))

    def topics(self, questions: Sequence[str]) -> list[Topic]:
        """Questions grouped by topic, the largest group first."""
        import numpy as np  # noqa: PLC0415

        from knowledge_base.topics import topics  # noqa: PLC0415

        with translated():
            vectors = [self._embedder().embed_query(question) for question in questions]
        return topics(questions, np.stack(vectors)) if vectors else []

    def published_with(self, words: str) -> list[str]:
        """Passages of the files' documents that share most of these words, best first."""
        from knowledge_base.learned import is_learned  # noqa: PLC0415

        with translated(), self._index().snapshot() as snapshot:
            found = snapshot.chunks([hit.chunk for hit in snapshot.lexical(words, PUBLISHED_DEPTH)])
        return [chunk.text for chunk in found.values() if not is_learned(chunk.document)]

    def document(self, name: str) -> DocumentText | None:
        """A whole document, or None where there is none of that name."""
        with translated():
            return self._index().document(name)

    def embedder(self) -> Embedder:
        """The model that the index is made and searched with."""
        return self._embedder()

    def documents(self) -> list[DocumentSummary]:
        """Every document, by name."""
        with translated():
            return self._index().documents()

    def status(self) -> IndexStatus:
        """How the index is; loads no model."""
        with translated():
            return self._index().status()

    def warm(self) -> None:
        """Load what the first question needs. Raises what that question would raise."""
        self.draft(self.find("Where do I start?", ()))


def _headings(chunks: Sequence[Chunk]) -> tuple[str, ...]:
    """What the chunks are about in their authors' words; none where only the file has a name."""
    return tuple(dict.fromkeys(name for chunk in chunks if (name := _name(chunk))))


def _name(chunk: Chunk) -> str:
    """A chunk's heading without its number; empty where it is the file's name."""
    if chunk.heading == PurePath(chunk.document).stem:
        return ""
    return chunk.heading.removeprefix(chunk.section).lstrip(". ")


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turns the knowledge base's errors into the desk's; their messages already say what to do."""
    try:
        yield
    except (IndexAbsent, IndexMismatch) as error:
        raise NeedsIngest(str(error)) from error
    except (IndexBusy, VectorsUnavailable) as error:
        raise Transient(str(error)) from error
    except KnowledgeBaseError as error:
        raise Permanent(str(error)) from error
