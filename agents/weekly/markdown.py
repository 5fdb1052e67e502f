"""The document of a report as Markdown: it reads well as plain text, and no name in it becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agents.weekly.document import Document, Kpi
from agents.weekly.document_tables import Table, cell_said

_MARKUP: Final = re.compile(r"([\\`*\[\]<>|~])|(?<![^\W_])(_)|(_)(?![^\W_])|(&)(?=#?\w+;)")
_AT_START: Final = re.compile(r"([-+](?=\s|$)|--|#|=|\d+(?=[.)](?:\s|$)))")
_BREAKS: Final = re.compile(r"\s*\n\s*")
_MOST_ROWS: Final = 25


def to_markdown(document: Document) -> str:
    """The whole report, without its charts; their numbers stand in the tables that the other files hold."""
    return "\n\n".join(_blocks(document)) + "\n"


def escaped(text: str) -> str:
    """Words in which nothing is markup, on one line."""
    plain = _BREAKS.sub(" ", text.strip())
    plain = _MARKUP.sub(lambda found: f"\\{found.group()}", plain)
    start = _AT_START.match(plain)
    if start is None:
        return plain
    return f"{plain[: start.end()]}\\{plain[start.end() :]}" if start[1].isdigit() else f"\\{plain}"


def paragraphs(text: str) -> str:
    """Words of several paragraphs, each escaped."""
    return "\n\n".join(escaped(one) for one in re.split(r"\n\s*\n|\n", text) if one.strip())


def _blocks(document: Document) -> Iterator[str]:
    yield f"# {document.title}: {document.week}"
    if document.sample:
        yield "**Sample data** of an invented shop; no number here is a real business's."
    yield paragraphs(document.summary.text)
    yield "## Key figures"
    yield _grid(("", "this week", "week before", "change", ""), [_kpi_row(one) for one in document.kpis])
    if document.alerts:
        yield "## Out of the ordinary"
        yield "\n".join(f"- {escaped(one.text)}" for one in document.alerts)
    for section in document.sections:
        yield f"## {section.title}{' (missing)' if section.failed else ''}"
        yield paragraphs(section.text)
        if section.name == "finance":
            yield f"**Forecast.** {escaped(document.forecast)}"
        if section.name == "marketing":
            yield from _table(document, "channels")
        if section.name == "insights":
            yield f"**Early warning.** {escaped(document.churn)}"
            yield from _table(document, "churn")
            yield from _table(document, "segments")
    yield "## All metrics"
    yield _grid(
        ("metric", "value", "week before", "change", "what it is"),
        [[*_kpi_row(one)[:4], escaped(one.definition)] for one in document.metrics],
    )
    if document.errors:
        yield "## What went wrong"
        yield "\n".join(f"- {escaped(one)}" for one in document.errors)
    made = f"Made {document.created:%Y-%m-%d %H:%M} UTC by {escaped(document.by)}. Report {escaped(document.id)}."
    yield f"---\n\n{made}"


def _kpi_row(one: Kpi) -> list[str]:
    value = escaped(one.value if one.reason is None else f"{one.value}: {one.reason}")
    change = f"{one.arrow} {one.change}" if one.change else ""
    watch = "watch" if one.status == "watch" else ""
    return [escaped(one.label), value, escaped(one.previous or ""), change, watch]


def _table(document: Document, name: str) -> Iterator[str]:
    table: Table = document.table(name)
    if not table.rows:
        return
    yield f"### {table.title}"
    rows = [[escaped(cell_said(cell, document.currency)) for cell in row] for row in table.rows]
    yield _grid(table.columns, rows[:_MOST_ROWS])
    if len(rows) > _MOST_ROWS:
        yield f"… and {len(rows) - _MOST_ROWS} more; the CSV and XLSX files have all of them."


def _grid(columns: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
