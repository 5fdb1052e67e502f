"""A kept report as a document: what stands in it, in which order, in words; every surface and file draws this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from agents.weekly.document_tables import Table, chart_tables, report_tables
from agents.weekly.edition import Claim, Edition, Origin
from agents.weekly.labels import (
    LESS_IS_BETTER,
    NEITHER,
    SECTIONS,
    change_said,
    direction,
    label,
    said,
    week_said,
)
from agents.weekly.report import ChurnReport, ForecastReport, Metric, Status, WeeklyReport
from analytics.definitions import DEFINITIONS

HEADLINE: Final = (
    "net_revenue",
    "new_customers",
    "cac_blended",
    "ltv_cac",
    "roas",
    "mer",
    "net_burn",
    "runway",
    "pacing",
    "support_volume",
    "support_answered",
    "nps_proxy",
)
"""The metrics that are shown first, in this order; the others stand in the table of all."""

ARROWS: Final = {"up": "▲", "down": "▼", "level": "■"}


@dataclass(frozen=True, slots=True)
class Kpi:
    """A metric in words. An unknown one has `value` "unknown" and its reason; `good` is None where it is neither."""

    name: str
    label: str
    value: str
    previous: str | None
    change: str | None
    direction: str | None
    good: bool | None
    status: Status
    reason: str | None
    definition: str

    @property
    def arrow(self) -> str:
        """The direction as a sign; nothing where it is not known."""
        return ARROWS.get(self.direction or "", "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; where it is a number that was claimed, with what is behind it."""

    text: str
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What one specialist says; a failed one says so in its text. `by` is who wrote it."""

    name: str
    title: str
    text: str
    failed: bool
    pieces: tuple[Piece, ...]
    by: str


@dataclass(frozen=True, slots=True)
class AlertText:
    """What is out of the ordinary, with its drivers written out."""

    pieces: tuple[Piece, ...]
    money: str
    drivers: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The sentence without what is behind its numbers."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Document:
    """The report, ready to be drawn."""

    id: str
    title: str
    week: str
    start: date
    created: datetime
    by: str
    origin: Origin
    sample: bool
    currency: str
    summary: Section
    kpis: tuple[Kpi, ...]
    metrics: tuple[Kpi, ...]
    alerts: tuple[AlertText, ...]
    sections: tuple[Section, ...]
    forecast: str
    churn: str
    errors: tuple[str, ...]
    tables: tuple[Table, ...]
    """What CSV and XLSX hold, the metrics first."""
    chart_tables: tuple[Table, ...]
    """What each chart shows, under the chart's name."""

    def table(self, name: str) -> Table:
        """The table of a name. Raises `KeyError` where there is none."""
        return {one.name: one for one in (*self.tables, *self.chart_tables)}[name]


def describe(edition: Edition) -> Document:
    """The document of a kept report."""
    report = edition.report
    known = {one.name: kpi(one, report.currency) for one in report.metrics}
    return Document(
        id=edition.id,
        title="Weekly report",
        week=week_said(report.period.start, report.period.end),
        start=report.period.start,
        created=edition.created,
        by=edition.by,
        origin=edition.origin,
        sample=report.sample,
        currency=report.currency,
        summary=_section(edition, "summary", "Summary"),
        kpis=tuple(known[name] for name in HEADLINE if name in known),
        metrics=tuple(known.values()),
        alerts=_alerts(edition),
        sections=tuple(
            _section(edition, name, title) for name, title in SECTIONS.items() if name in report.sections
        ),
        forecast=forecast_said(report.forecast, report.currency),
        churn=churn_said(report.churn, report.currency),
        errors=tuple(f"{SECTIONS[one.specialist]}: {one.error}" for one in report.errors),
        tables=report_tables(edition),
        chart_tables=chart_tables(edition),
    )


def kpi(metric: Metric, currency: str) -> Kpi:
    """A metric in words."""
    way = direction(metric.change)
    judged = way in ("up", "down") and metric.name not in NEITHER
    return Kpi(
        name=metric.name,
        label=label(metric.name),
        value=said(metric.value, metric.unit, currency, metric.name),
        previous=None
        if metric.previous is None
        else said(metric.previous, metric.unit, currency, metric.name),
        change=change_said(metric.change, metric.unit),
        direction=way,
        good=(way == "down") == (metric.name in LESS_IS_BETTER) if judged else None,
        status=metric.status,
        reason=metric.reason,
        definition=DEFINITIONS.get(metric.name, ""),
    )


def forecast_said(forecast: ForecastReport, currency: str) -> str:
    """The month's forecast with its interval and how often such intervals held, or why there is none."""
    month = f"{date.fromisoformat(f'{forecast.month}-01'):%B %Y}"
    if forecast.value is None or forecast.low is None or forecast.high is None:
        return f"There is no forecast for {month}: {forecast.reason or 'it is not known why'}."
    value, low, high = (said(one, "minor", currency) for one in (forecast.value, forecast.low, forecast.high))
    text = f"{month}: {value} of net revenue, {forecast.level:.0%} interval {low} to {high}."
    if forecast.coverage is None:
        return f"{text} How often such intervals held is not known yet."
    return f"{text} Such intervals held in {forecast.coverage:.0%} of {forecast.origins} earlier stretches."


def churn_said(churn: ChurnReport, currency: str) -> str:
    """How many are likely to stop, and how far that can be trusted; or why nothing is foretold."""
    if churn.warned is None:
        return f"Nothing is foretold of who will stop: {churn.reason or 'it is not known why'}."
    known = {0: "Nobody in reach is", 1: "1 customer in reach is"}
    who = known.get(churn.warned, f"{churn.warned:,} customers in reach are")
    text = f"{who} above {churn.threshold:.0%} risk of not ordering in the next {churn.horizon_days} days"
    if churn.warned and churn.warned_worth is not None:
        text += f", together worth {said(churn.warned_worth, 'minor', currency)} of margin a year"
    if churn.auc is None or churn.baseline_auc is None or churn.brier is None or churn.baseline_brier is None:
        return f"{text}."
    return (
        f"{text}. On {churn.judged_customers or 0:,} customers it had not seen: AUC {churn.auc:.2f}, Brier "
        f"{churn.brier:.3f}; by recency alone AUC {churn.baseline_auc:.2f}, Brier {churn.baseline_brier:.3f}."
    )


def pieces(text: str, claims: Sequence[Claim]) -> tuple[Piece, ...]:
    """A text cut at its claims; one that lies outside of it, or in an earlier one, is left out."""
    found: list[Piece] = []
    at = 0
    for one in sorted(claims, key=lambda each: (each.start, each.end)):
        if not at <= one.start < one.end <= len(text):
            continue
        found += [Piece(text[at : one.start])] if one.start > at else []
        found.append(Piece(text[one.start : one.end], one))
        at = one.end
    return (*found, Piece(text[at:])) if at < len(text) else tuple(found)


def _section(edition: Edition, name: str, title: str) -> Section:
    section = edition.report.sections[name]
    words = edition.words.get(name)
    return Section(
        name=name,
        title=title,
        text=section.text,
        failed=section.status == "failed",
        pieces=pieces(section.text, edition.claims.get(name, ())),
        by="rules" if words is None else words.by,
    )


def _alerts(edition: Edition) -> tuple[AlertText, ...]:
    report: WeeklyReport = edition.report
    return tuple(
        AlertText(
            pieces=pieces(one.text, edition.claims.get(f"alerts.{at}", ())),
            money=said(abs(one.money), "minor", report.currency),
            drivers=tuple((each.channel.replace("_", " "), each.share) for each in one.drivers),
        )
        for at, one in enumerate(report.alerts)
    )
