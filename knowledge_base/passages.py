"""What the knowledge base is made of: chunks of documents, the units inside them, and hits for a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One unit-length embedding, shape (dimension,)."""

Vectors = NDArray[np.float32]
"""Unit-length embeddings, shape (count, dimension)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one document that answers on its own: the body under one heading, or a part of it.

    `text` is the Markdown body without its headings, exactly as the document has it. `(document, anchor)` is
    unique in an index; `section` is the number in the heading ("3.2"), empty where the document has none.
    """

    document: str
    title: str
    headings: tuple[str, ...]
    section: str
    anchor: str
    text: str
    position: int

    @property
    def id(self) -> str:
        """A digest of all that an answer could show, so that a changed chunk is another chunk."""
        parts = (self.document, self.title, *self.headings, self.section, self.anchor, self.text)
        return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()

    @property
    def heading(self) -> str:
        """The innermost heading, or the title where the chunk stands under none."""
        return self.headings[-1] if self.headings else self.title

    @property
    def context(self) -> str:
        """Title and headings as one line: what a reader of the chunk alone has to be told."""
        return " · ".join(dict.fromkeys((self.title, *self.headings)))


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part of a chunk that may be shown alone: a sentence, a list item, or a whole table.

    `start` and `end` are character offsets into `Chunk.text`.
    """

    start: int
    end: int
    kind: Literal["sentence", "item", "table", "code"]


class Scored(NamedTuple):
    """A chunk's id with one retriever's score; larger is better."""

    chunk: str
    score: float


class Snapshot(Protocol):
    """One consistent state of the index; all reads of one question go through one snapshot."""

    @property
    def generation(self) -> int:
        """The number of the ingest that made this state; 0 for an index that was never filled."""

    @property
    def chunk_count(self) -> int:
        """How many chunks are live in this state."""

    def dense(self, vector: Vector, limit: int) -> list[Scored]:
        """The chunks nearest to a query vector with their cosine similarity, best first."""

    def lexical(self, query: str, limit: int) -> list[Scored]:
        """The chunks that share words with a query with their BM25 score, best first."""

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The live chunks of these ids; an unknown id is absent."""

    def unit_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """A vector for each unit of these chunks, in the order of `split_units(chunk.text)`."""

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many live chunks each term (any spelling; stemmed as the index stems) occurs."""


class Embedder(Protocol):
    """Turns text into unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Names model, weights and pooling; vectors of different fingerprints must not be compared."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed_query(self, text: str) -> Vector:
        """The vector of a question."""

    def embed_chunks(self, chunks: Sequence[Chunk]) -> ChunkVectors:
        """The vectors of chunks (embedded with their context) and of their units."""


@dataclass(frozen=True, slots=True)
class ChunkVectors:
    """Vectors of a batch of chunks: `chunks` has shape (n, dimension), `units[i]` has shape (units of i, dimension)."""

    chunks: Vectors
    units: list[Vectors]
