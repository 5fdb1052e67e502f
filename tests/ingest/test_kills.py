"""Ingests that are killed, that meet, and that are watched: the index is always a whole one."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge_base.index import Index
from tests.embedders import HashingEmbedder
from tests.knowledge_base.index_steps import open_index

POINTS = [
    ("reading", 3),
    ("embedding", 0),
    ("embedding", 1),
    ("storing", 0),
    ("storing", 1),
    ("storing", 2),
]


def write_set(folder: Path, turn: int, count: int = 300) -> set[str]:
    """Fills a folder with documents of which two thirds are the same in every turn; returns their texts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    texts = {f"Tea number {n} of turn {turn if n % 3 == 0 else 'any'}." for n in range(turn, count + turn)}
    for number, text in enumerate(sorted(texts)):
        (folder / f"{text.split()[2]}-{number % 2}.md").write_text(f"# Blend\n\n{text}\n")
    return texts


def start(home: Path, docs: Path, *point: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ingest.ingest_process", str(home), str(docs), *point]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def contents(index: Index) -> dict[str, object]:
    """All that an index holds, as far as it does not depend on when it was made."""
    with sqlite3.connect(index.folder / "catalog.sqlite3") as database:
        tables = {
            "document": "name, sha256, title, source",
            "chunk": "id, document, position, title, headings, section, anchor, text, start, stop",
            "vector": "id, fingerprint, dense, units",
            "word_counts": "term, doc, cnt",
        }
        return {
            name: sorted(database.execute(f"SELECT {columns} FROM {name}").fetchall())
            for name, columns in tables.items()
        }


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    each = open_index(tmp_path / "index")
    yield each
    each.close()


def seen(index: Index) -> set[str]:
    """All texts in the index, through the catalog; the retrievers may find no other."""
    with index.snapshot() as snapshot:
        hits = snapshot.lexical("tea", 1_000)
        texts = {chunk.text for chunk in snapshot.chunks([hit.chunk for hit in hits]).values()}
        dense = snapshot.dense(HashingEmbedder().embed_query("tea number"), 50)
        assert len(snapshot.chunks([hit.chunk for hit in dense])) == len(dense) == 50
        return texts


def test_an_ingest_killed_at_any_point_is_completed_by_the_next(index: Index, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    old = write_set(docs, 1)
    ingest([docs], index, HashingEmbedder())
    new = write_set(docs, 2)
    for phase, done in POINTS:
        process = start(index.folder, docs, phase, str(done))
        assert process.wait() == -signal.SIGKILL
        assert seen(index) == (new if (phase, done) == ("storing", 2) else old)
    assert start(index.folder, docs).wait() == 0
    assert seen(index) == new
    clean = open_index(tmp_path / "clean")
    ingest([docs], clean, HashingEmbedder())
    assert contents(index) == contents(clean)
    assert len([each for each in (index.folder / "chroma").iterdir() if each.is_dir()]) <= 2


def test_an_ingest_killed_at_random_is_completed_by_the_next(index: Index, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write_set(docs, 0)
    began = time.monotonic()
    assert start(index.folder, docs).wait() == 0
    whole = time.monotonic() - began
    legal = [seen(index)]
    moments = random.Random(2)
    for turn in range(1, 9):
        legal.append(write_set(docs, turn))
        process = start(index.folder, docs)
        time.sleep(moments.uniform(0, 0.6 * whole))
        process.kill()
        process.wait()
        assert seen(index) in legal
    assert start(index.folder, docs).wait() == 0
    clean = open_index(tmp_path / "clean")
    ingest([docs], clean, HashingEmbedder())
    assert contents(index) == contents(clean)
    assert seen(index) == legal[-1]


def test_what_was_embedded_before_a_kill_is_not_embedded_again(index: Index, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write_set(docs, 0)
    assert start(index.folder, docs, "storing", "1").wait() == -signal.SIGKILL
    embedder = HashingEmbedder()
    assert ingest([docs], index, embedder).added == 300
    assert embedder.embedded == []


def test_a_reader_sees_the_old_set_or_the_new_and_never_a_removed_document_again(
    index: Index, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    sets = [write_set(docs, 0)]
    ingest([docs], index, HashingEmbedder())
    assert seen(index) == sets[0]
    for turn in range(1, 4):
        sets.append(write_set(docs, turn))
        process = start(index.folder, docs)
        reached = False
        while process.poll() is None:
            now = seen(index)
            assert now in sets[-2:]
            assert not (reached and now == sets[-2])
            reached = now == sets[-1]
        assert process.returncode == 0
        assert seen(index) == sets[-1]


def test_two_ingests_at_once_take_turns(index: Index, tmp_path: Path) -> None:
    docs, others = tmp_path / "docs", tmp_path / "others"
    sets = [write_set(docs, 0), write_set(others, 5)]
    processes = [start(index.folder, docs), start(index.folder, others), start(index.folder, docs)]
    while any(process.poll() is None for process in processes):
        if index.status().state == "ok":
            assert seen(index) in sets
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert seen(index) in sets
    assert start(index.folder, others).wait() == 0
    clean = open_index(tmp_path / "clean")
    ingest([others], clean, HashingEmbedder())
    assert contents(index) == contents(clean)


def test_a_reader_writes_nothing_to_the_graph_that_it_reads(index: Index, tmp_path: Path) -> None:
    """Chroma's graph is plain files without locks: with two readers that write it, one may read half of it."""
    docs = tmp_path / "docs"
    write_set(docs, 0)
    assert start(index.folder, docs).wait() == 0

    def files() -> dict[str, tuple[int, int]]:
        graph = (index.folder / "chroma").glob("*/*/*")
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in graph}

    before = files()
    assert len(before) >= 4
    seen(index)
    assert files() == before
