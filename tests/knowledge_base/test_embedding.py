"""The packaged model gives the vectors that sentence-transformers gives, without torch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding import DEFAULT_MODEL, load_embedder, passage
from knowledge_base.errors import ModelUnavailable
from knowledge_base.minilm import graph_file, packaged_model
from knowledge_base.passages import Chunk, Embedder
from knowledge_base.units import split_units

TEXTS = [
    "Perishable items such as chai may come back within 7 days. Write to us with the order number.",
    "1. Boil the water.\n2. Add the leaves.\n3. Wait for four minutes.",
    "| Tea | Minutes |\n| --- | --- |\n| Green | 2 |\n| Black | 4 |",
    "Grüße aus München, 東京 and Москва! 🍵",
    "",
    "x",
]


def chunk(text: str, position: int = 0) -> Chunk:
    return Chunk("a.md", "Returns & Refunds", ("3.2 Perishables",), "3.2", f"a{position}", text, position)


@pytest.fixture(scope="module")
def embedder(models_folder: Path) -> Embedder:
    return load_embedder(DEFAULT_MODEL, models_folder)


@pytest.fixture(scope="module")
def reference() -> Callable[[list[str]], np.ndarray]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_model()), device="cpu")
    return lambda texts: np.asarray(model.encode(texts, normalize_embeddings=True))


def test_vectors_equal_those_of_sentence_transformers(
    embedder: Embedder, reference: Callable[[list[str]], np.ndarray]
) -> None:
    chunks = [chunk(text) for text in TEXTS]
    expected = reference([passage(each) for each in chunks])
    assert (expected * embedder.embed_chunks(chunks).chunks).sum(axis=1).min() > 0.9999
    questions = [*TEXTS, "tea " * 5_000]
    vectors = np.stack([embedder.embed_query(text) for text in questions])
    assert (reference(questions) * vectors).sum(axis=1).min() > 0.9999


def test_every_unit_has_a_vector_of_unit_length(embedder: Embedder) -> None:
    chunks = [chunk(text) for text in TEXTS]
    vectors = embedder.embed_chunks(chunks)
    assert [len(units) for units in vectors.units] == [len(split_units(text)) for text in TEXTS]
    every = np.concatenate([vectors.chunks, *vectors.units])
    assert every.dtype == np.float32
    assert np.allclose(np.linalg.norm(every, axis=1), 1, atol=1e-5)


def test_a_unit_is_nearest_to_the_question_it_answers(embedder: Embedder) -> None:
    text = "The tin is made of steel. Parcels to Peru take nine days. We are closed on Sundays."
    units = embedder.embed_chunks([chunk(text)]).units[0]
    for question, answer in [
        ("What is the tin made of?", 0),
        ("How long to Peru?", 1),
        ("Open on Sunday?", 2),
    ]:
        assert int(np.argmax(units @ embedder.embed_query(question))) == answer


def test_the_end_of_a_long_chunk_is_not_cut_off(embedder: Embedder) -> None:
    filler = "\n".join(f"- Point {number} is about the weather in the hills." for number in range(80))
    long = embedder.embed_chunks([chunk(f"{filler}\n- Refunds are paid by the elephant.")])
    assert len(long.units[0]) == 81
    question = embedder.embed_query("Refunds are paid by the elephant")
    assert int(np.argmax(long.units[0] @ question)) == 80
    short = embedder.embed_chunks([chunk(filler)])
    assert float(long.chunks[0] @ question) > float(short.chunks[0] @ question)


def test_a_batch_gives_the_vectors_of_its_chunks_in_their_order(embedder: Embedder) -> None:
    chunks = [chunk(text * repeat) for repeat in (40, 1, 7) for text in TEXTS]
    together = embedder.embed_chunks(chunks)
    for index, each in enumerate(chunks):
        alone = embedder.embed_chunks([each])
        assert float(alone.chunks[0] @ together.chunks[index]) > 0.9999


def test_no_chunks_give_no_vectors(embedder: Embedder) -> None:
    vectors = embedder.embed_chunks([])
    assert (vectors.chunks.shape, vectors.units) == ((0, 384), [])


def test_many_threads_get_the_same_vector(embedder: Embedder) -> None:
    with ThreadPoolExecutor(16) as pool:
        vectors = list(pool.map(embedder.embed_query, ["Where is my parcel?"] * 50))
    assert all(np.array_equal(vectors[0], each) for each in vectors)


def test_a_question_needs_neither_torch_nor_transformers(models_folder: Path, embedder: Embedder) -> None:
    embedder.embed_query("The file is there now.")
    code = (
        "import sys; from pathlib import Path; from knowledge_base.embedding import load_embedder;"
        f"load_embedder({DEFAULT_MODEL!r}, Path({str(models_folder)!r})).embed_query('tea');"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_wrong_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(ModelUnavailable, match="expected 53aa5117"):
        graph_file(tmp_path / "models", source=tmp_path)
    assert not list((tmp_path / "models").glob("*.onnx"))


def test_two_processes_may_make_the_model_at_once(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from knowledge_base.minilm import graph_file;"
        f"print(graph_file(Path({str(tmp_path)!r})))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    files = {run.communicate()[0].strip() for run in runs}
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len(files) == 1
    assert [str(file) for file in tmp_path.iterdir() if file.suffix != ".lock"] == list(files)


def test_a_damaged_model_file_is_named(tmp_path: Path) -> None:
    file = graph_file(tmp_path)
    file.write_bytes(b"damaged")
    with pytest.raises(ModelUnavailable, match="delete the file"):
        load_embedder(DEFAULT_MODEL, tmp_path).embed_query("tea")


def test_a_models_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnavailable, match="give another folder"):
        load_embedder(DEFAULT_MODEL, tmp_path / "file" / "models").embed_query("tea")


def test_any_sentence_transformers_model_can_be_used(tmp_path: Path, embedder: Embedder) -> None:
    other = load_embedder(str(packaged_model()), tmp_path)
    assert other.fingerprint != embedder.fingerprint
    assert other.dimension == 384
    chunks = [chunk(text) for text in TEXTS]
    ours, theirs = embedder.embed_chunks(chunks), other.embed_chunks(chunks)
    assert (ours.chunks * theirs.chunks).sum(axis=1).min() > 0.9999
    assert [len(units) for units in theirs.units] == [len(units) for units in ours.units]
    assert float(other.embed_query("tea") @ embedder.embed_query("tea")) > 0.9999
    assert other.embed_chunks([]).chunks.shape == (0, 384)


def test_a_model_that_cannot_be_had_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelUnavailable, match="needs no network"):
        load_embedder("no-such/model", tmp_path).embed_query("tea")
