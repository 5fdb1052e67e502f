"""A weekly report made by hand: one that has everything, with names that try to be more than names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from agents.weekly.edition import Claim, Edition, Words
from agents.weekly.report import (
    AlertLine,
    AtRisk,
    ChurnReport,
    CohortLine,
    DriverLine,
    ForecastModel,
    ForecastReport,
    Metric,
    SectionText,
    SegmentLine,
    SpecialistError,
    WeeklyPeriod,
    WeeklyReport,
)

NASTY = '=HYPERLINK("http://evil.example","ü € 茶")<script>alert(1)</script>|*x*'
FINANCE = "Net revenue was $47,800, 12% more than in the week before."
NO_CASH = "no cash is recorded for these months"


def metric(name: str, value: Any, unit: Any = "minor", **more: Any) -> Metric:
    """A metric that is ok, unless it is said otherwise."""
    known = {"previous": None, "change": None, "status": "ok", "reason": None}
    return Metric(name=name, value=value, unit=unit, **{**known, **more})


METRICS = (
    metric("net_revenue", 4_780_000, previous=4_267_857, change=0.12),
    metric("new_customers", 74, "count", previous=80, change=-0.075),
    metric("cac_blended", 6_200, previous=5_000, change=0.24, status="watch"),
    metric("net_burn", None, status="unknown", reason=NO_CASH),
    metric("support_answered", 0.74, "share", previous=0.7, change=0.04),
    metric("nps_proxy", 0.31, "share"),
)
CLAIM = Claim(
    start=16,
    end=23,
    name="net_revenue",
    label="Net revenue of the week",
    value=4_780_000,
    unit="minor",
    definition="Gross revenue less discounts and refunds.",
    query="SELECT sum(net) FROM orders WHERE note < '<b>'",
)


def report(**changes: Any) -> WeeklyReport:
    """The report of a whole week; `changes` are of its fields."""
    usual: dict[str, Any] = {
        "period": WeeklyPeriod(start=date(2026, 11, 9), end=date(2026, 11, 15), as_of=date(2026, 11, 18)),
        "currency": "USD",
        "sample": True,
        "metrics": METRICS,
        "segments": (
            SegmentLine(name="Champions", customers=342, share=0.18, value=9_000_000),
            SegmentLine(name="At Risk", customers=127, share=0.07, value=1_234_567),
        ),
        "churn": ChurnReport(
            horizon_days=90, threshold=0.8, auc=0.78, brier=0.14, baseline_auc=0.68, baseline_brier=0.17,
            judged_customers=900, judged_at=date(2026, 8, 1), warned=1, warned_worth=24_000,
            customers=(AtRisk(customer_id=NASTY, probability=0.91, worth=24_000, why="has not ordered for 80 days"),),
        ),
        "cohorts": (
            CohortLine(cohort="2026-08", size=90, retention=(1.0, 0.41, 0.3)),
            CohortLine(cohort="2026-09", size=80, retention=(1.0, 0.36)),
        ),
        "forecast": ForecastReport(
            month="2026-11", so_far=10_000_000, value=21_000_000, low=19_600_000, high=22_400_000, level=0.8,
            model="AutoETS", coverage=0.79, origins=40,
            models=(ForecastModel(model="AutoETS", coverage=0.79, error=0.06),),
        ),
        "alerts": (
            AlertLine(
                name="marketing_spend", value=920_000, expected=800_000, change=0.15, money=120_000,
                drivers=(DriverLine(channel="paid_social", share=0.82),),
                text="Marketing spend was $9,200, 15% above the usual.",
            ),
        ),
        "sections": {
            "summary": SectionText(status="ok", text="These are sample data. " + FINANCE),
            "finance": SectionText(status="ok", text=FINANCE),
            "marketing": SectionText(status="ok", text=f"Campaign {NASTY} is under way."),
            "insights": SectionText(status="ok", text="469 customers."),
            "support": SectionText(status="failed", text="This section is missing: the tickets cannot be read."),
        },
        "errors": (SpecialistError(specialist="support", attempts=3, error="the tickets cannot be read"),),
        "seconds": 2.5,
    }  # fmt: skip
    return WeeklyReport.model_validate({**usual, **changes})


def rows() -> dict[str, list[dict[str, Any]]]:
    """What the charts of it show."""
    weeks = ["2 Nov 26", "9 Nov 26"]
    return {
        "revenue": [
            {"week": week, "net": net, "of": of}
            for week, net, of in (
                (weeks[0], 42678.57, "this year"),
                (weeks[0], 40000.0, "a year before"),
                (weeks[1], 47800.0, "this year"),
            )
        ],
        "spend": [
            {"week": week, "channel": name, "spend": 1000.5}
            for week in weeks
            for name in ("paid_social", "<i>tv</i>")
        ],
        "forecast": [
            {"month": "Oct 26", "net": 180000.0, "low": None, "high": None, "of": "sold"},
            {"month": "Nov 26", "net": 210000.0, "low": 196000.0, "high": 224000.0, "of": "forecast"},
        ],
        "segments": [
            {"segment": "Champions", "customers": 342, "share": 0.18, "moved": 4},
            {"segment": "At Risk", "customers": 127, "share": 0.07, "moved": -9},
        ],
        "cohorts": [
            {"cohort": "2026-08", "month": 1, "retention": 0.41},
            {"cohort": "2026-08", "month": 2, "retention": 0.3},
            {"cohort": "2026-09", "month": 1, "retention": 0.36},
        ],
        "channels": [
            {
                "channel": "paid_social", "spend": 5200.25, "spend_before": None, "net": 9000.0, "net_before": 8000.0,
                "roas": 1.7307, "roas_before": None, "new_customers": 30, "cac": 173.34, "reason": None,
            },
            {
                "channel": "email", "spend": None, "spend_before": None, "net": 7000.0, "net_before": 6000.0,
                "roas": None, "roas_before": None, "new_customers": 4, "cac": None, "reason": "no spend is recorded",
            },
        ],
    }  # fmt: skip


def edition(identity: str = "w-1", **changes: Any) -> Edition:
    """A kept report; `changes` are of the report's fields."""
    return Edition(
        id=identity,
        created=datetime(2026, 11, 18, 9, 0, tzinfo=UTC),
        by="Anna Lee",
        origin="room",
        report=report(**changes),
        rows=rows(),
        claims={
            "finance": (CLAIM,),
            "alerts.0": (CLAIM.model_copy(update={"start": 20, "end": 26, "value": 920_000}),),
        },
        words={"finance": Words(by="gpt-5", prompt="3")},
        at_risk=("c-1",),
    )


def empty() -> Edition:
    """A report on a business of which nothing is known."""
    unknown = tuple(
        metric(name, None, status="unknown", reason="no order is known")
        for name in ("net_revenue", "cac_blended", "runway")
    )
    return edition(
        "w-0",
        metrics=unknown,
        segments=(),
        churn=ChurnReport(horizon_days=90, threshold=0.8, reason="fewer than 500 customers"),
        cohorts=(),
        forecast=ForecastReport(month="2026-11", so_far=None, level=0.8, reason="fewer than 180 days"),
        alerts=(),
        errors=(),
    ).model_copy(update={"rows": {}, "claims": {}})
