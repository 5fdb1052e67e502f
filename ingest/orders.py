"""Business files into the store: read, check line by line, keep what is good, and say what is wrong with the rest."""

from __future__ import annotations

import csv
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from analytics.tables import Standing
from ingest.order_checks import Reading, typed_query
from ingest.order_errors import UnusableFile
from ingest.order_fields import FIELDS, TABLE, Kind
from ingest.order_files import stage
from ingest.order_mappings import find_columns, load_mapping
from ingest.order_rows import row_problems, rows_query
from ingest.order_staging import Staged

if TYPE_CHECKING:
    import duckdb

CLEAN = "clean"
MEMORY = "1GB"  # what an import may take; beyond it the engine uses the disk

Tell = Callable[[str, int, int], None]


class Target(Protocol):
    """Where the rows go."""

    def standing(self) -> Standing:
        """What is in the store now."""

    def merge(self, staging: duckdb.DuckDBPyConnection, table: str, currency: str | None) -> int:
        """Put the rows of `clean` into a table, all or none; gives how many lines of the file changed something.

        A row whose key is known takes the place of the old one. Sample data gives way to the first real rows.
        """


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in lines of the file."""

    accepted: int
    rejected: int
    rejected_file: Path | None
    duplicates: int
    seconds: float

    def as_json(self) -> dict[str, object]:
        """The fields that `gtm data import --json` promises."""
        return {
            "accepted": self.accepted,
            "rejected": self.rejected,
            "rejected_file": None if self.rejected_file is None else str(self.rejected_file),
            "duplicates": self.duplicates,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be imported, and how it is to be understood."""

    file: Path
    kind: Kind
    mapping: str
    zone: str
    today: date
    fallback_currency: str
    """The one taken where neither file nor mapping nor store names one."""
    currency: str | None = None
    """Only lines in this one; the others are rejected."""


def import_file(wanted: Wanted, target: Target, rejects: Path, scratch: Path, tell: Tell) -> ImportReport:
    """Import one file; what cannot be used goes to a file in `rejects` with line number and reason.

    The store changes in one step at the end, or not at all, so an import that was cut off is simply run again.
    A file that cannot be used as a whole raises `UnusableFile`.
    """
    started = time.monotonic()
    mapping, chosen = load_mapping(wanted.mapping, wanted.kind)
    with _staging(scratch) as connection:
        staged = stage(connection, wanted.file, tell)
        columns = find_columns(chosen, staged.columns, wanted.file)
        reading = Reading(wanted.kind, mapping, chosen, columns, wanted.zone, wanted.today)
        tell("checking", 0, staged.rows)
        _type(connection, reading)
        currency = _currency(connection, reading, wanted, target.standing())
        bad = _reject(connection, staged, rejects / f"{wanted.file.stem}-rejected.csv", reading, currency)
        good = staged.rows + len(staged.broken) - bad.lines
        tell("checking", staged.rows, staged.rows)
        connection.execute(f"CREATE TABLE {CLEAN} AS {rows_query(reading, currency)}")
        tell("storing", 0, good)
        spoken = currency if good and _of_money(wanted.kind) else None
        accepted = target.merge(connection, TABLE[wanted.kind], spoken)
        tell("storing", good, good)
    return ImportReport(
        accepted=accepted,
        rejected=bad.lines,
        rejected_file=bad.file,
        duplicates=good - accepted,
        seconds=time.monotonic() - started,
    )


def _of_money(kind: Kind) -> bool:
    return any(field.form == "currency" for field in FIELDS[kind])


@contextmanager
def _staging(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own that is gone afterwards; what a killed import has left goes first."""
    import duckdb  # noqa: PLC0415 - `gtm --help` does without

    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        connection = duckdb.connect(str(Path(folder) / "staging.duckdb"))
        try:
            connection.execute(f"SET memory_limit = '{MEMORY}'")
            connection.execute(f"SET temp_directory = '{Path(folder) / 'spilled'}'")
            yield connection
        finally:
            connection.close()
    shutil.rmtree(scratch, ignore_errors=True)


def _type(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    connection.execute(f"CREATE TABLE typed AS {typed_query(reading)}")
    whole = row_problems(reading)
    if whole is not None:
        connection.execute(f"UPDATE typed SET problem = {whole} WHERE problem IS NULL")  # noqa: S608


def _currency(
    connection: duckdb.DuckDBPyConnection, reading: Reading, wanted: Wanted, store: Standing
) -> str:
    """The one currency of the file, which must be the store's. Two raise `UnusableFile`, unless one is chosen."""
    known = store.currency if store.real else None
    found: list[str] = []
    if "currency" in reading.columns:
        rows = connection.execute(
            "SELECT currency FROM typed WHERE currency IS NOT NULL GROUP BY currency ORDER BY count(*) DESC, currency"
        ).fetchall()
        found = [row[0] for row in rows]
    if wanted.currency and found and wanted.currency not in found:
        raise UnusableFile(
            f"{wanted.file} has no line in {wanted.currency}; its lines are in {', '.join(found)}."
        )
    if len(found) > 1 and not wanted.currency:
        raise UnusableFile(
            f"{wanted.file} has lines in {' and '.join(found)}, but a report has one currency. Choose one with "
            f"--currency {found[0]} (the other lines are rejected, with a reason), or convert the amounts first."
        )
    currency = wanted.currency or (found[0] if found else reading.mapping.currency or known)
    currency = currency or wanted.fallback_currency
    if known is not None and currency != known and _of_money(wanted.kind):
        raise UnusableFile(
            f"{wanted.file} is in {currency}, but the store holds {known}, and a report has one currency. "
            "Convert the amounts first, or use another --home for this business."
        )
    return currency


@dataclass(frozen=True, slots=True)
class _Rejected:
    lines: int
    file: Path | None


def _reject(
    connection: duckdb.DuckDBPyConnection, staged: Staged, file: Path, reading: Reading, currency: str
) -> _Rejected:
    """Part good lines from bad ones, and write the bad ones down as they were, so that they can be mended."""
    if "currency" in reading.columns:
        connection.execute(
            "UPDATE typed SET problem = 'currency ' || currency || ' is not the chosen one' "
            "WHERE problem IS NULL AND currency <> ?",
            [currency],
        )
    connection.execute("CREATE VIEW good AS SELECT * FROM typed WHERE problem IS NULL")
    query = connection.execute(
        "SELECT file_line, problem, raw.* EXCLUDE (file_line) FROM typed JOIN raw USING (file_line) "
        "WHERE problem IS NOT NULL ORDER BY file_line"
    )
    count = 0
    first = query.fetchmany(1000)
    if not first and not staged.broken:
        file.unlink(missing_ok=True)
        return _Rejected(0, None)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["line_number", "reason", *staged.columns])
        for line, reason, text in staged.broken:
            writer.writerow([line, reason, text])
        while first:
            writer.writerows(first)
            count += len(first)
            first = query.fetchmany(1000)
    return _Rejected(count + len(staged.broken), file)
