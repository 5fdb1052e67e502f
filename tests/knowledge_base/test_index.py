"""The index in one process: what a snapshot sees, and what the messages say."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.errors import (
    IndexAbsent,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    VectorsUnavailable,
)
from knowledge_base.flat_search import MAX_BYTES
from knowledge_base.index import Index
from knowledge_base.passages import Snapshot
from tests.embedders import HashingEmbedder
from tests.knowledge_base.index_steps import fill, open_index, texts_found

RETURNS = "# Returns\n\n## 3.2 Perishables\n\nChai comes back within 7 days.\n\n## 4. Mugs\n\nMugs never.\n"
SHIPPING = "# Shipping\n\nParcels bring chai in 3 days.\n"


BOTH_WAYS = pytest.mark.parametrize("flat_bytes", [MAX_BYTES, 0], ids=["in memory", "Chroma"])


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    each = open_index(tmp_path / "index")
    yield each
    each.close()


@pytest.fixture(scope="module", params=[MAX_BYTES, 0], ids=["in memory", "Chroma"])
def snapshot(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    index = open_index(tmp_path_factory.mktemp("index"), flat_bytes=request.param)
    fill(index, {"returns.md": RETURNS, "shipping.md": SHIPPING, "café.md": "# Café\n\nCrème brûlée.\n"})
    with index.snapshot() as each:
        yield each
    index.close()


def texts(snapshot: Snapshot, question: str) -> list[str]:
    hits = snapshot.lexical(question, 10)
    return [snapshot.chunks([hit.chunk])[hit.chunk].text for hit in hits]


def test_both_retrievers_find_best_first(snapshot: Snapshot) -> None:
    question = "may chai come back within 7 days"
    dense = snapshot.dense(HashingEmbedder().embed_query(question), 10)
    lexical = snapshot.lexical(question, 10)
    for hits in (dense, lexical):
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert snapshot.chunks([hits[0].chunk])[hits[0].chunk].text == "Chai comes back within 7 days."
    assert len(dense) == snapshot.chunk_count == 4
    assert all(-1 <= hit.score <= 1 for hit in dense)


def test_a_dense_score_is_the_cosine(snapshot: Snapshot) -> None:
    embedder = HashingEmbedder()
    (hit,) = snapshot.dense(embedder.embed_query("chai"), 1)
    chunk = snapshot.chunks([hit.chunk])[hit.chunk]
    expected = float(embedder.embed_chunks([chunk]).chunks[0] @ embedder.embed_query("chai"))
    assert hit.score == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("limit", [0, 1, 2, 100])
def test_no_more_hits_than_asked_for(snapshot: Snapshot, limit: int) -> None:
    vector = HashingEmbedder().embed_query("chai")
    assert len(snapshot.dense(vector, limit)) == min(limit, 4)
    assert len(snapshot.lexical("chai mugs creme", limit)) == min(limit, 4)


def test_words_are_found_in_titles_headings_and_any_form(snapshot: Snapshot) -> None:
    assert texts(snapshot, "return") == texts(snapshot, "RETURNS") != []
    assert texts(snapshot, "perishable") == ["Chai comes back within 7 days."]
    assert texts(snapshot, "creme BRULEE cafe") == ["Crème brûlée."]


def test_stop_words_are_dropped_unless_there_is_nothing_else(snapshot: Snapshot) -> None:
    assert texts(snapshot, "what is the mug") == ["Mugs never."]
    assert set(texts(snapshot, "in")) == {"Parcels bring chai in 3 days."}
    assert texts(snapshot, "") == texts(snapshot, "?!") == texts(snapshot, "the zebra") == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "chai AND",
        "title:chai",
        "chai*",
        "NEAR(chai mugs)",
        "^chai",
        "-chai",
        "'; DROP TABLE chunk; --",
        "\0",
    ],
)
def test_signs_of_the_query_language_mean_nothing(snapshot: Snapshot, query: str) -> None:
    assert set(texts(snapshot, query)) <= set(texts(snapshot, "chai mugs title table near"))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_searched(snapshot: Snapshot, query: str) -> None:
    assert len(snapshot.lexical(query, 10)) <= 4
    assert all(count <= 4 for count in snapshot.document_frequency([query]).values())


def test_a_flood_of_words_is_searched_by_its_rarest(snapshot: Snapshot) -> None:
    flood = " ".join(f"word{number}" for number in range(5_000)) + " mugs"
    assert texts(snapshot, "mugs " + flood) == ["Mugs never."]


def test_document_frequency_counts_chunks_of_any_form(snapshot: Snapshot) -> None:
    counts = snapshot.document_frequency(["chai", "Mugs", "mug", "brûlée", "zebra", "come back", "?"])
    assert counts == {"chai": 2, "Mugs": 1, "mug": 1, "brûlée": 1, "zebra": 0, "come back": 1, "?": 0}


def test_unit_vectors_are_those_of_the_embedder(snapshot: Snapshot) -> None:
    (hit,) = snapshot.lexical("mugs never", 1)
    chunk = snapshot.chunks([hit.chunk])[hit.chunk]
    kept = snapshot.unit_vectors([hit.chunk])[hit.chunk]
    made = HashingEmbedder().embed_chunks([chunk]).units[0]
    assert kept.shape == made.shape
    assert (kept * made).sum(axis=1).min() > 0.9995
    assert np.allclose(np.linalg.norm(kept, axis=1), 1, atol=1e-5)


def test_unknown_ids_are_absent(snapshot: Snapshot) -> None:
    assert snapshot.chunks(["nothing"]) == {}
    assert snapshot.unit_vectors(["nothing"]) == {}
    assert snapshot.chunks([]) == {}


@BOTH_WAYS
def test_an_open_snapshot_does_not_change(tmp_path: Path, flat_bytes: int) -> None:
    index = open_index(tmp_path / "index", flat_bytes=flat_bytes)
    fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
    vector = HashingEmbedder().embed_query("tea")
    with index.snapshot() as before:
        fill(index, {"b.md": "Tea beta.", "c.md": "Tea gamma."})
        fill(index, {"c.md": "Tea gamma."})
        hits = before.dense(vector, 10)
        assert {chunk.text for chunk in before.chunks([hit.chunk for hit in hits]).values()} == {
            "Tea alpha.",
            "Tea beta.",
        }
        assert texts(before, "alpha") == ["Tea alpha."]
        assert len(before.unit_vectors([hit.chunk for hit in hits])) == 2
        assert texts_found(index, "tea") == {"Tea gamma."}
        assert before.generation + 2 == _generation(index)


def _generation(index: Index) -> int:
    with index.snapshot() as snapshot:
        return snapshot.generation


@BOTH_WAYS
def test_a_hundred_threads_may_read_while_one_writes(tmp_path: Path, flat_bytes: int) -> None:
    index = open_index(tmp_path / "index", flat_bytes=flat_bytes)
    sets = [{f"{n}.md": f"Tea of turn {turn} number {n}." for n in range(5)} for turn in range(4)]
    fill(index, sets[0])
    legal = [set(each.values()) for each in sets]
    stop = threading.Event()

    def read() -> int:
        turns = 0
        while not stop.is_set() or turns == 0:
            assert texts_found(index, "tea") in legal
            turns += 1
        return turns

    with ThreadPoolExecutor(100) as pool:
        readers = [pool.submit(read) for _ in range(100)]
        for each in sets[1:]:
            fill(index, each)
        stop.set()
        assert sum(reader.result() for reader in readers) >= 100
    assert texts_found(index, "tea") == legal[-1]


def test_documents_are_listed_and_shown_with_their_passages(index: Index) -> None:
    assert (index.documents(), index.document("returns.md")) == ([], None)
    fill(index, {"returns.md": RETURNS, "shipping.md": SHIPPING})
    assert [(each.name, each.title, each.chunks) for each in index.documents()] == [
        ("returns.md", "Returns", 2),
        ("shipping.md", "Shipping", 1),
    ]
    shown = index.document("returns.md")
    assert shown is not None
    assert shown.source == RETURNS
    assert [each.anchor for each in shown.passages] == ["3-2-perishables", "4-mugs"]
    assert all(RETURNS[each.start : each.end] == each.text for each in shown.passages)
    assert index.document("nothing.md") is None


def test_an_index_that_was_never_filled_says_so(index: Index) -> None:
    with pytest.raises(IndexAbsent, match="run `gtm ingest PATH`"), index.snapshot():
        pass
    assert index.status().state == "absent"
    assert not index.folder.exists()


def test_another_model_is_noticed(index: Index) -> None:
    fill(index, {"a.md": "Tea."})
    other = open_index(index.folder, HashingEmbedder("hashing:2"))
    with pytest.raises(IndexMismatch, match=r"model hashing:1, but hashing:2 is\s+set"), other.snapshot():
        pass
    assert other.status().state == "mismatch"
    assert [each.name for each in other.documents()] == ["a.md"]


def test_another_place_for_the_vectors_is_noticed(index: Index) -> None:
    fill(index, {"a.md": "Tea."})
    other = open_index(index.folder, chroma_url="http://127.0.0.1:1")
    with pytest.raises(IndexMismatch, match="embedded"), other.snapshot():
        pass


def test_an_index_of_another_version_is_not_touched(index: Index) -> None:
    fill(index, {"a.md": "Tea."})
    index.close()
    with sqlite3.connect(index.folder / "catalog.sqlite3") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexMismatch, match="another version"), index.snapshot():
        pass
    with pytest.raises(IndexMismatch, match="another version"), index.writer():
        pass


def test_lost_vectors_are_made_again_without_embedding(index: Index) -> None:
    fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
    index.close()
    shutil.rmtree(index.folder / "chroma")
    assert index.status().state == "broken"
    with pytest.raises(VectorsUnavailable, match="run `gtm ingest`"), index.snapshot():
        pass
    embedder = HashingEmbedder()
    fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."}, embedder)
    assert embedder.embedded == []
    assert texts_found(index, "tea") == {"Tea alpha.", "Tea beta."}


def test_damaged_vectors_are_named(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", flat_bytes=0)
    fill(index, {"a.md": "Tea alpha."})
    (state,) = (index.folder / "chroma").iterdir()
    (state / "chroma.sqlite3").write_bytes(b"damaged" * 1_000)
    with index.snapshot() as snapshot, pytest.raises(VectorsUnavailable, match="delete the folder"):
        snapshot.dense(HashingEmbedder().embed_query("tea"), 5)


def test_a_damaged_catalog_is_named(index: Index) -> None:
    fill(index, {"a.md": "Tea alpha."})
    index.close()
    for file in index.folder.glob("catalog*"):
        file.write_bytes(b"damaged" * 1_000)
    with pytest.raises(IndexDamaged, match="run `gtm ingest`"), index.snapshot():
        pass
    assert index.status().state == "broken"


def test_a_second_writer_is_told_who_is_writing(index: Index) -> None:
    waited: list[str] = []
    second = index.writer(wait_seconds=0.2, on_wait=waited.append)
    with index.writer(), pytest.raises(IndexBusy, match="Another ingest holds"), second:
        pass
    assert len(waited) == 1
    assert waited[0].startswith("process ")
    with index.writer(wait_seconds=0):
        pass


def test_an_error_inside_a_snapshot_is_not_swallowed(index: Index) -> None:
    fill(index, {"a.md": "Tea."})
    with pytest.raises(FileNotFoundError), index.snapshot():
        raise FileNotFoundError
    assert texts_found(index, "tea") == {"Tea."}


def test_the_vectors_of_deleted_chunks_do_not_pile_up(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", flat_bytes=0)
    documents = {f"{n}.md": f"Tea number {n}." for n in range(400)}
    sizes: list[int] = []
    for turn in range(5):
        fill(index, {name: f"{text} Turn {turn}." for name, text in documents.items()})
        sizes.append(sum(file.stat().st_size for file in (index.folder / "chroma").rglob("data_level0.bin")))
        with index.snapshot() as snapshot:
            assert len(snapshot.dense(HashingEmbedder().embed_query("tea"), 50)) == 50
    assert sizes[-1] < 4 * sizes[0]
