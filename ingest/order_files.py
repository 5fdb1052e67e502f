"""Reads CSV, XLSX and Parquet into one staging table of text, in pieces: no file is in memory as a whole."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.order_errors import UnusableFile

if TYPE_CHECKING:
    import duckdb

RAW = "raw"
_BATCH = 50_000
_LONGEST_FIELD = 1_000_000  # beyond it a quote was opened and never closed
_SAMPLE = 65_536

Tell = Callable[[str, int, int], None]


@dataclass(slots=True)
class Staged:
    """The columns of a file, now `c0`, `c1`, … of the table `raw` beside `file_line`; and lines that are no rows."""

    columns: list[str]
    rows: int = 0
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    """Line number, reason, and the line."""


def stage(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    """Put the rows of a file into the table `raw`. A file that is no table raises `UnusableFile`."""
    if not file.is_file():
        raise UnusableFile(f"There is no file {file}. Check the path.")
    readers = {".csv": _stage_csv, ".tsv": _stage_csv, ".txt": _stage_csv, ".xlsx": _stage_xlsx}
    ending = file.suffix.lower()
    if ending in (".parquet", ".pq"):
        return _stage_parquet(connection, file, tell)
    if ending not in readers:
        raise UnusableFile(f"{file} ends with {ending or 'nothing'}: CSV, XLSX and Parquet can be read.")
    try:
        return readers[ending](connection, file, tell)
    except OSError as error:
        raise UnusableFile(f"{file} cannot be read: {error.strerror or error}.") from error


def _stage_parquet(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    import duckdb  # noqa: PLC0415 - half a second

    try:
        relation = connection.read_parquet(str(file), file_row_number=True)
        columns = [name for name in relation.columns if name != "file_row_number"]
        cast = ", ".join(f"CAST({_quoted(name)} AS VARCHAR) AS c{at}" for at, name in enumerate(columns))
        relation.project(f"file_row_number + 1 AS file_line, {cast}").create(RAW)
    except duckdb.Error as error:
        raise UnusableFile(f"{file} cannot be read as Parquet: {error}") from error
    rows = _count(connection)
    tell("reading", rows, rows)
    return Staged(columns, rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.table(RAW).count("*").fetchone()
    return int(found[0]) if found else 0


class _Lines:
    """The physical lines of a text file, of which some can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: list[str] = []
        self.taken: list[str] = []
        """The lines of the row that is being read."""
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._lines).replace("\0", "")
        self.taken.append(line)
        self.number += 1
        return line

    def give_back(self) -> tuple[int, str]:
        """Keep the first line of the row, give back the others; gives its number and text."""
        first, *others = self.taken or [""]
        self._returned.extend(reversed(others))
        self.number -= len(others)
        self.taken.clear()
        return self.number, first.rstrip("\r\n")


def _stage_csv(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    size = max(file.stat().st_size, 1)
    encoding = _encoding(file)
    with file.open("rb") as raw, io.TextIOWrapper(raw, encoding, errors="replace", newline="") as opened:
        delimiter = _delimiter(opened.readline())
        opened.seek(0)
        lines = _Lines(iter(opened.readline, ""))
        rows = _csv_rows(lines, delimiter)
        first = next(rows, None)
        if first is None or not isinstance(first[1], list):
            raise UnusableFile(f"{file} is empty: there is no line with column names in it.")
        staged = _begin(connection, file, first[1])

        def told() -> Iterator[tuple[int, list[str] | str, str]]:
            for done, row in enumerate(rows):
                if done % _BATCH == 0:
                    tell("reading", min(raw.tell(), size), size)
                yield row

        _fill(connection, staged, told())
    tell("reading", size, size)
    return staged


def _csv_rows(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | str, str]]:
    """Line number and row; in place of a row that cannot be read, the reason, and the line."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            for row in reader:
                start = lines.number - len(lines.taken) + 1
                lines.taken.clear()
                if row:
                    yield start, row, ""
            return
        except csv.Error as error:
            number, text = lines.give_back()
            yield number, f"the line cannot be read ({error})", text
            reader = csv.reader(lines, delimiter=delimiter, strict=True)


def _encoding(file: Path) -> str:
    """UTF-8 where the file is that, else the one of Windows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as opened:
        try:
            for piece in iter(lambda: opened.read(2**20), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(header: str) -> str:
    return max(",;\t|", key=header.count)


def _stage_xlsx(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    from zipfile import BadZipFile  # noqa: PLC0415

    from openpyxl import load_workbook  # noqa: PLC0415 - only for workbooks
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise UnusableFile(f"{file} cannot be read as a workbook: {error}") from error
    try:
        sheet = book.worksheets[0]
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        header = next(((at, row) for at, row in rows if any(cell is not None for cell in row)), None)
        if header is None:
            raise UnusableFile(f"{file} is empty: there is no row with column names on its first sheet.")
        staged = _begin(connection, file, [_text(cell) for cell in header[1]])
        total = sheet.max_row or 0

        def told() -> Iterator[tuple[int, list[str] | str, str]]:
            for at, row in rows:
                if at % 10_000 == 0:
                    tell("reading", at, max(at, total))
                cells = [_text(cell) for cell in row]
                if any(cells):
                    yield at, cells, ""

        _fill(connection, staged, told())
    finally:
        book.close()
    tell("reading", staged.rows, staged.rows)
    return staged


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _begin(connection: duckdb.DuckDBPyConnection, file: Path, header: Sequence[str]) -> Staged:
    columns = [name.strip() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise UnusableFile(f"{file} is empty: its first line names no column.")
    cells = ", ".join(f"c{at} VARCHAR" for at in range(len(columns)))
    connection.execute(f"CREATE TABLE {RAW} (file_line BIGINT, {cells})")
    return Staged(columns)


def _fill(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    rows: Iterator[tuple[int, list[str] | str, str]],
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
            if len(batch) >= _BATCH:
                flush()
    flush()
