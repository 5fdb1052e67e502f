"""The report as one HTML file: nothing in it is loaded from elsewhere, nothing in it runs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agents.weekly.document import AlertText, Document, Section
from agents.weekly.document_tables import Measure, cell_said
from agents.weekly.edition import Edition
from agents.weekly.labels import said
from analytics.chart_themes import Theme
from analytics.charts import svg
from apps.reports.drawings import Drawing, drawings

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE: Final = Path(__file__).parent
_SVG_ID: Final = re.compile(r'(\bid="|url\(#)(?=clip|gradient)')


def to_html(edition: Edition, document: Document) -> str:
    """The whole report as a page."""
    texts: list[Section | AlertText] = [document.summary, *document.alerts, *document.sections]
    claims = [piece.claim for text in texts for piece in text.pieces if piece.claim]
    names = {id(claim): f"claim-{at}" for at, claim in enumerate(claims, 1)}
    currency = document.currency

    return (
        _environment()
        .get_template("report.html")
        .render(
            report=document,
            charts=_charts(edition, document),
            claims=claims,
            style=(_HERE / "report.css").read_text("utf-8"),
            said=lambda cell: cell_said(cell, currency),
            is_number=lambda cell: isinstance(cell, Measure),
            behind=lambda claim: names[id(claim)],
            exact=lambda claim: said(claim.value, claim.unit, currency, claim.name),
        )
    )


def _charts(edition: Edition, document: Document) -> dict[str, list[dict[str, object]]]:
    return {
        section: [
            {
                "words": one.words,
                "beside": one.beside,
                "light": _drawn(one, "light"),
                "dark": _drawn(one, "dark"),
            }
            for one in found
        ]
        for section, found in drawings(edition, document).items()
    }


def _drawn(one: Drawing, theme: Theme) -> str:
    """The chart as an element of the page; drawings on one page must not share the names of their parts."""
    return _SVG_ID.sub(lambda found: f"{found[1]}{one.name}-{theme}-", svg(one.specification, theme))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for a download alone

    return Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
