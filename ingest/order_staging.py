"""The staging table of text that every kind of business file is read into, in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.order_errors import UnusableFile

if TYPE_CHECKING:
    import duckdb

RAW = "raw"
BATCH = 50_000

Tell = Callable[[str, int, int], None]


@dataclass(slots=True)
class Staged:
    """The columns of a file, now `c0`, `c1`, … of the table `raw` beside `file_line`; and lines that are no rows."""

    columns: list[str]
    rows: int = 0
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    """Line number, reason, and the line."""


Line = tuple[int, list[str] | str, str]
"""A line's number and its cells; in place of cells that cannot be read the reason, and the line."""


def begin(connection: duckdb.DuckDBPyConnection, file: Path, header: Sequence[str]) -> Staged:
    """Make the table for these columns. A header without a name raises `UnusableFile`."""
    columns = [name.strip() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise UnusableFile(f"{file} is empty: its first line names no column.")
    cells = ", ".join(f"c{at} VARCHAR" for at in range(len(columns)))
    connection.execute(f"CREATE TABLE {RAW} (file_line BIGINT, {cells})")
    return Staged(columns)


def fill(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    rows: Iterable[Line],
) -> None:
    """Hand the rows over in batches, column by column."""
    import pyarrow as pa  # noqa: PLC0415 - with the engine

    width = len(staged.columns)
    names = ["file_line", *(f"c{at}" for at in range(width))]
    types = [pa.int64(), *[pa.string()] * width]
    batch: list[tuple[object, ...]] = []

    def flush() -> None:
        if batch:
            columns = [
                pa.array(values, kind) for values, kind in zip(zip(*batch, strict=True), types, strict=True)
            ]
            incoming = pa.table(columns, names=names)
            connection.register("incoming", incoming)
            connection.execute(f"INSERT INTO {RAW} SELECT * FROM incoming")  # noqa: S608 - a constant
            connection.unregister("incoming")
            staged.rows += len(batch)
            batch.clear()

    for line, row, text in rows:
        if isinstance(row, str):
            staged.broken.append((line, row, text))
        elif len(row) > width and any(row[width:]):
            staged.broken.append(
                (line, f"the line has {len(row)} fields, the first line names {width}", ",".join(row))
            )
        else:
            batch.append((line, *row[:width], *[""] * (width - len(row))))
            if len(batch) >= BATCH:
                flush()
    flush()
