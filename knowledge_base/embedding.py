"""Embedders: the packaged MiniLM on ONNX Runtime, or any sentence-transformers model by name."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import ModelUnavailable
from knowledge_base.minilm import DIMENSION, WEIGHTS_SHA256, graph_file, packaged_model
from knowledge_base.passages import Chunk, ChunkVectors, Embedder, Vector, Vectors
from knowledge_base.units import split_units

DEFAULT_MODEL = "all-MiniLM-L6-v2"
MAX_TOKENS = 256  # what the model was trained on; sentence-transformers cuts there, windows go on
_MAX_CONTEXT_TOKENS = 64
_MAX_QUERY_CHARACTERS = 4_000  # more than MAX_TOKENS word pieces in any language; spares tokenising a flood
_QUERIES_REMEMBERED = 4096  # 6 MB; customers ask the same things, the example questions most of all
_BATCH_TOKENS = 512  # measured: larger batches leave the cache and are slower, up to a third at 8,192
_WORKERS = 2  # batches at once


def load_embedder(model: str, models_folder: Path) -> Embedder:
    """The embedder of this name; nothing is read or loaded before the first text is embedded.

    The default name is the packaged model; any other is given to sentence-transformers. The embedder raises
    ModelUnavailable on first use where the model cannot be loaded.
    """
    if model in (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"):
        return MiniLMEmbedder(models_folder)
    return SentenceTransformersEmbedder(model, models_folder)


def passage(chunk: Chunk) -> str:
    """What is embedded of a chunk: its context, a line break, and its text."""
    return f"{chunk.context}\n{chunk.text}"


def normalised(vectors: NDArray[Any]) -> Vectors:
    """The rows at unit length, float32; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


@dataclass(slots=True)
class _Window:
    """A run of a chunk's tokens that fits the model, and which unit each of them belongs to (-1: none)."""

    chunk: int
    ids: list[int]
    units: NDArray[np.int64]


@dataclass(slots=True)
class _Pool:
    """Running sums over a chunk's token states: one for the chunk, one for each of its units."""

    total: NDArray[np.float64]
    count: int
    units: NDArray[np.float64]

    def add(self, states: NDArray[np.float32], owners: NDArray[np.int64]) -> None:
        starts = np.flatnonzero(np.diff(owners, prepend=owners[0] - 1))  # of runs that one unit owns
        sums = np.add.reduceat(states, starts, axis=0)
        self.total += sums.sum(axis=0)
        self.count += len(states)
        owned = owners[starts] >= 0
        np.add.at(self.units, owners[starts][owned], sums[owned])


class MiniLMEmbedder:
    """all-MiniLM-L6-v2: mean over the token states, as sentence-transformers pools it.

    One forward pass gives the vector of a chunk and, as means over their own tokens' states, its units'.
    A chunk longer than the model reads is embedded in windows that each repeat its context.
    """

    def __init__(self, models_folder: Path) -> None:
        self._models_folder = models_folder
        self._loading = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        self._remembered = lru_cache(_QUERIES_REMEMBERED)(self._embed_query)

    @property
    def fingerprint(self) -> str:
        """The name, the weights' digest, and how vectors are made of them."""
        return f"{DEFAULT_MODEL}:{WEIGHTS_SHA256[:16]}:mean-with-context"

    @property
    def dimension(self) -> int:
        """384."""
        return DIMENSION

    def embed_query(self, text: str) -> Vector:
        """The vector of a question, read-only; what follows its first 256 word pieces is not read."""
        return self._remembered(text[:_MAX_QUERY_CHARACTERS])

    def _embed_query(self, text: str) -> Vector:
        tokenizer, session = self._load()
        ids = tokenizer.encode(text).ids
        if len(ids) > MAX_TOKENS:
            ids = [*ids[: MAX_TOKENS - 1], ids[-1]]
        vector = normalised(_states(session, [ids])[0].mean(axis=0))
        vector.setflags(write=False)
        return vector

    def embed_chunks(self, chunks: Sequence[Chunk]) -> ChunkVectors:
        """The vectors of chunks and of their units, in the order given."""
        tokenizer, session = self._load()
        encodings = tokenizer.encode_batch([passage(chunk) for chunk in chunks], add_special_tokens=False)
        spans = [split_units(chunk.text) for chunk in chunks]
        pools = [_Pool(np.zeros(DIMENSION), 0, np.zeros((len(units), DIMENSION))) for units in spans]
        ends = (tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]"))
        windows: list[_Window] = []
        for index, (chunk, encoding, units) in enumerate(zip(chunks, encodings, spans, strict=True)):
            shift = len(chunk.context) + 1
            starts = np.array([unit.start + shift for unit in units])
            stops = np.array([unit.end + shift for unit in units])
            offsets = np.array([start for start, _ in encoding.offsets], dtype=np.int64)
            owners: NDArray[np.int64] = np.searchsorted(starts, offsets, side="right") - 1
            if len(units):
                owners[(owners >= 0) & (offsets >= stops[owners])] = -1
            context = min(int((offsets < shift).sum()), _MAX_CONTEXT_TOKENS)
            windows.extend(_windows(index, encoding.ids, owners, context, ends))
        windows.sort(key=lambda window: len(window.ids))
        batches = list(_batches(windows))
        with ThreadPoolExecutor(_WORKERS) as workers:
            results = workers.map(lambda batch: _states(session, [window.ids for window in batch]), batches)
            for batch, rows in zip(batches, results, strict=True):
                for window, states in zip(batch, rows, strict=True):
                    pools[window.chunk].add(states, window.units)
        return ChunkVectors(_chunk_vectors(pools), [_unit_vectors(pool) for pool in pools])

    def _load(self) -> tuple[Any, Any]:
        """The tokenizer and the session, loaded once."""
        if self._loaded is None:
            with self._loading:
                if self._loaded is None:
                    self._loaded = _load_minilm(self._models_folder)
        return self._loaded


def _load_minilm(models_folder: Path) -> tuple[Any, Any]:
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415 - dear
    from tokenizers import Tokenizer  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    # A thread a text, or a batch of them: threads that share one would wait for each other at every operator,
    # which on a busy machine costs more than it gains. On an idle one a question would take 2.0 ms instead of 3.4,
    # but its second thread goes on spinning for another 8, or 3 where it is told to stop.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    file = graph_file(models_folder)
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        message = f"The embedding model at {file} cannot be loaded ({error}); delete the file and try again."
        raise ModelUnavailable(message) from error
    tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer, session


def _windows(
    chunk: int, ids: list[int], owners: NDArray[np.int64], context: int, ends: tuple[int, int]
) -> Iterator[_Window]:
    """Cuts a chunk's tokens into runs that fit the model, each behind the context; one run if all fits."""
    none = np.array([-1])
    if len(ids) + 2 <= MAX_TOKENS:
        yield _Window(chunk, [ends[0], *ids, ends[1]], np.concatenate([none, owners, none]))
        return
    room = MAX_TOKENS - 2 - context
    for start in range(context, len(ids), room):
        run = slice(start, start + room)
        units = np.concatenate([np.full(context + 1, -1), owners[run], none])
        yield _Window(chunk, [ends[0], *ids[:context], *ids[run], ends[1]], units)


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Groups windows, shortest first, so that a batch with its padding holds a bounded number of tokens."""
    batch: list[_Window] = []
    for window in windows:
        if batch and (len(batch) + 1) * len(window.ids) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _states(session: Any, batch: Sequence[list[int]]) -> list[NDArray[np.float32]]:
    """The token states of each row without its padding, shape (tokens of the row, dimension)."""
    ids = np.zeros((len(batch), max(map(len, batch))), dtype=np.int32)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    states = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return [states[row, : len(tokens)] for row, tokens in enumerate(batch)]


def _chunk_vectors(pools: Sequence[_Pool]) -> Vectors:
    if not pools:
        return np.zeros((0, DIMENSION), dtype=np.float32)
    return normalised(np.stack([pool.total / pool.count for pool in pools]))


def _unit_vectors(pool: _Pool) -> Vectors:
    """A unit without a token of its own (a lone control character) gets the chunk's direction."""
    empty = np.abs(pool.units).sum(axis=1, keepdims=True) == 0
    return normalised(np.where(empty, pool.total, pool.units))


class SentenceTransformersEmbedder:
    """Any model that sentence-transformers can load, from its cache, a folder, or the network.

    Units are embedded as texts of their own: how a foreign model pools its tokens is its own affair.
    """

    def __init__(self, model: str, models_folder: Path) -> None:
        self._name = model
        self._models_folder = models_folder
        self._loading = threading.Lock()
        self._model: Any = None

    @property
    def fingerprint(self) -> str:
        """The name; for a model in a folder, also a digest of what lies there."""
        folder = Path(self._name)
        if not folder.is_dir():
            return f"{self._name}:with-context"
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        listing = "\n".join(f"{path.relative_to(folder)} {path.stat().st_size}" for path in files)
        return f"{folder.name}:{hashlib.sha256(listing.encode()).hexdigest()[:16]}:with-context"

    @property
    def dimension(self) -> int:
        """The model's own; loads it."""
        return int(self._load().get_embedding_dimension())

    def embed_query(self, text: str) -> Vector:
        """The vector of a question, with the model's own prompt for queries where it has one."""
        model = self._load()
        vector = model.encode_query(text[:_MAX_QUERY_CHARACTERS], show_progress_bar=False)
        return normalised(np.asarray(vector))

    def embed_chunks(self, chunks: Sequence[Chunk]) -> ChunkVectors:
        """The vectors of chunks and of their units, in the order given."""
        spans = [split_units(chunk.text) for chunk in chunks]
        texts = [passage(chunk) for chunk in chunks]
        for chunk, units in zip(chunks, spans, strict=True):
            texts.extend(chunk.text[unit.start : unit.end] for unit in units)
        if not texts:
            return ChunkVectors(np.zeros((0, self.dimension), dtype=np.float32), [])
        vectors = normalised(np.asarray(self._load().encode_document(texts, show_progress_bar=False)))
        stops = np.cumsum([len(chunks), *(len(units) for units in spans)])
        return ChunkVectors(vectors[: len(chunks)], np.split(vectors, stops[:-1])[1:])

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = self._open()
            return self._model

    def _open(self) -> Any:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds to import

        try:
            return SentenceTransformer(self._name, cache_folder=str(self._models_folder), device="cpu")
        except Exception as error:
            message = (
                f"The embedding model {self._name!r} cannot be loaded: {error!s:.200}. "
                "Give a folder with a sentence-transformers model or a name that can be downloaded, or use "
                f"{DEFAULT_MODEL!r}, which needs no network."
            )
            raise ModelUnavailable(message) from error
