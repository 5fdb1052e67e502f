"""What people of the team have answered, as documents of the index: one a day, a passage an answer.

An ingest leaves these documents alone: they come from no file. The list of answers they are made from is the
truth, so that they can be made again at any time.
"""

from __future__ import annotations

import hashlib
import re
from calendar import month_name
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final

from knowledge_base.catalog import DocumentRecord, PlacedChunk
from knowledge_base.index import Index
from knowledge_base.passages import Chunk, Embedder
from knowledge_base.terms import FUNCTION_WORDS, stem, words
from knowledge_base.writer import Update

SAME_QUESTION: Final = 0.95
"""How sure an answer is that a person gave to this very question, whatever a fit on other questions says."""

_SIGNED = "Answered by the team, "
_DENIALS = frozenset(("not", "no", "never", "without", "t", "cannot"))
_NAME = re.compile(re.escape(_SIGNED) + r"\d{1,2} [A-Z][a-z]+ \d{4}")
_RECIPE = "learned 1"  # raise it with any change of how answers become passages
_LOOKS_LIKE_MARKUP = re.compile(r"^( {0,3})(#{1,6}(?=\s|$)|[-=]+[ \t]*$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """A question, what a person answered to it, and on which day."""

    id: int
    question: str
    answer: str
    answered: date

    @property
    def document(self) -> str:
        """The name under which it is cited."""
        return f"{_SIGNED}{self.answered.day} {month_name[self.answered.month]} {self.answered.year}"

    @property
    def anchor(self) -> str:
        """Its place in that document."""
        return f"answer-{self.id}"


def is_learned(document: str) -> bool:
    """Whether a document of the index holds answers of the team rather than a file."""
    return _NAME.fullmatch(document) is not None


def asks_the_same(question: str, chunk: Chunk) -> bool:
    """Whether a question is the one that the team has answered there, but for words that say nothing.

    Small words may differ, a "not" may not: what makes another question of it makes it need an answer of its own.
    """
    if not is_learned(chunk.document):
        return False
    return _says(question) == _says(chunk.title)


def _says(question: str) -> tuple[frozenset[str], bool]:
    spoken = words(question)
    content = frozenset(stem(word) for word in spoken if word not in FUNCTION_WORDS)
    return content or frozenset(spoken), any(word in _DENIALS for word in spoken)


def as_markdown(answers: Iterable[TeamAnswer]) -> str:
    """The answers as one Markdown document in the order given: a heading for each question."""
    return "".join(f"{_heading(each)}{_body(each)}\n\n" for each in answers).rstrip("\n") + "\n"


def as_passage(answer: TeamAnswer, position: int = 0) -> Chunk:
    """An answer as it is searched: its title is the question, and nothing else stands above it."""
    return Chunk(
        document=answer.document,
        title=_line(answer.question),
        headings=(),
        section="",
        anchor=answer.anchor,
        text=_body(answer),
        position=position,
    )


def publish(
    index: Index, embedder: Embedder, answers: Callable[[], Sequence[TeamAnswer]], *, wait_seconds: float
) -> bool:
    """Make the learned documents of the index equal to `answers`; readers see the change at once.

    `answers` is called while nobody else can write, so that of two at once the last has them all. False, and
    nothing done, where there is no index of this embedder: the next ingest comes first. Raises IndexBusy.
    """
    with index.writer(wait_seconds=wait_seconds) as writer:
        if not writer.is_sound():
            return False
        wanted = {record.name: (record, chunks) for record, chunks in _documents(answers())}
        present = {name: r for name, r in writer.documents().items() if is_learned(name)}
        update = Update(
            put=[
                (record, chunks)
                for name, (record, chunks) in wanted.items()
                if name not in present or present[name].sha256 != record.sha256
            ],
            removed=[name for name in present if name not in wanted],
        )
        lacking = writer.lacking(update)
        if lacking:
            writer.keep(lacking, embedder.embed_chunks(lacking))
        writer.commit(update, lambda _phase, _done, _total: None)
    return True


def _documents(answers: Sequence[TeamAnswer]) -> list[tuple[DocumentRecord, list[PlacedChunk]]]:
    ordered = sorted(answers, key=lambda each: (each.answered, each.id))
    return [_document(name, list(group)) for name, group in groupby(ordered, lambda each: each.document)]


def _document(name: str, answers: list[TeamAnswer]) -> tuple[DocumentRecord, list[PlacedChunk]]:
    source = f"# {name}\n\n"
    chunks = []
    for position, answer in enumerate(answers):
        source += _heading(answer)
        chunk = as_passage(answer, position)
        chunks.append(PlacedChunk(chunk, len(source), len(source) + len(chunk.text)))
        source += f"{chunk.text}\n\n"
    digest = hashlib.sha256(f"{_RECIPE}\n{source}".encode()).hexdigest()
    record = DocumentRecord(
        name=name,
        path="",
        size=len(source.encode()),
        mtime_ns=0,
        sha256=digest,
        recipe=_RECIPE,
        title=name,
        source=source,
        ingested_at=datetime.now(UTC),
    )
    return record, chunks


def _heading(answer: TeamAnswer) -> str:
    return f"## {_line(answer.question)}\n\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _body(answer: TeamAnswer) -> str:
    return without_headings(answer.answer).strip()


def without_headings(answer: str) -> str:
    """An answer whose lines cannot be taken for headings."""
    text = answer.replace("\r\n", "\n").replace("\r", "\n")
    return _LOOKS_LIKE_MARKUP.sub(r"\1\\\2", text)
