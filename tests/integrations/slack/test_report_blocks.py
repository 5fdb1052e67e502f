"""A weekly report keeps Slack's limits, mentions nobody, and says what is not known."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from agents.weekly.edition import Edition
from agents.weekly.posting import DETAILS, NotMade, ReportAction, ShownDetail, ShownReport, View, Working
from agents.weekly.report import (
    AlertLine,
    AtRisk,
    ChurnReport,
    CohortLine,
    DriverLine,
    ForecastReport,
    Metric,
    SectionText,
    SegmentLine,
    SpecialistError,
    WeeklyPeriod,
    WeeklyProgress,
    WeeklyReport,
)
from integrations.slack.report_blocks import ReportCard, short
from tests.slack_gate import faults

WILD = "<!channel> <@U01LEAD> <#C01|x> & *b* `c` ```\n> q\n" * 150
MENTION = re.compile(r"<[!@#][^>]*>")
WEDNESDAY = date(2026, 11, 18)


def metric(name: str, value: float | None, previous: float | None = None, **more: Any) -> Metric:
    known: dict[str, Any] = {"unit": "minor", "change": None, "status": "ok", "reason": None}
    return Metric(name=name, value=value, previous=previous, **{**known, **more})


METRICS = (
    metric("net_revenue", 4_780_000, 4_260_000, change=0.122),
    metric("new_customers", 41, 41, unit="count", change=0.0),
    metric("cac_blended", 6_200, 4_200, change=0.476, status="watch"),
    metric("roas", None, unit="ratio", status="unknown", reason="no spend is recorded"),
)


def edition(text: str = "Net revenue was $47,800. It rose. ", count: int = 3, **changes: Any) -> Edition:
    report = WeeklyReport(
        period=WeeklyPeriod(start=date(2026, 11, 9), end=date(2026, 11, 15), as_of=WEDNESDAY),
        currency="USD",
        sample=False,
        metrics=METRICS,
        segments=tuple(
            SegmentLine(name=f"{text[:200]}{number}", customers=number, share=0.1, value=10**9)
            for number in range(count)
        ),
        churn=ChurnReport(
            horizon_days=90,
            threshold=0.8,
            warned=count,
            warned_worth=count * 240_000,
            customers=tuple(
                AtRisk(customer_id=f"{text[:300]}{number}", probability=0.9, worth=240_000, why=text)
                for number in range(count)
            ),
        ),
        cohorts=tuple(
            CohortLine(cohort=f"2026-{number:02}", size=120, retention=(1.0, 0.3, 0.2) * 4)
            for number in range(count)
        ),
        forecast=ForecastReport(month="2026-11", so_far=None, level=0.8, reason=text),
        alerts=tuple(
            AlertLine(
                name="marketing_spend",
                value=1_500,
                expected=1_300,
                change=0.15,
                money=-200,
                drivers=(DriverLine(channel="paid_social", share=0.82),),
                text=text,
            )
            for _ in range(min(count, 20))
        ),
        sections={
            name: SectionText(status="ok", text=text)
            for name in ("summary", "finance", "marketing", "insights", "support")
        },
        errors=(),
        seconds=1.0,
    )
    return Edition(
        id="w-0123456789ab",
        created=datetime(2026, 11, 18, 16, tzinfo=UTC),
        by=text[:200],
        origin="slack",
        report=report.model_copy(update=changes),
        at_risk=("c1", "c2"),
    )


def shown(view: View, **card: Any) -> tuple[str, list[dict[str, Any]]]:
    """A view that Slack would take and in which nothing means anything but what we say."""
    text, blocks = ReportCard(**card).shown("weekly:w-1", view)
    assert faults(blocks) == []
    assert blocks[0]["block_id"] == "weekly:w-1", "it is found again by that"
    assert MENTION.search(text + json.dumps(blocks, ensure_ascii=False)) is None
    assert text
    return text, blocks


def read(view: View, **card: Any) -> str:
    return json.dumps(shown(view, **card)[1], ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "count"), [("Net revenue was $1.", 0), ("It rose.", 3), (WILD, 60), ("x" * 9000, 60)]
)
def test_whatever_is_in_it_slack_takes_it(text: str, count: int) -> None:
    made = edition(text, count)
    charts = {name: f"F0123{name.upper()}" for name in ("revenue", "forecast", "cohorts")}
    whole = ShownReport(edition=made, thread="https://slack.example/p1", charts=charts, note=text)
    shown(ShownReport(edition=made))
    shown(
        whole,
        public_url="https://desk.example/",
        actions=(ReportAction(action="win_back", label="W {at_risk}"),),
    )
    for name in DETAILS:
        shown(ShownDetail(edition=made, name=name))
    shown(Working(as_of=WEDNESDAY, by=text, trouble=text))
    shown(NotMade(as_of=WEDNESDAY, reason=text))


def test_figures_have_arrows_and_what_is_not_known_has_its_reason() -> None:
    said = read(ShownReport(edition=edition()))
    assert "$47,800  ▲ 12%" in said
    assert "41  ■ level" in said
    assert "▲ 48%  :warning: off target" in said
    assert "not known: no spend is recorded" in said
    assert "There is no forecast for November 2026" in said


def test_a_failed_section_and_sample_data_are_marked() -> None:
    sections = {
        "summary": SectionText(status="ok", text="These are sample data of an invented shop. It rose."),
        "finance": SectionText(status="failed", text="This section is missing."),
    }
    errors = (SpecialistError(specialist="finance", attempts=3, error="the store broke off"),)
    made = edition(sections=sections, errors=errors, sample=True)
    said = read(ShownReport(edition=made))
    assert ":x: *Finance* This section is missing." in said
    assert said.count("ample data") == 1, "and once is enough"
    assert "the store broke off" in read(ShownDetail(edition=made, name="texts"))


def test_buttons_lead_where_something_is() -> None:
    def labels(view: ShownReport, **card: Any) -> list[str]:
        return [each["text"]["text"] for each in shown(view, **card)[1][-1]["elements"]]

    view = ShownReport(edition=edition())
    assert labels(view) == ["Re-run", "Download"]
    threaded = view.model_copy(update={"thread": "https://slack.example/p1"})
    assert labels(threaded) == ["Details", "Re-run", "Download"]
    actions = (ReportAction(action="win_back", label="Draft win-back for {at_risk}"),)
    assert labels(view, actions=actions)[0] == "Draft win-back for 2"
    nobody = ShownReport(edition=edition().model_copy(update={"at_risk": ()}))
    assert labels(nobody, actions=actions) == ["Re-run", "Download"]
    linked = read(view, public_url="https://desk.example/")
    assert "https://desk.example/room/reports/w-0123456789ab/pdf" in linked
    assert "https://desk.example/room/weekly?report=w-0123456789ab" in linked


def test_the_message_tells_how_far_each_specialist_is() -> None:
    steps = (
        WeeklyProgress(specialist="finance", step="done"),
        WeeklyProgress(specialist="insights", step="measuring", attempt=2),
        WeeklyProgress(specialist="support", step="failed", attempt=3),
    )
    said = read(Working(as_of=WEDNESDAY, by="Lena", steps=steps))
    assert "9 to 15 November 2026" in said
    for line in (
        "*Finance* is done",
        "*Customers* counts, attempt 2",
        "*Support* failed",
        ":white_circle: *Marketing*",
    ):
        assert line in said


def test_a_short_text_ends_with_a_sentence() -> None:
    text = "Net revenue was $1.50, 3% more. CAC was $42. " + "Then much was said about it. " * 30
    assert short(text, 50) == "Net revenue was $1.50, 3% more. CAC was $42."
    assert short("x" * 900, 100).endswith("…")
