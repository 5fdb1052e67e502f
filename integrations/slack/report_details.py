"""The thread under a weekly report: every text whole, every number, segments and cohorts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slackblocks import Block, SectionBlock, Text

from agents.weekly.document import Document, Kpi
from agents.weekly.document_tables import cell_said
from agents.weekly.posting import DetailName
from integrations.slack.answers import pieces
from integrations.slack.mrkdwn import clip, escape, text_of

TITLES: Final = {
    "texts": "What the specialists say",
    "numbers": "All numbers",
    "customers": "Customers",
}
MONTHS: Final = 6  # of a cohort
COHORTS: Final = 12
NAMED: Final = 10  # customers who are likely to stop
FIELDS: Final = 10  # of a section


def detail_blocks(key: str, name: DetailName, document: Document) -> tuple[str, list[Block]]:
    """One message of the thread, with the line that a notification shows."""
    title = f"*{TITLES[name]}*" + (" (sample data)" if document.sample else "")
    blocks: list[Block] = [SectionBlock(text_of(title), block_id=key)]
    if name == "numbers":
        fields = [figure(each) for each in document.metrics]
        blocks += [
            SectionBlock(fields=list(fields[at : at + FIELDS]), block_id=f"{key}:figures{at}")
            for at in range(0, len(fields), FIELDS)
        ]
    else:
        found = {"texts": _texts, "customers": _customers}[name]
        parts = [part for text in found(document) for part in pieces(text)]
        blocks += [
            SectionBlock(text_of(part), block_id=f"{key}:{number}") for number, part in enumerate(parts)
        ]
    return f"{TITLES[name]}, {document.week}", blocks


def figure(one: Kpi, *, with_previous: bool = True) -> Text:
    """A metric in two lines: its name, and what it is, was, and how it has changed; or why it is not known."""
    if one.status == "unknown":
        return text_of(
            f"*{escape(one.label)}*\nnot known: {escape(clip(one.reason or 'no reason is given', 200))}"
        )
    change = f"  {one.arrow} {escape(one.change.lstrip('+-'))}" if one.change else ""
    before = f"  _before {escape(one.previous)}_" if with_previous and one.previous else ""
    sign = "  :warning: off target" if one.status == "watch" else ""
    return text_of(f"*{escape(one.label)}*\n{escape(one.value)}{change}{before}{sign}")


def _texts(document: Document) -> Iterator[str]:
    for section in document.sections:
        sign = ":x: " if section.failed else ""
        yield f"{sign}*{escape(section.title)}*\n{escape(section.text)}"
    if document.errors:
        lines = "\n".join(f"• {escape(clip(each, 500))}" for each in document.errors)
        yield f":warning: *What went wrong*\n{lines}"


def _customers(document: Document) -> Iterator[str]:
    yield f"*Segments*\n{_segments(document)}"
    churn = document.table("churn")
    named = [" · ".join(cell_said(cell, document.currency) for cell in row) for row in churn.rows[:NAMED]]
    yield "\n".join([f"*Likely to stop*\n{escape(document.churn)}", *_listed(named)])
    yield f"*Who bought again, 1 to {MONTHS} months after the first order*\n{_cohorts(document)}"


def _segments(document: Document) -> str:
    table = document.table("segments")
    if not table.rows:
        return escape(table.empty)
    lines = []
    for row in table.rows:
        name, size, moved, share = (cell_said(cell, document.currency) for cell in row[:4])
        since = f", {moved} since last week" if moved.lstrip("+-").isdigit() else ""
        lines.append(f"{name} {size} ({share}{since})")
    return "\n".join(_listed(lines))


def _cohorts(document: Document) -> str:
    table = document.table("cohorts")
    if not table.rows:
        return escape(table.empty)
    lines = []
    for row in table.rows[-COHORTS:]:
        month, size, *shares = (cell_said(cell, document.currency) for cell in row[: MONTHS + 2])
        lines.append(f"{month} ({size}): {', '.join(share for share in shares if share) or 'not yet'}")
    return "\n".join(_listed(lines))


def _listed(lines: list[str]) -> list[str]:
    return [f"• {escape(clip(each, 300))}" for each in lines]
