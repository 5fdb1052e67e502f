"""The exact search of a small index, and when Chroma takes its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge_base.errors import VectorsUnavailable
from knowledge_base.flat_search import FlatSearch
from knowledge_base.index import Index
from tests.embedders import DIMENSION, HashingEmbedder
from tests.knowledge_base.index_steps import fill, open_index, texts_found

DOCUMENTS = {f"{n}.md": f"Tea number {n} of {n % 7} leaves." for n in range(60)}
ONE_VECTOR = DIMENSION * 4


def found(index: Index, question: str, limit: int = 10) -> list[tuple[str, float]]:
    with index.snapshot() as snapshot:
        hits = snapshot.dense(HashingEmbedder().embed_query(question), limit)
    return [(hit.chunk, round(hit.score, 4)) for hit in hits]


def damage_chroma(index: Index) -> None:
    """Leaves the state's folder in its place, with a database that nobody can read."""
    (state,) = (index.folder / "chroma").iterdir()
    shutil.copy(__file__, state / "chroma.sqlite3")


def test_memory_and_chroma_find_the_same(tmp_path: Path) -> None:
    chroma, memory = open_index(tmp_path, flat_bytes=0), open_index(tmp_path)
    fill(chroma, DOCUMENTS)
    for question in ("tea number 3", "leaves", "of 5 leaves"):
        exact, approximate = found(memory, question), found(chroma, question)
        assert [score for _, score in exact] == pytest.approx([score for _, score in approximate], abs=2e-4)
    assert set(found(memory, "tea", 60)) == set(found(chroma, "tea", 60))


def test_an_index_within_the_limit_is_searched_without_chroma(tmp_path: Path) -> None:
    index = open_index(tmp_path, flat_bytes=60 * ONE_VECTOR)
    fill(index, DOCUMENTS)
    damage_chroma(index)
    assert texts_found(index, "tea") == set(DOCUMENTS.values())


def test_an_index_beyond_the_limit_is_searched_by_chroma(tmp_path: Path) -> None:
    index = open_index(tmp_path, flat_bytes=60 * ONE_VECTOR - 1)
    fill(index, DOCUMENTS)
    assert texts_found(index, "tea") == set(DOCUMENTS.values())
    index.close()
    damage_chroma(index)
    with pytest.raises(VectorsUnavailable):
        found(index, "tea")


def test_a_new_state_is_noticed(tmp_path: Path) -> None:
    asking, writing = open_index(tmp_path), open_index(tmp_path)
    fill(writing, {"a.md": "Tea alpha."})
    assert texts_found(asking, "tea") == {"Tea alpha."}
    fill(writing, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
    assert texts_found(asking, "tea") == {"Tea alpha.", "Tea beta."}


def test_an_index_made_anew_is_not_taken_for_the_old_one(tmp_path: Path) -> None:
    asking = open_index(tmp_path / "index")
    fill(asking, {"a.md": "Tea alpha."})
    assert texts_found(asking, "tea") == {"Tea alpha."}
    asking.close()
    shutil.rmtree(tmp_path / "index")
    fill(asking, {"b.md": "Tea beta."})
    assert texts_found(asking, "tea") == {"Tea beta."}


def test_equal_scores_come_in_the_same_order_whatever_the_limit(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    fill(index, {f"{n}.md": "Tea. " * 3 for n in range(20)})
    assert found(index, "tea", 20) == found(index, "tea", 20)
    assert len(found(index, "tea", 5)) == 5


@pytest.mark.parametrize(("count", "fits"), [(0, True), (10, True), (11, False)])
def test_the_limit_is_one_of_bytes(count: int, fits: bool) -> None:
    assert FlatSearch(10 * 384 * 4).fits(count, 384) is fits
