"""What is remembered of a state of the index: right for that state, gone with it, and never too much."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.passages import Chunk
from knowledge_base.remembered import MAX_CHUNKS, MAX_WORDS, Remembered
from tests.knowledge_base.index_steps import fill, open_index


def test_words_are_counted_anew_in_a_new_state(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    fill(index, {"a.md": "Tea alpha."})
    with index.snapshot() as before:
        assert before.document_frequency(["teas", "beta"]) == {"teas": 1, "beta": 0}
        fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
        with index.snapshot() as after:
            assert after.document_frequency(["teas", "beta"]) == {"teas": 2, "beta": 1}
        assert before.document_frequency(["teas", "beta", "alpha"]) == {"teas": 1, "beta": 0, "alpha": 1}


def test_a_chunk_that_has_gone_is_not_remembered(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
    with index.snapshot() as before:
        ids = [hit.chunk for hit in before.lexical("tea", 10)]
        assert len(before.chunks(ids)) == 2
        fill(index, {"b.md": "Tea beta."})
        with index.snapshot() as after:
            assert [chunk.text for chunk in after.chunks(ids).values()] == ["Tea beta."]
        assert list(before.chunks([*ids, "nothing"])) == ids


def test_too_much_is_forgotten() -> None:
    remembered = Remembered(1, "place")
    chunk = Chunk("a.md", "A", (), "", "a", "Tea.", 0)
    remembered.keep_chunks({str(n): chunk for n in range(MAX_CHUNKS)})
    remembered.keep_words({str(n): n for n in range(MAX_WORDS)})
    assert len(remembered.chunks) == MAX_CHUNKS
    assert len(remembered.words) == MAX_WORDS
    remembered.keep_chunks({"one more": chunk})
    remembered.keep_words({"one more": 1})
    assert list(remembered.chunks) == list(remembered.words) == ["one more"]
