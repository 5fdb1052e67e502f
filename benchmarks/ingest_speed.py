"""Ingest and question beside the plain way, in one run: `python -m benchmarks.ingest_speed`.

The plain way is what the libraries' own guides show: LangChain's RecursiveCharacterTextSplitter,
sentence-transformers as it comes, langchain-chroma; the same model, documents and questions, and about as many
chunks. Both models are warm, and both ways take turns, since shared machines drift; a round is one turn of each.
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
from functools import partial
from pathlib import Path
from typing import Any

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

TOP = 10


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
        self.store: Any = None

    def ingest(self, texts: Sequence[str], wanted: int, folder: Path) -> int:
        chunks = split_plainly(texts, wanted)
        self.store = Chroma(embedding_function=self._embeddings, persist_directory=str(folder))
        for start in range(0, len(chunks), 1_000):
            self.store.add_texts(chunks[start : start + 1_000])
        return len(chunks)

    def ask(self, question: str) -> None:
        self.store.similarity_search(question, k=TOP)


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


def timed(work: Callable[[], int]) -> tuple[int, float, float]:
    """How many chunks `work` made, and for each of them its wall seconds and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    chunks = work()
    return chunks, (time.perf_counter() - wall) / chunks, (time.process_time() - processor) / chunks


def measure(files: Sequence[Path], asked: Sequence[str], models: Path, rounds: int) -> dict[str, Any]:
    """Seconds a chunk and a question for both ways, and how many times faster ours is."""
    texts = [file.read_text("utf-8") for file in files]
    plain = PlainWay()
    chunk_seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    processor_seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    question_seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    chunks = {"ours": 0, "plain": 0}
    for _ in range(rounds):
        folder = Path(tempfile.mkdtemp())
        embedder = load_embedder(DEFAULT_MODEL, models)  # anew: it remembers the questions of the last round
        embedder.embed_query("loaded before the clock starts, as the plain way's model is")
        ours = OurWay(embedder)
        for name, work in (
            ("ours", partial(ours.ingest, files, folder / "ours")),
            ("plain", lambda to=folder / "plain": plain.ingest(texts, chunks["ours"], to)),
        ):
            chunks[name], wall, processor = timed(work)
            chunk_seconds[name].append(wall)
            processor_seconds[name].append(processor)
        for question in [asked[0], *asked]:
            for name, way in (("ours", ours), ("plain", plain)):
                began = time.perf_counter()
                way.ask(question)
                question_seconds[name].append(time.perf_counter() - began)
        del question_seconds["ours"][0], question_seconds["plain"][0]
        shutil.rmtree(folder)
    result: dict[str, Any] = {
        name: {
            "chunks": chunks[name],
            "seconds_a_chunk": statistics.median(chunk_seconds[name]),
            "processor_seconds_a_chunk": statistics.median(processor_seconds[name]),
            "question_p50": percentile(question_seconds[name], 0.5),
            "question_p95": percentile(question_seconds[name], 0.95),
        }
        for name in ("ours", "plain")
    }
    result["ingest_times_faster"] = result["plain"]["seconds_a_chunk"] / result["ours"]["seconds_a_chunk"]
    result["ingest_times_less_processor"] = (
        result["plain"]["processor_seconds_a_chunk"] / result["ours"]["processor_seconds_a_chunk"]
    )
    result["question_times_faster"] = result["plain"]["question_p50"] / result["ours"]["question_p50"]
    return result


def main() -> None:
    """Prints a table, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300, help="how many documents to ingest")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--models", type=Path, default=Path(".cache/models"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    files = document_files(options.documents)
    result = measure(files, questions(options.questions), options.models, options.rounds)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{'':8}{'chunks':>8}{'ms a chunk':>12}{'processor ms':>14}{'question p50 ms':>17}{'p95 ms':>9}")
    for name in ("ours", "plain"):
        row = result[name]
        print(
            f"{name:8}{row['chunks']:>8}{row['seconds_a_chunk'] * 1000:>12.1f}"
            f"{row['processor_seconds_a_chunk'] * 1000:>14.1f}"
            f"{row['question_p50'] * 1000:>17.1f}{row['question_p95'] * 1000:>9.1f}"
        )
    print(f"Ingest is {result['ingest_times_faster']:.2f} times as fast (goal 1.6; by processor", end=" ")
    print(f"time, which a busy machine disturbs less, {result['ingest_times_less_processor']:.2f}),", end=" ")
    print(f"a question {result['question_times_faster']:.2f} times (goal 2).")


if __name__ == "__main__":
    main()
