"""The tables of a report as CSV and as a workbook: numbers as numbers, and no cell that a spreadsheet would run."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from agents.errors import BadInput
from agents.weekly.document import Document
from agents.weekly.document_tables import Cell, Measure, Table
from analytics.currency import minor_units
from apps.room.csv_export import to_csv

_WIDEST: Final = 60


def all_tables(document: Document) -> tuple[Table, ...]:
    """Every table, the metrics first."""
    return (*document.tables, *document.chart_tables)


def table_csv(document: Document, name: str) -> bytes:
    """One table. Raises `BadInput` for a name that there is not."""
    known = {one.name: one for one in all_tables(document)}
    if name not in known:
        raise BadInput(f"There is no table {name!r}; there are {', '.join(known)}.")
    table = known[name]
    rows = [[_plain(cell, document.currency) for cell in row] for row in table.rows]
    return to_csv(table.columns, rows).encode()


def csv_archive(document: Document) -> bytes:
    """Every table, a CSV file each, in one ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in all_tables(document):
            archive.writestr(f"{table.name}.csv", table_csv(document, table.name))
    return packed.getvalue()


def workbook(document: Document) -> bytes:
    """Every table, a sheet each."""
    from openpyxl import Workbook  # noqa: PLC0415 - for a download alone

    book = Workbook()
    book.remove(book.active)
    for table in all_tables(document):
        _fill(book.create_sheet(table.title.translate(_NOT_IN_TITLES)[:31]), table, document.currency)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


_NOT_IN_TITLES: Final = str.maketrans("[]:*?/\\", "       ")


def _fill(sheet: Any, table: Table, currency: str) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    widths = [len(one) for one in table.columns]
    for at, heading in enumerate(table.columns, 1):
        _put(sheet.cell(1, at), heading, currency)
        sheet.cell(1, at).font = Font(bold=True)
    for line, row in enumerate(table.rows, 2):
        for at, cell in enumerate(row, 1):
            _put(sheet.cell(line, at), cell, currency)
            widths[at - 1] = max(widths[at - 1], len(cell) if isinstance(cell, str) else 12)
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = min(width + 2, _WIDEST)
    sheet.freeze_panes = "B2"


def _put(place: Any, cell: Cell, currency: str) -> None:
    if isinstance(cell, Measure):
        place.value = cell.whole(currency)
        place.number_format = _format(cell, currency)
    elif cell:
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 - as above

        place.value = ILLEGAL_CHARACTERS_RE.sub("", cell)
        place.data_type = "s"  # also what begins with "=": words are never a formula


def _format(cell: Measure, currency: str) -> str:
    digits = {1: "", 100: ".00", 1000: ".000"}[minor_units(currency)]
    formats = {"minor": f"#,##0{digits}", "share": "0.0%", "ratio": "0.00", "count": "#,##0"}
    return formats.get(cell.unit, "0.0")


def _plain(cell: Cell, currency: str) -> object:
    return cell.whole(currency) if isinstance(cell, Measure) else cell
