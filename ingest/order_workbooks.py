"""Reads the first sheet of a workbook: values as they were last calculated, never formulas."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.order_errors import UnusableFile
from ingest.order_staging import Line, Staged, Tell, begin, fill

if TYPE_CHECKING:
    import duckdb

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


def stage_workbook(connection: duckdb.DuckDBPyConnection, file: Path, tell: Tell) -> Staged:
    """Put the rows of the first sheet into the table `raw`. A file that is no workbook raises `UnusableFile`."""
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - only for workbooks

    with ExitStack() as open_books:
        try:
            sheet = open_books.enter_context(_first_sheet(file, data_only=True))
            # A formula comes as its last result; one that was never calculated has none, and is nothing to guess at.
            formulas: Iterator[Sequence[object]] = itertools.repeat(())
            if _has_formulas(file):
                with_formulas = open_books.enter_context(_first_sheet(file, data_only=False))
                formulas = with_formulas.iter_rows(values_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
            raise UnusableFile(f"{file} cannot be read as a workbook: {error}") from error
        rows = enumerate(zip(sheet.iter_rows(values_only=True), formulas, strict=False), start=1)
        header = next(((at, row) for at, (row, _) in rows if any(cell is not None for cell in row)), None)
        if header is None:
            raise UnusableFile(f"{file} is empty: there is no row with column names on its first sheet.")
        staged = begin(connection, file, [_text(cell) for cell in header[1]])

        def told() -> Iterator[Line]:
            for at, (row, formula) in rows:
                if at % 10_000 == 0:
                    tell("reading", at, max(at, sheet.max_row or 0))
                cells = [_text(cell) for cell in row]
                lacking = [
                    one for one, cell in zip(formula, row, strict=False) if cell is None and _is_formula(one)
                ]
                if lacking:
                    yield (
                        at,
                        f"the formula {lacking[0]} was never calculated: open the file, and save it",
                        ",".join(cells),
                    )
                elif any(cells):
                    yield at, cells, ""

        fill(connection, staged, told())
    tell("reading", staged.rows, staged.rows)
    return staged


@contextmanager
def _first_sheet(file: Path, *, data_only: bool) -> Iterator[Any]:
    """The first sheet: results of formulas, or the formulas themselves."""
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    book = load_workbook(file, read_only=True, data_only=data_only)
    try:
        yield book.worksheets[0]
    finally:
        book.close()


def _has_formulas(file: Path) -> bool:
    """A quick look, which spares most workbooks a second reading."""
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                with archive.open(name) as sheet:
                    before = b""
                    while piece := sheet.read(2**20):
                        if _FORMULA.search(before + piece):
                            return True
                        before = piece[-16:]
    return False


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
