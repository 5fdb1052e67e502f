"""Reports are made, kept with what is behind each number, and tell what the documents lack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.business import import_into, write_csv
from tests.desk import Desk, open_desk, write_documents
from tests.model_server import ModelServer, Turn, model_server

NEXT_WEEK = timedelta(days=7)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


def shop(tmp_path: Path, models_url: str | None = None) -> Desk:
    """A desk that is sure of no answer, and some orders of this week; it is next week now."""
    desk = open_desk(tmp_path / "home", 0.01, [write_documents(tmp_path / "docs")], models_url=models_url)
    today = datetime.now(UTC).date()
    rows = [(n, today - timedelta(days=n), f"c{n}", "email", "12.50") for n in range(20)]
    orders = write_csv(
        tmp_path / "orders.csv", ("order_id", "date", "customer_id", "channel", "price"), *rows
    )
    import_into(desk.settings, orders, "orders")
    return desk


def next_week(desk: Desk) -> date:
    desk.services.now = lambda: datetime.now(UTC) + NEXT_WEEK
    return desk.services.now().date()


def test_what_several_customers_asked_and_no_document_answers_is_told(tmp_path: Path) -> None:
    desk = shop(tmp_path)
    for question in ("Do you sell oat milk?", "Do you sell oat milk here?", "Do you sell oat milk?"):
        desk.session.ask(question)
    desk.session.ask("Is Anna Schmidt at her desk?")
    next_week(desk)
    edition = desk.session.weekly.make(by="ada", origin="shell")
    text = edition.report.sections["support"].text
    assert "What customers asked and no document answers: sell oat milk (3 questions)." in text
    assert "Schmidt" not in text
    gap = next(one for one in edition.claims["support"] if one.name.startswith("gap."))
    assert (text[gap.start : gap.end], gap.value) == ("3", 3)
    desk.close()


def test_without_an_index_the_report_stands_and_tells_no_gaps(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "home")
    today = datetime.now(UTC).date()
    file = write_csv(tmp_path / "o.csv", ("order_id", "date", "customer_id", "price"), (1, today, "ann", "9"))
    import_into(desk.settings, file, "orders")
    desk.session.ask("Do you sell oat milk?", visitor="v")
    next_week(desk)
    report = desk.session.weekly.make(by="ada", origin="shell").report
    assert report.errors == ()
    assert "no document answers" not in report.sections["support"].text
    desk.close()


def test_a_kept_report_knows_who_wrote_each_text_and_what_is_behind_each_number(
    tmp_path: Path, server: ModelServer
) -> None:
    def answer(body: dict[str, object]) -> Turn:
        draft = str(body["messages"][-1]["content"]).partition("holds:\n")[2].strip()  # type: ignore[index]
        return Turn(value={"text": draft if "Net revenue" in draft else "Sales were $1."})

    server.say(answer)
    desk = shop(tmp_path, server.url)
    next_week(desk)
    made = desk.session.weekly.make(by="ada", origin="shell")
    kept = desk.session.weekly.edition(made.id)
    assert kept == made
    assert (kept.words["finance"].by, kept.words["finance"].prompt) == ("gpt-4.1-mini", "weekly_finance@1")
    assert kept.words["summary"].prompt == "weekly_summary@1"
    assert kept.words["insights"].by == "rules"
    net = next(one for one in kept.claims["finance"] if one.name == "net_revenue")
    assert net.query.startswith("SELECT SUM(net)")
    calls = desk.services.open_models().texts(datetime(2020, 1, 1, tzinfo=UTC))
    assert {(one.specialist, one.ending) for one in calls} >= {("finance", "ok"), ("insights", "unusable")}
    desk.close()
