"""What is known of customers - segments, churn, cohorts - as facts that a text may state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from agents.weekly.claims import Against, Fact
from agents.weekly.claims_figures import Basis, Query, constant
from agents.weekly.facts import InsightsFacts
from agents.weekly.phrases import plain
from agents.weekly.report import AtRisk
from analytics.customers import Cohort, Segment
from analytics.definitions import SEGMENT_DEFINITIONS
from analytics.figures import Number, Unit

_RISK: Final = ("churn risk", "risk of churn", "risk of leaving", "likely to stop")
_WORTH: Final = ("margin", "worth")
_CHURN: Final = (
    "The probability of no order in the next days, by a logistic classifier on recency, frequency, value and rhythm; "
    "learnt at one day, judged at a later one that it had not seen."
)


def facts_of_insights(facts: InsightsFacts, basis: Basis) -> Iterator[Fact]:
    """Of every segment, of the early warning, of the last cohort beside all."""
    for segment in facts.segments:
        yield from _segment(segment, basis)
    yield from _churn(facts, basis)
    yield from _cohorts(facts, basis)


def _segment(one: Segment, basis: Basis) -> Iterator[Fact]:
    about = (one.name, one.name.lower()) if one.name == "At Risk" else (one.name,)
    what = f"{one.name}: {SEGMENT_DEFINITIONS[one.name]} Recency, frequency and money are fifths, 5 the best."
    rows: tuple[tuple[str, str, Number, Unit, tuple[str, ...]], ...] = (
        ("customers", f"customers in {one.name}", one.customers, "count", ("customers",)),
        ("share", f"share of customers in {one.name}", one.share, "share", ("customers", "share")),
        ("value", f"net revenue so far of {one.name}", one.value, "minor", ("net revenue", "worth", "value")),
    )
    for name, label, value, unit, phrases in rows:
        yield Fact(
            f"segment.{one.name}.{name}", label, value, unit, phrases, of=about, period=_as_of(basis),
            trend=0 if not one.moved else 1 if one.moved > 0 else -1, definition=what,
            query=_of_segment(one.name, name, basis),
        )  # fmt: skip
    if one.moved:
        yield Fact(
            f"segment.{one.name}.moved", f"customers more or less in {one.name} than a week ago", one.moved, "count",
            ("customers",), of=about, form="change", against="before", period=_as_of(basis),
            definition=f"{what} Now less a week ago.", query=_of_segment(one.name, "moved", basis),
        )  # fmt: skip


def _of_segment(segment: str, what: str, basis: Basis) -> Query:
    return basis.query(lambda lineage: lineage.segment(segment, what))


def _as_of(basis: Basis) -> str:
    return f"as of {basis.week.last.day} {basis.week.last:%B %Y}"


def _churn(facts: InsightsFacts, basis: Basis) -> Iterator[Fact]:
    churn, given = facts.churn, basis.policy.predictions
    yield constant(
        "churn_alarm", "churn risk from which a customer is named", given.churn_alarm, _RISK,
        "predictions.churn_alarm", unit="share",
    )  # fmt: skip
    yield constant(
        "churn_days", "days ahead of the churn risk", given.churn_days, (*_RISK, "next", "stop"),
        "predictions.churn_days", unit="days",
    )  # fmt: skip

    def query() -> str:
        return "a classifier (analytics/churn.py) on the customers as of the week's end"

    if churn.probability is not None:
        worth = sum(one.worth for one in facts.warned)
        yield Fact(
            "churn.warned", "customers in reach above the alarm", len(facts.warned), "count",
            ("customers in reach", "customers"), also=("reach",), period=_as_of(basis), definition=_CHURN, query=query,
        )  # fmt: skip
        yield Fact(
            "churn.worth", "what they are worth a year", worth, "minor", _WORTH, span="year", also=("reach",),
            period="margin a year", definition="Their net revenue so far by the margin, a year.", query=query,
        )  # fmt: skip
    for one in facts.warned[:1]:
        yield from _first(one, query)
    if churn.model is None or churn.recency_alone is None:
        return
    judged = f"{churn.judged_at}" if churn.judged_at else ""
    yield Fact(
        "churn.judged", "customers on whom the classifier was judged", churn.judged, "count", ("customers",),
        also=("not seen", "unseen", "judged"), period=judged, definition=_CHURN, query=query,
    )  # fmt: skip
    for name, label, quality, phrases in (
        ("churn", "AUC of the classifier", churn.model, ()),
        ("churn.recency", "AUC of recency alone", churn.recency_alone, ("recency alone", "recency")),
    ):
        yield Fact(
            f"{name}.auc", label, quality.auc, "ratio", phrases or ("AUC",), period=judged, definition=_CHURN,
            query=query,
        )  # fmt: skip
        yield Fact(
            f"{name}.brier", label.replace("AUC", "Brier score"), quality.brier, "ratio", phrases or ("Brier",),
            period=judged, definition=_CHURN, query=query,
        )  # fmt: skip


def _first(one: AtRisk, query: Query) -> Iterator[Fact]:
    """The first to write to."""
    about = (plain(one.customer_id),)
    yield Fact(
        "churn.first.probability", f"churn risk of customer {one.customer_id}", one.probability, "share", _RISK,
        of=about, definition=_CHURN, query=query,
    )  # fmt: skip
    yield Fact(
        "churn.first.worth", f"what customer {one.customer_id} is worth a year", one.worth, "minor", _WORTH, of=about,
        span="year", period="margin a year", definition="Net revenue so far by the margin, a year.", query=query,
    )  # fmt: skip
    rows: tuple[tuple[str, str, Number | None, Unit, Against | None], ...] = (
        ("orders", "orders", one.orders, "count", None),
        ("gap", "usual days between orders", one.usual_days, "days", "expected"),
        ("recency", "days since the last order", one.days_since, "days", None),
    )
    for name, label, value, unit, against in rows:
        if value is not None:
            yield Fact(
                f"churn.first.{name}", f"{label} of customer {one.customer_id}", value, unit, ("ordered",), of=about,
                against=against, definition="From the customer's orders with a total above zero.", query=query,
            )  # fmt: skip


def month_names(month: str) -> tuple[str, ...]:
    """How a cohort's month (2026-10) is written: as it is, and as "October 2026"."""
    first = date(int(month[:4]), int(month[5:]), 1)
    return (f"{first:%B %Y}", month)


def _cohorts(facts: InsightsFacts, basis: Basis) -> Iterator[Fact]:
    mature = [one for one in facts.cohorts if len(one.retention) > 1]
    if not mature:
        return
    for one in mature[-3:]:
        yield from _cohort(one, basis)
    size = sum(one.size for one in mature)
    yield Fact(
        "cohorts.again", "share of all cohorts that bought again in the next month",
        sum(one.retention[1] * one.size for one in mature) / size, "share", ("all cohorts",),
        definition="Distinct buyers in the month after the first, by the size; of all cohorts with such a month.",
        query=basis.query(
            lambda lineage: "sum(size x retention) / sum(size) over all cohorts, for each\n\n"
            + lineage.cohort(mature[-1].month)
        ),
    )  # fmt: skip


def _cohort(one: Cohort, basis: Basis) -> Iterator[Fact]:
    names = month_names(one.month)
    yield Fact(
        f"cohort.{one.month}.size", f"customers who first bought in {names[0]}", one.size, "count",
        ("first bought", "cohort", "customers"), of=names, period=names[0], definition="The size of the cohort.",
        query=basis.query(lambda lineage: lineage.cohort(one.month, size_only=True)),
    )  # fmt: skip
    yield Fact(
        f"cohort.{one.month}.again", f"share of the cohort of {names[0]} that bought again", one.retention[1], "share",
        ("bought again", "retention", "came back"), of=names, period="the next month",
        definition="Distinct buyers in the month after the first, by the cohort's size.",
        query=basis.query(lambda lineage: lineage.cohort(one.month)),
    )  # fmt: skip
