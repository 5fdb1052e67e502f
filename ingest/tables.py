"""Tables of frequent questions to Markdown: a heading for each question, its answer below."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ingest.documents import MAX_ROWS, DocumentSource, UnreadableDocument, decode
from knowledge_base.learned import without_headings

_QUESTION = ("question", "questions", "q", "faq")
_ANSWER = ("answer", "answers", "a", "response", "reply")
_GROUP = ("category", "topic", "section", "group", "subject", "theme")
_HEADER_ROWS = 10  # some tables begin with a title and a note
_MAX_FIELD = 1_000_000

Row = Sequence[str]


def read_csv(content: bytes) -> DocumentSource:
    """A CSV file, with commas, semicolons, tabs or bars between its fields."""
    text = decode(content)
    if not text.strip():
        raise UnreadableDocument("empty: there is no text in it")
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:10_000], delimiters=",;\t|")
        dialect.doublequote = True
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(_MAX_FIELD)
    try:
        return DocumentSource(
            "\n\n".join(_sections(csv.reader(io.StringIO(text, newline=""), dialect))) + "\n"
        )
    except csv.Error as error:
        raise UnreadableDocument(f"broken: {error}") from error


def tables_source(tables: Iterable[Iterable[Row]]) -> DocumentSource:
    """Several tables (the sheets of a workbook); those without questions are left out, if any has some."""
    parts: list[str] = []
    refused: UnreadableDocument | None = None
    for table in tables:
        try:
            parts += _sections(table)
        except UnreadableDocument as error:
            refused = refused or error
    if not parts:
        raise refused or UnreadableDocument("empty: there is no table in it")
    return DocumentSource("\n\n".join(parts) + "\n")


def _sections(rows: Iterable[Row]) -> list[str]:
    """Markdown sections, a group's heading wherever the group changes."""
    reading = iter(rows)
    question, answer, group = _columns(islice(reading, _HEADER_ROWS), reading)
    sections: list[str] = []
    current = ""
    for number, row in enumerate(reading):
        if number >= MAX_ROWS:
            raise UnreadableDocument(f"too long: at most {MAX_ROWS} rows are read")
        asked, answered = _cell(row, question), _cell(row, answer)
        if not asked or not answered:
            continue
        if group is not None and _cell(row, group) != current:
            current = _cell(row, group)
            if current:
                sections.append(f"## {_line(current)}")
        sections.append(f"{'###' if current else '##'} {_line(asked)}\n\n{without_headings(answered)}")
    if not sections:
        raise UnreadableDocument("empty: no row has both a question and an answer")
    return sections


def _columns(first: Iterator[Row], _rest: Iterator[Row]) -> tuple[int, int, int | None]:
    """Where question, answer and group stand; reads up to the row that names them."""
    seen: list[str] = []
    for row in first:
        names = [str(cell).strip().lower() for cell in row]
        question, answer = _position(names, _QUESTION), _position(names, _ANSWER)
        if question is not None and answer is not None:
            return question, answer, _position(names, _GROUP)
        seen = seen or [name for name in names if name]
    found = ", ".join(seen[:12]) or "none"
    raise UnreadableDocument(
        f"no table of questions: columns 'question' and 'answer' are looked for, found are {found}"
    )


def _position(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _cell(row: Row, column: int) -> str:
    return str(row[column]).strip() if column < len(row) else ""


def _line(text: str) -> str:
    return " ".join(text.split())
