"""The thread under a weekly report: every text whole, every number, segments and cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from slackblocks import Block, SectionBlock

from agents.weekly.document import Document, Kpi
from agents.weekly.document_tables import Table, cell_said
from agents.weekly.posting import DetailName
from integrations.slack.answers import pieces
from integrations.slack.mrkdwn import SECTION, clip, escape, text_of

TITLES: Final = {
    "texts": "What the specialists say",
    "numbers": "All numbers",
    "customers": "Customers",
}
MONTHS: Final = 6  # of a cohort; a phone shows no more beside each other
COHORTS: Final = 12
NAMED: Final = 10  # customers who are likely to stop

_NAME: Final = 22  # letters of a metric's name in a table that a phone can show
_CODE: Final = "```"


def detail_blocks(key: str, name: DetailName, document: Document) -> tuple[str, list[Block]]:
    """One message of the thread, with the line that a notification shows."""
    found = {"texts": _texts, "numbers": _numbers, "customers": _customers}[name]
    parts = [part for text in found(document) for part in _fitting(text)]
    title = f"*{TITLES[name]}*" + (" (sample data)" if document.sample else "")
    blocks: list[Block] = [SectionBlock(text_of(title), block_id=key)]
    blocks += [SectionBlock(text_of(part), block_id=f"{key}:{number}") for number, part in enumerate(parts)]
    return f"{TITLES[name]}, {document.week}", blocks


def _texts(document: Document) -> Iterator[str]:
    for section in document.sections:
        sign = ":x: " if section.failed else ""
        yield f"{sign}*{escape(section.title)}*\n{escape(section.text)}"
    if document.errors:
        lines = "\n".join(f"• {escape(clip(each, 500))}" for each in document.errors)
        yield f":warning: *What went wrong*\n{lines}"


def _numbers(document: Document) -> Iterator[str]:
    known = [each for each in document.metrics if each.status != "unknown"]
    rows = [("", "this week", "before", "change"), *(_row(each) for each in known)]
    yield from _grid(rows)
    lacking = [each for each in document.metrics if each.status == "unknown"]
    if lacking:
        lines = "\n".join(
            f"• {escape(each.label)}: {escape(clip(each.reason or '', 200))}" for each in lacking
        )
        yield f"*Not known*\n{lines}"
    watched = [each for each in known if each.status == "watch"]
    if watched:
        yield f":warning: Off target: {escape(', '.join(each.label for each in watched))}"


def _row(one: Kpi) -> tuple[str, ...]:
    return (one.label, one.value, one.previous or "–", one.change or "–")


def _customers(document: Document) -> Iterator[str]:
    segments = document.table("segments")
    yield "*Segments*"
    yield from _table(segments, document, segments.columns[:4])
    churn = document.table("churn")
    yield f"*Likely to stop*\n{escape(document.churn)}"
    if churn.rows:
        yield "\n".join(
            f"• {escape(clip(' · '.join(cell_said(cell, document.currency) for cell in row), 300))}"
            for row in churn.rows[:NAMED]
        )
    cohorts = document.table("cohorts")
    yield f"*{escape(cohorts.title)}*"
    last = Table(cohorts.name, cohorts.title, cohorts.columns, cohorts.rows[-COHORTS:], cohorts.empty)
    yield from _table(last, document, cohorts.columns[: MONTHS + 2])


def _table(table: Table, document: Document, columns: Sequence[str]) -> Iterator[str]:
    if not table.rows:
        yield escape(table.empty)
        return
    rows = [tuple(cell_said(cell, document.currency) for cell in row[: len(columns)]) for row in table.rows]
    yield from _grid([tuple(_heading(each) for each in columns), *rows])


def _heading(column: str) -> str:
    """Short enough for a phone."""
    return {"since last week": "moved", "customers": "size", "first order": "first"}.get(
        column, column.replace("month ", "m")
    )


def _grid(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows under each other, the first column to the left and the others to the right, in pieces that fit."""
    rows = [(clip(row[0], _NAME), *row[1:]) for row in rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        escape(
            "  ".join(
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
        )
        for row in rows
    ]
    room = SECTION - 2 * len(_CODE) - 2
    held: list[str] = []
    for line in lines:
        if held and sum(len(each) + 1 for each in held) + len(line) > room:
            yield f"{_CODE}\n" + "\n".join(held) + f"\n{_CODE}"
            held = [lines[0]]
        held.append(line)
    yield f"{_CODE}\n" + "\n".join(held) + f"\n{_CODE}"


def _fitting(text: str) -> Iterator[str]:
    """What is in one piece stays so; what is too long is cut between paragraphs or words."""
    if len(text) <= SECTION:
        yield text
    else:
        yield from pieces(text)
