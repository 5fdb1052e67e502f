"""The report as a PDF, set by Typst: no browser, no system library, text that can be searched and read aloud."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from agents.weekly.document import Document, Kpi
from agents.weekly.document_tables import Measure, Table, cell_said
from agents.weekly.edition import Edition
from analytics.charts import svg
from apps.reports.drawings import Drawing, drawings

_TEMPLATE: Final = Path(__file__).with_name("report.typ")
_FONT: Final = "Noto Sans"
_FONTS: Final = (_FONT, "Noto Sans CJK JP", "Libertinus Serif", "New Computer Modern")
"""What the packages bring; what none of them has is looked for among the machine's fonts."""

_FONT_PACKAGES: Final = ("fontpkg_noto_sans", "noto_cjk_sans_jp_regular")

_MOST_ROWS: Final = 25
_IN_SECTION: Final = {"marketing": ("channels",), "insights": ("churn", "segments")}
_METRICS: Final = 5
_LEFT_OUT: Final = {"channels": 1}
"""So many of the last columns have no place on a page."""


def to_pdf(edition: Edition, document: Document) -> bytes:
    """The whole report, its charts drawn as vectors."""
    import typst  # noqa: PLC0415 - for a download alone

    data = json.dumps(_report(edition, document), ensure_ascii=False)
    written: bytes = typst.compile(_TEMPLATE, font_paths=_font_folders(), sys_inputs={"report": data})
    return written


def _report(edition: Edition, document: Document) -> dict[str, Any]:
    charts = drawings(edition, document)
    made = f"Made {document.created:%Y-%m-%d %H:%M} UTC by {document.by}. Report {document.id}."
    aside = {"finance": document.forecast, "insights": document.churn}
    return {
        "title": document.title,
        "week": document.week,
        "by": document.by,
        "sample": document.sample,
        "fonts": _FONTS,
        "summary": _paragraphs(document.summary.text),
        "kpis": [_kpi(one) for one in document.kpis],
        "alerts": [one.text for one in document.alerts],
        "sections": [
            {
                "title": one.title,
                "failed": one.failed,
                "text": _paragraphs(one.text),
                "aside": aside.get(one.name),
                "charts": [_chart(each, len(charts[one.name])) for each in charts[one.name]],
                "tables": [
                    _sheet(document.table(name), document.currency)
                    for name in _IN_SECTION.get(one.name, ())
                    if document.table(name).rows
                ],
            }
            for one in document.sections
        ],
        "metrics": _metrics(document),
        "errors": document.errors,
        "made": made,
    }


def _kpi(one: Kpi) -> dict[str, Any]:
    tone = {True: "good", False: "bad", None: "neither"}[one.good]
    return {
        "label": one.label,
        "value": one.value,
        "status": one.status,
        "change": one.change,
        "arrow": one.arrow,
        "tone": tone,
        "reason": one.reason,
    }


def _chart(one: Drawing, beside: int) -> dict[str, Any]:
    """A chart alone or with another one beside it; its words keep their size."""
    size = {"width": 620, "height": 200} if beside == 1 else {"width": 300}
    if one.name in ("revenue", "forecast"):
        size["height"] = 190
    drawn = svg({**one.specification, **size})
    plain = re.sub(r'font-family="[^"]*"', f'font-family="{_FONT}"', drawn)
    return {"svg": plain, "words": one.words}


def _sheet(table: Table, currency: str) -> dict[str, Any]:
    shown = len(table.columns) - _LEFT_OUT.get(table.name, 0)
    more = len(table.rows) - _MOST_ROWS
    rows = [[cell_said(cell, currency) for cell in row[:shown]] for row in table.rows[:_MOST_ROWS]]
    numbers = [any(isinstance(row[at], Measure) for row in table.rows) for at in range(shown)]
    widest = 0 if numbers[-1] else shown - 1  # a number stands beside its neighbour, not at the far edge
    return {
        "title": table.title,
        "columns": table.columns[:shown],
        "numbers": numbers,
        "widths": ["rest" if at == widest else "auto" for at in range(shown)],
        "rows": rows,
        "more": f"… and {more} more; the CSV and Excel files have all of them." if more > 0 else None,
    }


def _metrics(document: Document) -> dict[str, Any]:
    rows = [
        [
            one.label,
            one.value if one.reason is None else f"{one.value}: {one.reason}",
            one.previous or "",
            f"{one.arrow} {one.change}" if one.change else "",
            one.definition,
        ]
        for one in document.metrics
    ]
    return {
        "columns": ["metric", "value", "week before", "change", "what it is"],
        "numbers": [False] * _METRICS,
        "widths": ["auto", "rest", "auto", "auto", "rest"],
        "rows": rows,
    }


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def _font_folders() -> list[Path]:
    """Where the packages of the fonts keep them."""
    found = (find_spec(name) for name in _FONT_PACKAGES)
    return [Path(one.origin).parent for one in found if one is not None and one.origin is not None]
