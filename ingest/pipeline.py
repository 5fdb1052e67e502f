"""Makes the index equal to the files at the paths given."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.chunks import split_document
from ingest.conversion import Converter
from ingest.documents import MAX_FILE_BYTES, UnreadableDocument
from ingest.files import Failure, Found, find_files
from knowledge_base.catalog import DocumentRecord, PlacedChunk
from knowledge_base.index import Index
from knowledge_base.learned import is_learned
from knowledge_base.passages import Embedder
from knowledge_base.writer import Update, Writer

RECIPE = "1"  # raise it with any change of how files become chunks: files ingested before are then read again
_BATCH = 256  # chunks whose vectors are stored at once: what a kill can cost
_CLOCK_TOLERANCE = timedelta(seconds=2)  # of file systems that keep times coarsely

Progress = Callable[[str, int, int], None]
"""Called with a phase ("reading", "embedding", "storing"), how much of it is done, and how much there is."""


@dataclass(slots=True)
class IngestReport:
    """What an ingest did, in documents; `chunks` are in the index afterwards, `embedded` are new."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    chunks: int = 0
    failed: list[Failure] = field(default_factory=list)
    seconds: float = 0.0
    embedded: int = 0
    ignored: int = 0

    def as_json(self) -> dict[str, object]:
        """The fields that `gtm ingest --json` promises."""
        return {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "chunks": self.chunks,
            "failed": [{"path": each.path, "reason": each.reason} for each in self.failed],
            "seconds": round(self.seconds, 3),
        }


def ingest(
    paths: Sequence[Path],
    index: Index,
    embedder: Embedder,
    progress: Progress | None = None,
    on_wait: Callable[[str], None] | None = None,
) -> IngestReport:
    """Adds, changes and removes documents until the index holds exactly the files at `paths`.

    Readers see the index as it was until all is done. A file that cannot be read is reported; if an earlier
    version of it is in the index, that stays, and so does what the team has answered. `on_wait` is told who
    else is writing, if anybody is. Raises NothingToIngest where no path exists, IndexBusy where another ingest
    does not end.
    """
    tell = progress or (lambda _phase, _done, _total: None)
    started = time.monotonic()
    with index.writer(on_wait=on_wait) as writer:
        report, update = _plan(paths, writer, tell)
        lacking = sorted(writer.lacking(update), key=lambda chunk: len(chunk.text))
        for start in range(0, len(lacking), _BATCH):
            tell("embedding", start, len(lacking))
            batch = lacking[start : start + _BATCH]
            writer.keep(batch, embedder.embed_chunks(batch))
        if lacking:
            tell("embedding", len(lacking), len(lacking))
        writer.commit(update, tell)
        report.chunks = writer.chunk_count()
    report.embedded = len(lacking)
    report.seconds = time.monotonic() - started
    return report


def _plan(paths: Sequence[Path], writer: Writer, tell: Progress) -> tuple[IngestReport, Update]:
    listing = find_files(paths)
    report = IngestReport(failed=listing.failed, ignored=listing.ignored)
    update = Update()
    known = writer.documents()
    with Converter() as converter:
        for done, found in enumerate(listing.found):
            tell("reading", done, len(listing.found))
            before = known.pop(found.name, None)
            if before and _looks_unchanged(found, before):
                report.unchanged += 1
                continue
            try:
                record, chunks = _read(found, before, converter)
            except UnreadableDocument as error:
                report.failed.append(Failure(str(found.path), str(error)))
                continue
            if chunks is None:
                report.unchanged += 1
                update.touched.append(record)
                continue
            report.added += before is None
            report.changed += before is not None
            update.put.append((record, chunks))
    tell("reading", len(listing.found), len(listing.found))
    update.removed = [name for name in known if not is_learned(name)]
    report.removed = len(update.removed)
    return report, update


def _looks_unchanged(found: Found, before: DocumentRecord) -> bool:
    """Whether size and time rule out a change, without reading the file."""
    written = datetime.fromtimestamp(found.mtime_ns / 1e9, UTC)
    same = (before.path, before.size, before.mtime_ns, before.recipe) == (
        str(found.path.resolve()),
        found.size,
        found.mtime_ns,
        RECIPE,
    )
    return same and written + _CLOCK_TOLERANCE < before.ingested_at


def _read(
    found: Found, before: DocumentRecord | None, converter: Converter
) -> tuple[DocumentRecord, list[PlacedChunk] | None]:
    """The document and its chunks; None for chunks where the content is the one in the index."""
    if found.size > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 2**20
        raise UnreadableDocument(f"too large: {found.size / 2**20:.0f} MB, at most {limit} MB are read")
    try:
        content = found.path.read_bytes()
    except OSError as error:
        raise UnreadableDocument((error.strerror or str(error)).lower()) from error
    digest = hashlib.sha256(content).hexdigest()
    now = datetime.now(UTC)
    path = str(found.path.resolve())
    if before and (before.sha256, before.recipe) == (digest, RECIPE):
        return replace(before, path=path, size=found.size, mtime_ns=found.mtime_ns), None
    source = converter.convert(found.path, content)
    title, chunks = split_document(found.name, source.markdown, source.title)
    if not chunks:
        raise UnreadableDocument("empty: there is no text in it")
    record = DocumentRecord(
        name=found.name,
        sha256=digest,
        recipe=RECIPE,
        title=title,
        source=source.markdown,
        ingested_at=now,
        path=path,
        size=found.size,
        mtime_ns=found.mtime_ns,
    )
    return record, chunks
