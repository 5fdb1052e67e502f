"""Embedders for tests that are about something else than the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

import numpy as np

from knowledge_base.embedding import normalised, passage
from knowledge_base.passages import Chunk, ChunkVectors, Vector, Vectors
from knowledge_base.units import split_units

DIMENSION = 64


class HashingEmbedder:
    """A text's words, each hashed to a direction, added up. Counts what it is asked to embed."""

    dimension = DIMENSION

    def __init__(self, fingerprint: str = "hashing:1") -> None:
        self.fingerprint = fingerprint
        self.embedded: list[Chunk] = []

    def embed_query(self, text: str) -> Vector:
        vector: Vector = _vectors([text])[0]
        return vector

    def embed_chunks(self, chunks: Sequence[Chunk]) -> ChunkVectors:
        self.embedded.extend(chunks)
        units = [[chunk.text[u.start : u.end] for u in split_units(chunk.text)] for chunk in chunks]
        return ChunkVectors(
            _vectors([passage(chunk) for chunk in chunks]), [_vectors(each) for each in units]
        )


def _vectors(texts: Sequence[str]) -> Vectors:
    rows = [
        sum((_direction(word) for word in re.findall(r"\w+", text.lower())), _direction("")) for text in texts
    ]
    return normalised(np.stack(rows)) if rows else np.zeros((0, DIMENSION), dtype=np.float32)


@cache
def _direction(word: str) -> Vector:
    seed = int.from_bytes(blake2b(word.encode(), digest_size=4).digest())
    direction: Vector = normalised(np.random.default_rng(seed).normal(size=DIMENSION))
    return direction
