"""Reads CSV, XLSX and Parquet into one staging table of text, in pieces: no file is in memory as a whole."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.order_errors import UnusableFile
from ingest.order_staging import BATCH, RAW, Line, Staged, Tell, begin, fill
from ingest.order_workbooks import stage_workbook

if TYPE_CHECKING:
    import duckdb

_LONGEST_FIELD = 1_000_000  # beyond it a quote was opened and never closed
_LONGEST_LINE = 4_000_000
_SHOWN = 1_000  # of a line that cannot be read


def stage(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    """Put the rows of a file into the table `raw`. A file that is no table raises `UnusableFile`."""
    if file.is_dir():
        raise UnusableFile(
            f"{file} is a folder. Name one file in it; several are imported one after the other."
        )
    if not file.is_file():
        raise UnusableFile(f"There is no file {file}. Check the path.")
    before = _version(file)
    staged = _stage(connection, file, tell)
    if _version(file) != before:
        raise UnusableFile(
            f"{file} has changed while it was read, so nothing was stored. Import it again when it is complete."
        )
    return staged


def _version(file: Path) -> tuple[int, int, int]:
    """What changes with a file's content, as far as its folder tells."""
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _stage(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    readers = {".csv": _stage_csv, ".tsv": _stage_csv, ".txt": _stage_csv, ".xlsx": stage_workbook}
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
        # An instant is written as one of UTC, with its zone: what day it falls on is found later.
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.read_parquet(str(file), file_row_number=True)
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        columns = [name for name in kinds if name != "file_row_number"]
        cast = ", ".join(f"{_as_text(name, kinds[name])} AS c{at}" for at, name in enumerate(columns))
        relation.project(f"file_row_number + 1 AS file_line, {cast}").create(RAW)
    except duckdb.Error as error:
        raise UnusableFile(f"{file} cannot be read as Parquet: {error}") from error
    rows = _count(connection)
    tell("reading", rows, rows)
    return Staged(columns, rows)


def _as_text(name: str, kind: str) -> str:
    text = f"CAST({_quoted(name)} AS VARCHAR)"
    return f"regexp_replace({text}, '[+]00$', 'Z')" if kind == "TIMESTAMP WITH TIME ZONE" else text


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.table(RAW).count("*").fetchone()
    return int(found[0]) if found else 0


class _Lines:
    """The physical lines of a text file, of which some can be given back; never more than one of them in memory."""

    def __init__(self, opened: io.TextIOBase) -> None:
        self._opened = opened
        self._returned: list[str] = []
        self.taken: list[str] = []
        """The lines of the row that is being read."""
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        """The next line. Of one that is too long only the beginning is kept; it raises `csv.Error`."""
        line = self._returned.pop() if self._returned else self._opened.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) < _LONGEST_LINE or line.endswith("\n"):
            line = line.replace("\0", "")
            self.taken.append(line)
            return line
        self.taken.append(line[:_SHOWN])
        while line and not line.endswith("\n"):
            line = self._opened.readline(_LONGEST_LINE)
        raise csv.Error(f"it is longer than {_LONGEST_LINE:,} characters")

    def give_back(self) -> tuple[int, str]:
        """Keep the first line of the row, give back the others; gives its number and text."""
        first, *others = self.taken or [""]
        self._returned.extend(reversed(others))
        self.number -= len(others)
        self.taken.clear()
        return self.number, first[:_SHOWN].rstrip("\r\n")


def _stage_csv(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    size = max(file.stat().st_size, 1)
    encoding = _encoding(file)
    with file.open("rb") as raw, io.TextIOWrapper(raw, encoding, errors="replace", newline="") as opened:
        delimiter = _delimiter(opened.readline(_LONGEST_LINE))
        opened.seek(0)
        lines = _Lines(opened)
        rows = _csv_rows(lines, delimiter)
        first = next(rows, None)
        if first is None:
            raise UnusableFile(f"{file} is empty: there is no line with column names in it.")
        if isinstance(first[1], str):
            raise UnusableFile(f"{file} is no table: {first[1]}. Its first line has to name the columns.")
        staged = begin(connection, file, first[1])

        def told() -> Iterator[Line]:
            for done, row in enumerate(rows):
                if done % BATCH == 0:
                    tell("reading", min(raw.tell(), size), size)
                yield row

        fill(connection, staged, told())
    tell("reading", size, size)
    return staged


def _csv_rows(lines: _Lines, delimiter: str) -> Iterator[Line]:
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
