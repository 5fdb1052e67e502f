"""Ingest and question beside the plain way, in one run: `python -m benchmarks.ingest_speed`.

The plain way is what the libraries' own guides show: LangChain's RecursiveCharacterTextSplitter,
sentence-transformers as it comes, langchain-chroma; the same model, documents and questions. It is ingested twice:
"plain" with about as many chunks as ours, to compare a chunk with a chunk, and "guide" with the sizes that guides
give, to compare the whole time for the same documents. All models are warm, and the ways take turns, since shared
machines drift; a round is one turn of each. Questions are asked so many in a row (--turn), as at work: right after the
other way's turn its threads still spin and the processor's caches hold its weights, which --turn 1 shows. Processor
time leaves out what a busy machine adds.
Ours includes everything that `gtm ingest` does, and in a question BM25, fusion and ranking; theirs is embedding and
search alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

from benchmarks.corpora import document_files, percentile, questions
from ingest.pipeline import ingest
from knowledge_base.embedding import DEFAULT_MODEL, load_embedder
from knowledge_base.index import Index
from knowledge_base.minilm import packaged_model
from knowledge_base.passages import Embedder
from knowledge_base.query import build_query
from knowledge_base.search import search

Result = TypeVar("Result")

TOP = 10
GUIDE_SIZE, GUIDE_OVERLAP = 1_000, 200  # characters; the values of LangChain's own tutorials

RATIOS = (
    ("ingest_times_faster", "plain", "seconds_a_chunk"),
    ("ingest_times_less_processor", "plain", "processor_seconds_a_chunk"),
    ("guide_times_faster", "guide", "ingest_seconds"),
    ("guide_times_less_processor", "guide", "ingest_processor_seconds"),
    ("question_times_faster", "plain", "question_p50"),
    ("question_times_less_processor", "plain", "question_processor_p50"),
)
"""How many times faster ours is: the figure's name, the way compared with, and the figure of both."""


def split_plainly(texts: Sequence[str], wanted: int) -> list[str]:
    """Chunks of a size at which there are about `wanted` of them."""
    low, high = 100, 8_000
    chunks: list[str] = []
    while high - low > 20:
        size = (low + high) // 2
        splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=0)
        chunks = [chunk for text in texts for chunk in splitter.split_text(text)]
        low, high = (size, high) if len(chunks) > wanted else (low, size)
    return chunks


def split_by_the_guide(texts: Sequence[str]) -> list[str]:
    """Chunks of the size and overlap that guides give."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=GUIDE_SIZE, chunk_overlap=GUIDE_OVERLAP)
    return [chunk for text in texts for chunk in splitter.split_text(text)]


class PlainWay:
    """The libraries as they come."""

    def __init__(self) -> None:
        model = SentenceTransformer(str(packaged_model()), device="cpu")

        class PlainEmbeddings(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return model.encode(texts).tolist()  # type: ignore[no-any-return]

            def embed_query(self, text: str) -> list[float]:
                return model.encode(text).tolist()  # type: ignore[no-any-return]

        self._embeddings = PlainEmbeddings()
        self._embeddings.embed_query("warm")
        self._store: Any = None

    def ingest(self, split: Callable[[], list[str]], folder: Path) -> int:
        chunks = split()
        self._store = Chroma(embedding_function=self._embeddings, persist_directory=str(folder))
        for start in range(0, len(chunks), 1_000):
            self._store.add_texts(chunks[start : start + 1_000])
        return len(chunks)

    def ask(self, question: str) -> None:
        self._store.similarity_search(question, k=TOP)


class OurWay:
    """What `gtm ingest` and a question do."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._embedder.embed_query("warm")
        self.index: Index | None = None

    def ingest(self, files: Sequence[Path], folder: Path) -> int:
        self.index = Index(folder, self._embedder.fingerprint, self._embedder.dimension)
        return ingest(files, self.index, self._embedder).chunks

    def ask(self, question: str) -> None:
        assert self.index is not None
        with self.index.snapshot() as snapshot:
            search(snapshot, self._embedder, build_query(question), TOP)


@dataclass(slots=True)
class Timings:
    """What one way took, in seconds: (wall, processor) of each ingest and of each question."""

    chunks: int = 0
    ingests: list[tuple[float, float]] = field(default_factory=list)
    questions: list[tuple[float, float]] = field(default_factory=list)

    def as_json(self) -> dict[str, float]:
        """Medians over the rounds; percentiles over all questions where any was asked."""
        wall, processor = (statistics.median(each) for each in zip(*self.ingests, strict=True))
        figures = {
            "chunks": self.chunks,
            "ingest_seconds": wall,
            "ingest_processor_seconds": processor,
            "seconds_a_chunk": wall / self.chunks,
            "processor_seconds_a_chunk": processor / self.chunks,
        }
        if self.questions:
            asked, worked = (list(each) for each in zip(*self.questions, strict=True))
            figures["question_p50"], figures["question_p95"] = percentile(asked, 0.5), percentile(asked, 0.95)
            figures["question_processor_p50"] = percentile(worked, 0.5)
        return figures


def timed(work: Callable[[], Result]) -> tuple[Result, tuple[float, float]]:
    """What `work` gave, and its wall seconds and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, (time.perf_counter() - wall, time.process_time() - processor)


def take_turns(
    files: Sequence[Path],
    asked: Sequence[str],
    models: Path,
    plain: PlainWay,
    taken: dict[str, Timings],
    *,
    turn: int,
) -> None:
    """One round: every way ingests the documents, then ours and the plain one answer each question, `turn` in a row."""
    texts = [file.read_text("utf-8") for file in files]
    embedder = load_embedder(DEFAULT_MODEL, models)  # anew: it remembers the questions of the last round
    embedder.embed_query("loaded before the clock starts, as the plain way's model is")
    ours = OurWay(embedder)
    folder = Path(tempfile.mkdtemp())
    ingests: dict[str, Callable[[], int]] = {
        "ours": lambda: ours.ingest(files, folder / "ours"),
        "guide": lambda: plain.ingest(lambda: split_by_the_guide(texts), folder / "guide"),
        "plain": lambda: plain.ingest(lambda: split_plainly(texts, taken["ours"].chunks), folder / "plain"),
    }
    for name, work in ingests.items():
        taken[name].chunks, seconds = timed(work)
        taken[name].ingests.append(seconds)
    for way in (ours, plain):
        way.ask(asked[0])  # opens the index
    for start in range(0, len(asked), turn):
        some = asked[start : start + turn]
        taken["ours"].questions += [timed(partial(ours.ask, question))[1] for question in some]
        taken["plain"].questions += [timed(partial(plain.ask, question))[1] for question in some]
    shutil.rmtree(folder)


def measure(
    files: Sequence[Path], asked: Sequence[str], models: Path, rounds: int, turn: int
) -> dict[str, Any]:
    """Seconds a chunk and a question for all ways, and how many times faster ours is."""
    plain = PlainWay()
    taken = {name: Timings() for name in ("ours", "plain", "guide")}
    for _ in range(rounds):
        take_turns(files, asked, models, plain, taken, turn=turn)
    figures: dict[str, Any] = {name: timings.as_json() for name, timings in taken.items()}
    for name, other, figure in RATIOS:
        figures[name] = figures[other][figure] / figures["ours"][figure]
    return figures


def show(result: dict[str, Any]) -> None:
    """Prints the table and the ratios."""
    print(
        f"{'':8}{'chunks':>8}{'ingest s':>10}{'ms a chunk':>12}{'processor':>11}"
        f"{'question p50 ms':>17}{'p95':>8}{'processor':>11}"
    )
    for name in ("ours", "plain", "guide"):
        row = result[name]
        line = (
            f"{name:8}{row['chunks']:>8}{row['ingest_seconds']:>10.2f}{row['seconds_a_chunk'] * 1000:>12.1f}"
            f"{row['processor_seconds_a_chunk'] * 1000:>11.1f}"
        )
        if "question_p50" in row:
            line += (
                f"{row['question_p50'] * 1000:>17.1f}{row['question_p95'] * 1000:>8.1f}"
                f"{row['question_processor_p50'] * 1000:>11.1f}"
            )
        print(line)
    for what, times, processor in (
        ("A chunk is ingested (goal 1.6)", "ingest_times_faster", "ingest_times_less_processor"),
        ("The documents, beside the guide's sizes,", "guide_times_faster", "guide_times_less_processor"),
        ("A question is answered (goal 2)", "question_times_faster", "question_times_less_processor"),
    ):
        print(f"{what} {result[times]:.2f} times as fast, by processor time {result[processor]:.2f}.")


def main() -> None:
    """Prints a table, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300, help="how many documents to ingest")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--turn", type=int, default=25, help="questions that a way answers in a row")
    parser.add_argument("--models", type=Path, default=Path(".cache/models"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    files = document_files(options.documents)
    result = measure(files, questions(options.questions), options.models, options.rounds, options.turn)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
