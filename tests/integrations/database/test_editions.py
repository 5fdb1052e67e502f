"""Weekly reports are kept whole, found by their id, and listed with the last one first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from agents.weekly.edition import Claim, Edition, Words
from agents.weekly.report import ChurnReport, ForecastReport, SectionText, WeeklyPeriod, WeeklyReport
from integrations.database.editions import EditionTable
from integrations.database.engine import Store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPORT = WeeklyReport(
    period=WeeklyPeriod(start=date(2026, 11, 9), end=date(2026, 11, 15), as_of=date(2026, 11, 20)),
    currency="USD",
    sample=True,
    metrics=(),
    segments=(),
    churn=ChurnReport(horizon_days=90, threshold=0.8),
    cohorts=(),
    forecast=ForecastReport(month="2026-11", so_far=None, level=0.8, reason="too short"),
    alerts=(),
    sections={
        "summary": SectionText(status="ok", text="Net revenue was $1."),
        "finance": SectionText(status="failed", text="This section is missing."),
    },
    errors=(),
    seconds=0.5,
)
EDITION = Edition(
    id="w-1",
    created=NOW,
    by="Ada",
    origin="slack",
    report=REPORT,
    rows={"segments": [{"segment": "Loyal", "customers": 3, "share": 0.5}]},
    claims={
        "summary": (
            Claim(
                start=16,
                end=18,
                name="net_revenue",
                label="net revenue",
                value=100,
                unit="minor",
                definition="Gross revenue less discounts and refunds.",
                query="SELECT 1",
            ),
        )
    },
    words={"summary": Words(by="a model", prompt="weekly_summary@1")},
    at_risk=("c1", "c2"),
)


def test_a_report_is_kept_whole(store: Store) -> None:
    table = EditionTable(store)
    table.keep(EDITION)
    assert table.edition("w-1") == EDITION
    assert table.edition("w-2") is None


def test_the_last_report_comes_first(store: Store) -> None:
    table = EditionTable(store)
    assert table.latest() is None
    later = EDITION.model_copy(update={"id": "w-2", "created": NOW + timedelta(hours=1)})
    for each in (later, EDITION):
        table.keep(each)
    assert table.latest() == later
    assert [one.id for one in table.list(10)] == ["w-2", "w-1"]
    [line] = table.list(1)
    assert (line.week, line.sample, line.headline, line.failed) == (
        date(2026, 11, 9),
        True,
        "Net revenue was $1.",
        1,
    )
