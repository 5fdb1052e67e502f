"""Questions to stores with little in them: plain words, no NaN, and no zero that means unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.inquiry.desk import InquiryDesk
from agents.inquiry.finding import Finding
from integrations import connect
from tests.agents.inquiry.conftest import TODAY
from tests.business import import_into, settings_of, write_csv

HEADER = ("order_id", "date", "customer_id", "channel", "country", "sku", "price")
QUESTIONS = (
    "net revenue last week",
    "average order value last week",
    "what is our CAC?",
    "ROAS by channel last month",
    "why did revenue drop last week?",
    "who are our best customers?",
    "how many at-risk customers?",
    "what is our LTV?",
    "predicted LTV",
    "who is about to churn?",
    "forecast for this month",
    "runway",
    "are we on budget?",
    "how happy are our customers?",
    "how many tickets last week",
    "revenue by month",
    "what's our retention",
    "LTV to CAC ratio",
)


def answers(home: Path, *rows: tuple[object, ...]) -> dict[str, Finding]:
    settings = settings_of(home)
    if rows:
        import_into(settings, write_csv(home.with_suffix(".csv"), HEADER, *rows), "orders", currency="EUR")
    services = connect(settings)
    services.now = lambda: TODAY
    desk = InquiryDesk(services, lambda text: text)
    found = {question: desk.ask(question) for question in QUESTIONS}
    services.close()
    return found


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    found = answers(tmp_path / "home")
    assert {one.kind for one in found.values()} == {"unknown"}
    assert {one.text.split(".")[0] for one in found.values()} == {"There are no business data yet"}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("1", "2026-11-10", "ann", "email", "DE", "tin", "20")], id="one order"),
        pytest.param([("1", "2026-11-10", "ann", "email", "DE", "tin", "-20")], id="nothing but a refund"),
        pytest.param([("1", "2026-11-10", "", "", "", "tin", "20")], id="an order of nobody"),
    ],
)
def test_a_store_with_next_to_nothing_is_told_as_that(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    for question, found in answers(tmp_path / "home", *rows).items():
        assert found.kind in ("number", "unknown"), (question, found.text)
        assert "nan" not in found.text.lower().split(), question
        assert "inf" not in found.text.lower().split(), question
        if found.kind == "number" and found.value is not None and found.unit == "minor":
            assert found.currency == "EUR"
            assert "€" in found.text, question
        if found.kind == "unknown":
            assert found.value is None
            assert ":" in found.text, question
