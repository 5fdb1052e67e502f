"""A report as a document: every number worded once, every unknown with its reason, every claim in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.weekly.chart_words import chart_said
from agents.weekly.document import HEADLINE, Piece, describe, pieces
from agents.weekly.document_tables import cell_said
from agents.weekly.labels import LABELS, LESS_IS_BETTER, NEITHER, week_said
from analytics.charts import CHARTS
from analytics.definitions import DEFINITIONS
from tests.editions import CLAIM, FINANCE, NO_CASH, edition, empty, rows


def test_every_metric_has_a_label_and_every_set_of_metrics_knows_what_it_names() -> None:
    assert set(LABELS) == set(DEFINITIONS)
    assert {*HEADLINE, *LESS_IS_BETTER, *NEITHER} <= set(LABELS)


def test_the_key_figures_say_value_change_and_whether_that_is_good() -> None:
    told = {one.name: one for one in describe(edition()).kpis}
    assert [*told] == [name for name in HEADLINE if name in told]
    net, cac, burn = told["net_revenue"], told["cac_blended"], told["net_burn"]
    assert (net.value, net.previous, net.change, net.arrow, net.good) == (
        "$47,800",
        "$42,679",
        "+12%",
        "▲",
        True,
    )
    assert (cac.value, cac.arrow, cac.good, cac.status) == ("$62.00", "▲", False, "watch")
    assert (burn.value, burn.reason, burn.change, burn.arrow) == ("unknown", NO_CASH, None, "")
    assert told["support_answered"].change == "+4.0 points"
    assert told["nps_proxy"].value == "+31 points"
    assert all(one.definition == DEFINITIONS[one.name] for one in told.values())


def test_a_claimed_number_is_cut_out_of_its_text_and_nothing_of_the_text_is_lost() -> None:
    section = describe(edition()).sections[0]
    claimed = [piece for piece in section.pieces if piece.claim]
    assert [(piece.text, piece.claim) for piece in claimed] == [("$47,800", CLAIM)]
    assert "".join(piece.text for piece in section.pieces) == FINANCE
    assert section.by == "gpt-5"


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (50, 99), (2, 8)])
def test_a_claim_that_lies_nowhere_or_in_another_one_is_left_out(start: int, end: int) -> None:
    first = CLAIM.model_copy(update={"start": 0, "end": 4})
    odd = CLAIM.model_copy(update={"start": start, "end": end})
    assert pieces("$478 or more", [odd, first])[:1] == (Piece("$478", first),)
    assert "".join(piece.text for piece in pieces("$478 or more", [odd, first])) == "$478 or more"


def test_what_is_not_known_has_its_reason_everywhere() -> None:
    document = describe(empty())
    assert document.forecast == "There is no forecast for November 2026: fewer than 180 days."
    assert document.churn == "Nothing is foretold of who will stop: fewer than 500 customers."
    assert all(one.value == "unknown" and one.reason for one in document.metrics)
    assert document.table("segments").rows == ()
    assert all(chart_said(name, (), "USD") == "There is nothing to show yet." for name in CHARTS)


def test_forecast_and_early_warning_say_how_far_they_can_be_trusted() -> None:
    document = describe(edition())
    assert "80% interval $196,000 to $224,000. Such intervals held in 79% of 40" in document.forecast
    assert "1 customer in reach is above 80% risk" in document.churn
    assert "AUC 0.78, Brier 0.140; by recency alone AUC 0.68, Brier 0.170" in document.churn


def test_the_tables_hold_what_the_report_holds() -> None:
    document = describe(edition())
    segments = [[cell_said(cell, "USD") for cell in row] for row in document.table("segments").rows]
    assert segments[1] == ["At Risk", "127", "-9", "7.0%", "$12,346"]
    channels = [[cell_said(cell, "USD") for cell in row] for row in document.table("channels").rows]
    assert channels[0][:2] == ["paid social", "$5,200"]
    assert (channels[1][1], channels[1][-1]) == ("unknown", "no spend is recorded")
    weeks = document.table("revenue_by_week")
    assert weeks.columns == ("week", "this year", "a year before")
    assert [cell_said(cell, "USD") for cell in weeks.rows[1]] == ["9 Nov 26", "$47,800", ""]
    cohorts = document.table("cohorts")
    assert {len(row) for row in cohorts.rows} == {len(cohorts.columns)} == {4}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_told_in_words(name: str) -> None:
    words = chart_said(name, rows()[name], "USD")
    assert words.endswith(".")
    assert any(letter.isdigit() for letter in words)


def test_a_week_is_named_by_its_days() -> None:
    period = edition().report.period
    assert week_said(period.start, period.end) == "9 to 15 November 2026"
    assert week_said(
        period.start.replace(month=12, day=28), period.end.replace(year=2027, month=1, day=3)
    ) == ("28 December 2026 to 3 January 2027")
    assert replace(describe(edition()), week="").title == "Weekly report"
