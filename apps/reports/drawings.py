"""Which charts stand in which section of a report, drawn, in words, and with the table that tells the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agents.weekly.chart_words import Rows, chart_said
from agents.weekly.document import Document
from agents.weekly.document_tables import Table
from agents.weekly.edition import Edition
from analytics.charts import CHARTS, Specification

OF_SECTION: Final[Mapping[str, tuple[str, ...]]] = {
    "finance": ("revenue", "forecast"),
    "marketing": ("spend",),
    "insights": ("segments", "cohorts"),
}
_BESIDE: Final = {
    "revenue": "revenue_by_week",
    "forecast": "revenue_by_month",
    "spend": "spend_by_week",
    "segments": "segments",
    "cohorts": "cohorts",
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart of a report."""

    name: str
    specification: Specification
    words: str
    beside: Table


def drawings(edition: Edition, document: Document) -> Mapping[str, tuple[Drawing, ...]]:
    """The charts of each section that have something to show."""
    return {
        section.name: tuple(
            Drawing(
                name=name,
                specification=CHARTS[name](rows, document.currency),
                words=chart_said(name, rows, document.currency),
                beside=document.table(_BESIDE[name]),
            )
            for name in OF_SECTION.get(section.name, ())
            for rows in [_rows(edition, name)]
            if rows
        )
        for section in document.sections
    }


def _rows(edition: Edition, name: str) -> Rows:
    return edition.rows.get(name, ())
