"""The index with its vectors on a real Chroma server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from knowledge_base.errors import IndexMismatch, VectorsUnavailable
from knowledge_base.index import Index
from tests.embedders import HashingEmbedder
from tests.knowledge_base.index_steps import fill, open_index, texts_found


def free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


def start_server(folder: Path, port: int) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat").is_success:
                return process
        except httpx.HTTPError:
            time.sleep(0.1)
    process.kill()
    pytest.fail("the Chroma server does not start")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    process = start_server(tmp_path_factory.mktemp("chroma"), port)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture
def index(tmp_path: Path, server: str) -> Iterator[Index]:
    each = open_index(tmp_path / "index", chroma_url=server)
    yield each
    each.close()


def vector_count(url: str) -> int:
    import chromadb

    port = int(url.rpartition(":")[2])
    collections = chromadb.HttpClient("127.0.0.1", port).list_collections()
    return sum(each.count() for each in collections)


def test_documents_are_found_changed_and_removed(index: Index) -> None:
    fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
    assert texts_found(index, "tea") == {"Tea alpha.", "Tea beta."}
    fill(index, {"b.md": "Tea beta two.", "c.md": "Tea gamma."})
    assert texts_found(index, "tea") == {"Tea beta two.", "Tea gamma."}
    assert index.status().state == "ok"


def test_an_open_snapshot_does_not_change(index: Index) -> None:
    fill(index, {"a.md": "Tea alpha.", "b.md": "Tea beta."})
    vector = HashingEmbedder().embed_query("tea")
    with index.snapshot() as before:
        fill(index, {"b.md": "Tea beta.", "c.md": "Tea gamma."})
        found = before.chunks([hit.chunk for hit in before.dense(vector, 10)])
        assert {chunk.text for chunk in found.values()} == {"Tea alpha.", "Tea beta."}
    assert texts_found(index, "tea") == {"Tea beta.", "Tea gamma."}


def test_dead_vectors_do_not_take_the_places_of_live_ones(index: Index) -> None:
    fill(index, {f"{n}.md": "Tea, tea." + f" Old {n}." for n in range(60)})
    fill(index, {f"{n}.md": f"Tea among many other words {n}." for n in range(5)})
    vector = HashingEmbedder().embed_query("tea tea old")
    with index.snapshot() as snapshot:
        assert len(snapshot.dense(vector, 5)) == 5


def test_dead_vectors_are_deleted_by_the_next_ingest(tmp_path: Path, server: str) -> None:
    before = vector_count(server)
    index = open_index(tmp_path / "index", chroma_url=server)
    fill(index, {f"{n}.md": f"Tea {n}." for n in range(20)})
    fill(index, {"0.md": "Tea 0."})
    assert vector_count(server) == before + 20
    fill(index, {"0.md": "Tea 0.", "1.md": "Tea one."})
    assert vector_count(server) == before + 2


def test_two_homes_on_one_server_do_not_meet(index: Index, tmp_path: Path, server: str) -> None:
    other = open_index(tmp_path / "other", chroma_url=server)
    fill(index, {"a.md": "Tea alpha."})
    fill(other, {"b.md": "Tea beta."})
    assert texts_found(index, "tea") == {"Tea alpha."}
    assert texts_found(other, "tea") == {"Tea beta."}


def test_another_model_gets_a_collection_of_its_own(index: Index, server: str) -> None:
    fill(index, {"a.md": "Tea alpha."})
    before = vector_count(server)
    embedder = HashingEmbedder("hashing:2")
    other = open_index(index.folder, embedder, server)
    fill(other, {"a.md": "Tea alpha."}, embedder)
    assert texts_found(other, "tea", embedder) == {"Tea alpha."}
    assert vector_count(server) == before
    with pytest.raises(IndexMismatch), index.snapshot():
        pass


def test_moving_between_a_folder_and_a_server_embeds_nothing(index: Index, server: str) -> None:
    documents = {"a.md": "Tea alpha.", "b.md": "Tea beta."}
    fill(index, documents)
    embedder = HashingEmbedder()
    embedded = open_index(index.folder)
    fill(embedded, documents, embedder)
    assert texts_found(embedded, "tea") == {"Tea alpha.", "Tea beta."}
    fill(index, documents, embedder)
    assert texts_found(index, "tea") == {"Tea alpha.", "Tea beta."}
    assert embedder.embedded == []


def test_a_server_that_is_down_is_named_and_found_again(tmp_path: Path) -> None:
    port = free_port()
    server = start_server(tmp_path / "chroma", port)
    index = open_index(tmp_path / "index", chroma_url=f"http://127.0.0.1:{port}")
    fill(index, {"a.md": "Tea alpha."})
    server.kill()
    server.wait()
    with index.snapshot() as snapshot:
        with pytest.raises(VectorsUnavailable, match="does not answer"):
            snapshot.dense(HashingEmbedder().embed_query("tea"), 5)
        assert len(snapshot.lexical("tea", 5)) == 1
    with pytest.raises(VectorsUnavailable):
        fill(index, {"b.md": "Tea beta."})
    server = start_server(tmp_path / "chroma", port)
    assert texts_found(index, "tea") == {"Tea alpha."}
    fill(index, {"b.md": "Tea beta."})
    assert texts_found(index, "tea") == {"Tea beta."}
    server.kill()
    server.wait()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "chroma"])
def test_what_is_no_address_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(VectorsUnavailable, match="not the address of a Chroma server"):
        fill(open_index(tmp_path / "index", chroma_url=url), {"a.md": "Tea."})
