"""Writing a report to a file of the format that its name ends in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agents.errors import BadInput
from agents.weekly.edition import Edition
from apps.reports.files import report_file

ENDINGS: Final = ("html", "pdf", "md", "csv", "xlsx", "zip")


def checked_ending(file: Path) -> str:
    """The ending of a file that can be written, before anything is made. Raises `BadInput` for any other."""
    ending = file.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        known = ", ".join(f".{one}" for one in ENDINGS)
        raise BadInput(f"{file} has no ending that a report is written in. Choose one of {known}.")
    if not file.parent.is_dir():
        raise BadInput(f"There is no folder {file.parent} to write {file.name} into. Make it first.")
    return ending


def write_report(edition: Edition, file: Path) -> Sequence[Path]:
    """Write a report; of CSV a file a table, named after it, of ZIP all of these in one. Gives what was written."""
    ending = checked_ending(file)
    try:
        if ending == "csv":
            return _write_tables(edition, file)
        file.write_bytes(report_file(edition, "csv" if ending == "zip" else ending).content)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror or error}.") from error
    return [file]


def _write_tables(edition: Edition, file: Path) -> Sequence[Path]:
    from agents.weekly.document import describe  # noqa: PLC0415 - as the writers
    from apps.reports.tables import all_tables, table_csv  # noqa: PLC0415 - for this format alone

    document = describe(edition)
    written = []
    for table in all_tables(document):
        place = file.with_name(f"{file.stem}-{table.name}{file.suffix}")
        place.write_bytes(table_csv(document, table.name))
        written.append(place)
    return written
