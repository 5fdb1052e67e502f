"""A weekly report as the room's page draws it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from agents.weekly.document import Document, Kpi, Piece, Section, describe
from agents.weekly.document_tables import Measure, Table, cell_said
from agents.weekly.edition import Edition
from agents.weekly.labels import said
from analytics.chart_themes import THEMES
from apps.reports.drawings import Drawing, drawings

Shown = dict[str, Any]

_TABLES = {"marketing": ("channels",), "insights": ("churn",)}
"""The tables of a section that stand there open, beside those that tell what its charts show."""


def shown(edition: Edition) -> Shown:
    """All of a report that the page shows, in the order in which it is read."""
    document = describe(edition)
    charts = drawings(edition, document)
    return {
        "id": document.id,
        "week": document.week,
        "created": document.created.isoformat(),
        "by": document.by,
        "origin": document.origin,
        "sample": document.sample,
        "summary": _pieces(document.summary.pieces, document),
        "kpis": [_kpi(one) for one in document.kpis],
        "alerts": [
            {
                "text": _pieces(one.pieces, document),
                "money": one.money,
                "drivers": [{"channel": name, "share": share} for name, share in one.drivers],
            }
            for one in document.alerts
        ],
        "sections": [_section(one, document, charts[one.name]) for one in document.sections],
        "metrics": _table(document.table("metrics"), document),
        "errors": list(document.errors),
        "at_risk": len(edition.at_risk),
        "dark": THEMES["dark"],
    }


def _kpi(one: Kpi) -> Shown:
    return {**asdict(one), "arrow": one.arrow}


def _section(section: Section, document: Document, charts: Iterable[Drawing]) -> Shown:
    aside = {"finance": document.forecast, "insights": document.churn}
    return {
        "name": section.name,
        "title": section.title,
        "failed": section.failed,
        "by": section.by,
        "text": _pieces(section.pieces, document),
        "aside": aside.get(section.name),
        "charts": [
            {
                "name": one.name,
                "specification": one.specification,
                "words": one.words,
                "table": _table(one.beside, document),
            }
            for one in charts
        ],
        "tables": [_table(document.table(name), document) for name in _TABLES.get(section.name, ())],
    }


def _pieces(pieces: Iterable[Piece], document: Document) -> list[Shown]:
    return [
        {"text": piece.text}
        if (claim := piece.claim) is None
        else {
            "text": piece.text,
            "claim": {
                "label": claim.label,
                "value": said(claim.value, claim.unit, document.currency, claim.name),
                "definition": claim.definition,
                "query": claim.query,
            },
        }
        for piece in pieces
    ]


def _table(table: Table, document: Document) -> Shown:
    return {
        "name": table.name,
        "title": table.title,
        "columns": table.columns,
        "numbers": [
            any(isinstance(row[at], Measure) for row in table.rows) for at in range(len(table.columns))
        ],
        "rows": [[cell_said(cell, document.currency) for cell in row] for row in table.rows],
        "empty": table.empty,
    }
