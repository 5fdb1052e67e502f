"""The files of a report by their formats: what they are called, what they are, and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from agents.errors import BadInput
from agents.weekly.document import Document, describe
from agents.weekly.edition import Edition

Format = Literal["html", "pdf", "md", "csv", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file to take along."""

    name: str
    media_type: str
    content: bytes


def report_file(edition: Edition, wanted: str, table: str | None = None) -> ReportFile:
    """A report in a format; of CSV one `table`, or all of them in a ZIP file. Raises `BadInput` for any other."""
    if wanted not in FORMATS:
        raise BadInput(f"There is no report in the format {wanted!r}; there are {', '.join(FORMATS)}.")
    document = describe(edition)
    name = f"weekly-{document.start.isoformat()}"
    if wanted == "csv":
        return _csv(document, name, table)
    media_type, make = _MAKERS[cast("Format", wanted)]
    return ReportFile(f"{name}.{wanted}", media_type, make(edition, document))


def _csv(document: Document, name: str, table: str | None) -> ReportFile:
    from apps.reports.tables import csv_archive, table_csv  # noqa: PLC0415 - for this format alone

    if table is None:
        return ReportFile(f"{name}-tables.zip", "application/zip", csv_archive(document))
    content = table_csv(document, table)
    return ReportFile(f"{name}-{table}.csv", "text/csv; charset=utf-8", content)


def _html(edition: Edition, document: Document) -> bytes:
    from apps.reports.page import to_html  # noqa: PLC0415 - for this format alone

    return to_html(edition, document).encode()


def _pdf(edition: Edition, document: Document) -> bytes:
    from apps.reports.pdf import to_pdf  # noqa: PLC0415 - for this format alone

    return to_pdf(edition, document)


def _markdown(_: Edition, document: Document) -> bytes:
    from agents.weekly.markdown import to_markdown  # noqa: PLC0415 - for this format alone

    return to_markdown(document).encode()


def _xlsx(_: Edition, document: Document) -> bytes:
    from apps.reports.tables import workbook  # noqa: PLC0415 - for this format alone

    return workbook(document)


_MAKERS: Final[Mapping[Format, tuple[str, Callable[[Edition, Document], bytes]]]] = {
    "html": ("text/html; charset=utf-8", _html),
    "pdf": ("application/pdf", _pdf),
    "md": ("text/markdown; charset=utf-8", _markdown),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}
