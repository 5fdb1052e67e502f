"""Foreign formats to Markdown. Runs in a process of its own: these parsers may hang or take all memory."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from ingest.documents import DocumentSource, UnreadableDocument
from ingest.tables import tables_source

MAX_MEMORY_BYTES = 4 * 1024**3
MAX_EXPANDED_BYTES = 300 * 1024**2  # of an office file, which is a ZIP archive: far more is an attack
_HEADER = struct.Struct(">I")
_OLE = b"\xd0\xcf\x11\xe0"
_INVISIBLE = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "nav")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?<=\n\n)((?:\d{1,2}\.)+\d{0,2}|§ ?\d[\d.]*)[ \t]+([^\W\d_][^\n]{1,78}[^\s.:;,!?])\n(?=\s*\n)"
)


def convert(suffix: str, content: bytes) -> DocumentSource:
    """Markdown of a file; raises UnreadableDocument with the reason."""
    if not content:
        raise UnreadableDocument("empty: the file has no content")
    return _CONVERTERS[suffix](content)


def _html(content: bytes) -> DocumentSource:
    from bs4 import BeautifulSoup  # noqa: PLC0415 - each format pays for its own parser only

    page = BeautifulSoup(content, "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title else None
    for element in page(_INVISIBLE):
        element.extract()
    for element in [*page(hidden=True), *page(style=_HIDDEN_STYLE)]:
        element.extract()
    markdown = _markitdown("HtmlConverter", ".html", str(page).encode(), charset="utf-8")
    return DocumentSource(markdown, None if re.search(r"^# ", markdown, re.MULTILINE) else title)


def _docx(content: bytes) -> DocumentSource:
    _require_archive(content, "DOCX")
    return DocumentSource(_markitdown("DocxConverter", ".docx", content))


def _pdf(content: bytes) -> DocumentSource:
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect  # noqa: PLC0415
    from pdfminer.pdfparser import PDFSyntaxError  # noqa: PLC0415

    if b"%PDF-" not in content[:1024]:
        raise UnreadableDocument("broken: it does not begin like a PDF")
    try:
        markdown = _markitdown("PdfConverter", ".pdf", content)
    except (PDFEncryptionError, PDFPasswordIncorrect) as error:
        raise UnreadableDocument("encrypted: it opens with a password only") from error
    except PDFSyntaxError as error:
        raise UnreadableDocument(f"broken: {error}") from error
    markdown = markdown.replace("\f", "\n\n")
    if not markdown.strip():
        raise UnreadableDocument("empty: there is no text in it; pictures of text are not read")
    return DocumentSource(_NUMBERED.sub(_as_heading, "\n\n" + markdown).lstrip("\n"))


def _as_heading(match: re.Match[str]) -> str:
    """A numbered line that stands alone in a PDF is a heading, a level down for each part of its number."""
    number = match.group(1).rstrip(".")
    return f"{'#' * min(2 + number.count('.'), 6)} {match.group(1)} {match.group(2)}\n"


def _xlsx(content: bytes) -> DocumentSource:
    import openpyxl  # noqa: PLC0415

    _require_archive(content, "XLSX")
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)

    def rows(sheet: Any) -> Iterator[list[str]]:
        for row in sheet.iter_rows(values_only=True):
            yield ["" if cell is None else str(cell) for cell in row]

    return tables_source(rows(sheet) for sheet in workbook.worksheets)


def _require_archive(content: bytes, kind: str) -> None:
    if content.startswith(_OLE):
        raise UnreadableDocument(f"encrypted, or of an older format than {kind}: save it without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableDocument(f"broken: it is not a {kind} file") from error
    if expanded > MAX_EXPANDED_BYTES:
        raise UnreadableDocument(f"too large: it expands to {expanded / 2**20:.0f} MB")


def _markitdown(converter: str, extension: str, content: bytes, charset: str | None = None) -> str:
    """One converter of markitdown by itself: the whole would guess formats and may fetch addresses."""
    import markitdown  # noqa: PLC0415
    from markitdown import converters  # noqa: PLC0415

    stream_info = markitdown.StreamInfo(extension=extension, charset=charset)
    result = getattr(converters, converter)().convert(io.BytesIO(content), stream_info)
    text: str = result.markdown
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


_CONVERTERS: dict[str, Callable[[bytes], DocumentSource]] = {
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
}


def serve() -> None:
    """Converts what comes on standard input until it ends: a JSON header and the file, answered in JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    # What a parser prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions = sys.stdin.buffer
    while header := read_frame(questions):
        content = read_frame(questions)
        write_frame(answers, json.dumps(_answer(json.loads(header)["suffix"], content)).encode())


def _answer(suffix: str, content: bytes) -> dict[str, str | None]:
    try:
        source = convert(suffix, content)
    except UnreadableDocument as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": f"too complex: reading it takes more than {MAX_MEMORY_BYTES // 2**30} GB of memory"}
    except Exception as error:  # noqa: BLE001 - parsers raise anything on broken input
        line = (str(error).splitlines() or [""])[0][:200]
        return {"reason": f"broken: {type(error).__name__} {line}".rstrip()}
    return {"markdown": source.markdown, "title": source.title}


def read_frame(stream: IO[bytes]) -> bytes:
    """The next frame; empty at the end of the stream."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return b""
    (length,) = _HEADER.unpack(header)
    return stream.read(length)


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Writes a frame of less than 4 GB."""
    stream.write(_HEADER.pack(len(content)) + content)
    stream.flush()
