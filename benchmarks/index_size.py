"""How size, ingest and question grow with the index: `python -m benchmarks.index_size --sizes 1000 10000 100000`.

The documents are sentences of the corpora at hand, mixed anew. Their vectors are made of those of the sentences,
which are embedded once: so what is measured is the index. What the model adds a chunk is `ingest_speed`'s figure.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.session import Session
from benchmarks.corpora import percentile, questions, sentences
from ingest.pipeline import ingest
from integrations import connect
from integrations.settings import Settings
from knowledge_base.embedding import DEFAULT_MODEL, load_embedder, normalised
from knowledge_base.index import Index
from knowledge_base.passages import Chunk, ChunkVectors, Embedder, Vector, Vectors
from knowledge_base.query import build_query
from knowledge_base.search import search
from knowledge_base.units import split_units

SECTIONS = 10
SENTENCES = 6


class MixingEmbedder:
    """Embeds questions with the model, and a chunk as the mean of its sentences' vectors."""

    def __init__(self, embedder: Embedder, pool: Sequence[str]) -> None:
        self._embedder = embedder
        self.fingerprint = "mixed"
        self.dimension = embedder.dimension
        chunks = [Chunk("", "", (), "", "", sentence, 0) for sentence in pool]
        self._vectors: dict[str, Vector] = dict(zip(pool, embedder.embed_chunks(chunks).chunks, strict=True))

    def embed_query(self, text: str) -> Vector:
        return self._embedder.embed_query(text)

    def embed_chunks(self, chunks: Sequence[Chunk]) -> ChunkVectors:
        units = [self._units(chunk) for chunk in chunks]
        return ChunkVectors(normalised(np.stack([each.mean(axis=0) for each in units])), units)

    def _units(self, chunk: Chunk) -> Vectors:
        texts = [chunk.text[unit.start : unit.end] for unit in split_units(chunk.text)]
        zero = np.full(self.dimension, 1e-3, dtype=np.float32)
        return np.stack([self._vectors.get(text, zero) for text in texts])


def write_documents(folder: Path, pool: Sequence[str], chunks: int) -> None:
    """Documents of ten numbered sections each, so that there are `chunks` sections in all."""
    mix = random.Random(1)
    for number in range(-(-chunks // SECTIONS)):
        sections = []
        for section in range(1, min(SECTIONS, chunks - number * SECTIONS) + 1):
            heading = " ".join(mix.choice(pool).split()[:5])
            sections.append(f"## {section}. {heading}\n\n" + "\n\n".join(mix.sample(pool, SENTENCES)))
        body = "\n\n".join(sections)
        (folder / f"{number:05}.md").write_text(f"# Document {number}\n\n{body}\n", "utf-8")


def measure(size: int, embedder: Embedder, pool: Sequence[str], asked: Sequence[str]) -> dict[str, Any]:
    """Figures of one size: seconds of a first ingest, of one changed document, of a question; bytes."""
    with tempfile.TemporaryDirectory() as name:
        docs = Path(name, "docs")
        docs.mkdir()
        write_documents(docs, pool, size)
        settings = Settings(home=Path(name, "home"))
        index = Index(settings.index_folder, embedder.fingerprint, embedder.dimension)
        first = ingest([docs], index, embedder)
        (docs / "00000.md").write_text("# Changed\n\nThis document was changed.\n", "utf-8")
        changed = ingest([docs], index, embedder)
        unchanged = ingest([docs], index, embedder)
        began = time.perf_counter()
        ask(index, embedder, asked[0])
        opening = time.perf_counter() - began
        times = [ask(index, embedder, question) for question in asked[1:]]
        status = index.status()
        index.close()
        answers = answer(settings, embedder, asked)
    return {
        "chunks": first.chunks,
        "ingest_seconds": first.seconds,
        "change_seconds": changed.seconds,
        "unchanged_seconds": unchanged.seconds,
        "first_question_seconds": opening,
        "question_p50": percentile(times, 0.5),
        "question_p95": percentile(times, 0.95),
        "answer_p50": percentile(answers, 0.5),
        "answer_p95": percentile(answers, 0.95),
        "index_bytes": status.size,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def ask(index: Index, embedder: Embedder, question: str) -> float:
    """The seconds that embedding a question and searching take."""
    began = time.perf_counter()
    with index.snapshot() as snapshot:
        search(snapshot, embedder, build_query(question))
    return time.perf_counter() - began


def answer(settings: Settings, embedder: Embedder, asked: Sequence[str]) -> list[float]:
    """The seconds of whole answers in process: log, rules, search, draft, confidence, decision, checkpoint."""
    services = replace(connect(settings), open_embedder=lambda: FreshQueries(embedder))
    session = Session(services)
    session.warm()
    times = [session.ask(question).seconds for question in asked]
    session.close()
    return times


class FreshQueries:
    """The same embedder for questions that it has not met: it may remember those that it has."""

    def __init__(self, embedder: Embedder) -> None:
        self.fingerprint, self.dimension = embedder.fingerprint, embedder.dimension
        self.embed_chunks = embedder.embed_chunks
        self._embedder = embedder

    def embed_query(self, text: str) -> Vector:
        return self._embedder.embed_query(f"{text} please")


def main() -> None:
    """Prints a table, or with --json a list of objects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--models", type=Path, default=Path(".cache/models"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pool = random.Random(0).sample(found := sentences(), min(2_000, len(found)))
    embedder = MixingEmbedder(load_embedder(DEFAULT_MODEL, options.models), pool)
    asked = questions(options.questions)
    rows = []
    for size in options.sizes:
        rows.append(measure(size, embedder, pool, asked))
        if not options.json:
            show(rows[-1], header=len(rows) == 1)
    if options.json:
        print(json.dumps(rows))


def show(row: dict[str, Any], header: bool) -> None:
    """Prints a row of the table."""
    if header:
        print(
            "  chunks  ingest s  1 change s  unchanged s  first question s  p50 ms  p95 ms"
            "  answer p50  p95 ms  index MB  peak MB"
        )
    print(
        f"{row['chunks']:>8}{row['ingest_seconds']:>10.1f}{row['change_seconds']:>12.2f}"
        f"{row['unchanged_seconds']:>13.3f}{row['first_question_seconds']:>18.2f}"
        f"{row['question_p50'] * 1000:>8.1f}{row['question_p95'] * 1000:>8.1f}"
        f"{row['answer_p50'] * 1000:>12.1f}{row['answer_p95'] * 1000:>8.1f}"
        f"{row['index_bytes'] / 1e6:>10.1f}{row['peak_memory_bytes'] / 1e6:>9.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
