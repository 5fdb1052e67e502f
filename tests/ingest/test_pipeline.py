"""An ingest makes the index equal to the files given, and says what it did."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.documents import MAX_FILE_BYTES
from ingest.pipeline import IngestReport, ingest
from knowledge_base.index import Index
from tests.embedders import DIMENSION, HashingEmbedder


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def index(tmp_path: Path, embedder: HashingEmbedder) -> Iterator[Index]:
    each = Index(tmp_path / "home" / "index", embedder.fingerprint, DIMENSION)
    yield each
    each.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    each = tmp_path / "docs"
    each.mkdir()
    (each / "returns.md").write_text("# Returns\n\n## 3.2 Perishables\n\nChai comes back within 7 days.\n")
    (each / "shipping.md").write_text(
        "# Shipping\n\n## 1. Time\n\nParcels take 3 days.\n\n## 2. Price\n\nFree.\n"
    )
    return each


def summary(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged, report.chunks


def found(index: Index, embedder: HashingEmbedder, question: str) -> set[str]:
    """The texts of all chunks that either retriever finds."""
    with index.snapshot() as snapshot:
        hits = [*snapshot.dense(embedder.embed_query(question), 50), *snapshot.lexical(question, 50)]
        return {chunk.text for chunk in snapshot.chunks([hit.chunk for hit in hits]).values()}


def make_old(*files: Path) -> None:
    """Moves files' times out of the seconds in which a change could go unnoticed."""
    for file in files:
        os.utime(file, (1_700_000_000, 1_700_000_000))


def test_the_report_has_the_promised_fields(index: Index, embedder: HashingEmbedder, folder: Path) -> None:
    report = ingest([folder], index, embedder).as_json()
    assert list(report) == ["added", "changed", "removed", "unchanged", "chunks", "failed", "seconds"]


def test_documents_are_added_changed_and_removed(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    assert summary(ingest([folder], index, embedder)) == (2, 0, 0, 0, 3)
    (folder / "shipping.md").write_text("# Shipping\n\nParcels take 9 days.\n")
    (folder / "hours.txt").write_text("Open from nine.\n")
    (folder / "returns.md").unlink()
    assert summary(ingest([folder], index, embedder)) == (1, 1, 1, 0, 2)
    assert found(index, embedder, "parcels chai open days") == {"Parcels take 9 days.", "Open from nine."}
    assert [each.name for each in index.documents()] == ["hours.txt", "shipping.md"]


def test_an_unchanged_folder_costs_nothing(index: Index, embedder: HashingEmbedder, folder: Path) -> None:
    make_old(*folder.iterdir())
    ingest([folder], index, embedder)
    embedder.embedded.clear()
    before = index.status()
    files = [file.stat().st_atime_ns for file in folder.iterdir()]
    assert summary(ingest([folder], index, embedder)) == (0, 0, 0, 2, 3)
    assert embedder.embedded == []
    assert index.status() == before
    assert [file.stat().st_atime_ns for file in folder.iterdir()] == files


def test_a_file_that_was_only_touched_is_unchanged(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    ingest([folder], index, embedder)
    embedder.embedded.clear()
    make_old(folder / "returns.md")
    assert summary(ingest([folder], index, embedder)) == (0, 0, 0, 2, 3)
    assert embedder.embedded == []


def test_a_change_of_equal_size_in_the_same_instant_is_noticed(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    file = folder / "returns.md"
    ingest([folder], index, embedder)
    status = file.stat()
    file.write_text(file.read_text().replace("7 days", "9 days"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert ingest([folder], index, embedder).changed == 1
    assert "Chai comes back within 9 days." in found(index, embedder, "chai")


def test_only_changed_chunks_are_embedded_again(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    ingest([folder], index, embedder)
    embedder.embedded.clear()
    file = folder / "shipping.md"
    file.write_text(file.read_text().replace("Free.", "Two dollars."))
    ingest([folder], index, embedder)
    assert [chunk.text for chunk in embedder.embedded] == ["Two dollars."]


def test_bad_files_are_reported_and_the_rest_goes_in(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 oops")
    (folder / "empty.md").write_text("\n")
    (folder / "enormous.txt").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    report = ingest([folder, folder / "gone.md"], index, embedder)
    assert summary(report) == (2, 0, 0, 0, 3)
    reasons = {Path(failure.path).name: failure.reason.split(":")[0] for failure in report.failed}
    assert reasons == {
        "broken.pdf": "broken",
        "empty.md": "empty",
        "enormous.txt": "too large",
        "gone.md": "no such file or folder",
    }


def test_a_file_that_fails_now_keeps_its_former_version(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    ingest([folder], index, embedder)
    (folder / "returns.md").write_bytes(b"\x00\x01")
    report = ingest([folder], index, embedder)
    assert ([Path(each.path).name for each in report.failed], report.removed) == (["returns.md"], 0)
    assert "Chai comes back within 7 days." in found(index, embedder, "chai")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_reported(index: Index, embedder: HashingEmbedder, folder: Path) -> None:
    (folder / "returns.md").chmod(0)
    (failure,) = ingest([folder], index, embedder).failed
    assert failure.reason == "permission denied"


def test_an_empty_folder_empties_the_index(
    index: Index, embedder: HashingEmbedder, folder: Path, tmp_path: Path
) -> None:
    ingest([folder], index, embedder)
    (tmp_path / "empty").mkdir()
    assert summary(ingest([tmp_path / "empty"], index, embedder)) == (0, 0, 2, 0, 0)
    assert found(index, embedder, "chai parcels") == set()


def test_another_model_is_ingested_beside_and_switched_to(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    make_old(*folder.iterdir())
    ingest([folder], index, embedder)
    other = HashingEmbedder("hashing:2")
    changed = Index(index.folder, other.fingerprint, DIMENSION)
    during: list[set[str]] = []

    def watch(_phase: str, _done: int, _total: int) -> None:
        if index.status().state == "ok":
            during.append(found(index, embedder, "chai"))

    report = ingest([folder], changed, other, watch)
    assert (summary(report), report.embedded) == ((0, 0, 0, 2, 3), 3)
    assert found(changed, other, "chai") == during[0] != set()
    assert all(each == during[0] for each in during)
    assert index.status().state == "mismatch"
    changed.close()


def test_a_new_way_of_cutting_documents_reads_them_again(
    index: Index, embedder: HashingEmbedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(*folder.iterdir())
    ingest([folder], index, embedder)
    monkeypatch.setattr(pipeline, "RECIPE", "next")
    assert ingest([folder], index, embedder).changed == 2
    assert ingest([folder], index, embedder).unchanged == 2


def test_progress_comes_in_order_and_ends_complete(
    index: Index, embedder: HashingEmbedder, folder: Path
) -> None:
    calls: list[tuple[str, int, int]] = []
    ingest([folder], index, embedder, lambda *call: calls.append(call))
    assert list(dict.fromkeys(phase for phase, _, _ in calls)) == ["reading", "embedding", "storing"]
    assert all(0 <= done <= total for _, done, total in calls)
    assert {phase: done for phase, done, _ in calls} == {phase: total for phase, _, total in calls}


def test_many_rounds_of_changes_leave_no_trace(
    index: Index, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for turn in range(8):
        for number in range(12):
            file = folder / f"{number}.md"
            if (turn + number) % 3:
                file.write_text(f"# Tea {number}\n\nTurn {turn} of blend number {number}.\n")
            else:
                file.unlink(missing_ok=True)
        ingest([folder], index, embedder)
    expected = {file.read_text().split("\n\n")[1].strip() for file in folder.iterdir()}
    assert found(index, embedder, "turn blend number") == expected
    with index.snapshot() as snapshot:
        assert snapshot.document_frequency(["turn"])["turn"] == len(expected)
        assert len(snapshot.dense(embedder.embed_query("turn"), 100)) == len(expected)
    assert len([each for each in (index.folder / "chroma").iterdir() if each.is_dir()]) <= 2
