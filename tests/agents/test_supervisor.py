"""The weekly run: bad input gives reasons, a failing specialist takes nobody along, and nothing is ever NaN."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agents.domain import Reply
from agents.errors import BadInput, Permanent, Transient
from agents.supervisor import Supervisor
from agents.weekly.facts import Facts, FinanceFacts
from agents.weekly.report import WeeklyProgress, WeeklyReport
from agents.weekly.specialists import Task, specialists
from analytics.figures import Figure
from apps.importing import load_sample
from integrations import connect
from integrations.settings import Settings
from integrations.warehouse.duckdb_engine import DuckDbEngine
from integrations.warehouse.store import Warehouse
from tests.business import import_into, settings_of, write_csv

WEDNESDAY = date(2026, 6, 17)  # the last complete week is that of the 8th
HEADER = ("order_id", "date", "customer_id", "channel", "price")


def supervisor(settings: Settings) -> Supervisor:
    return Supervisor(connect(settings))


def orders(settings: Settings, folder: Path, *rows: Sequence[object]) -> None:
    import_into(settings, write_csv(folder / "orders.csv", HEADER, *rows), "orders")


def values(report: WeeklyReport) -> dict[str, float | None]:
    """Every metric, after a look at the whole: nothing is NaN, and what is unknown has a reason."""
    text = json.dumps(report.as_json(), allow_nan=False)
    assert "nan" not in {word.strip('".,') for word in text.lower().split()}
    assert report.errors == ()
    for one in report.metrics:
        assert (one.value is None) == (one.reason is not None) == (one.status == "unknown"), one.name
    return {one.name: one.value for one in report.metrics}


def reasons(report: WeeklyReport) -> dict[str, str | None]:
    return {one.name: one.reason for one in report.metrics}


def test_one_order_of_one_customer_is_reported_and_nothing_is_foretold(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(settings, tmp_path, (1, "2026-06-10", "ann", "email", "12.50"))
    report = supervisor(settings).weekly(WEDNESDAY).report
    found = values(report)
    assert (found["gross_revenue"], found["net_revenue"], found["orders"], found["new_customers"]) == (
        1250,
        1250,
        1,
        1,
    )
    assert found["cac_blended"] is found["roas"] is found["runway"] is found["ltv_predicted"] is None
    assert "1 customer is known; 500 are needed" in (report.churn.reason or "")
    assert report.forecast.value is None
    assert "180 are needed" in (report.forecast.reason or "")
    assert sum(one.customers for one in report.segments) == 1


def test_only_refunds_and_negative_totals_are_no_gross_revenue(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(settings, tmp_path, (1, "2026-06-10", "ann", "email", "-20"))
    refund = write_csv(tmp_path / "refunds.csv", ("order_id", "date", "amount"), (9, "2026-06-11", "5"))
    import_into(settings, refund, "refunds")
    found = values(supervisor(settings).weekly(WEDNESDAY).report)
    assert (found["gross_revenue"], found["refunds"], found["net_revenue"], found["orders"]) == (
        0,
        2500,
        -2500,
        0,
    )
    assert found["new_customers"] == 0
    assert found["average_order_value"] is None
    assert found["customers"] is None


def test_a_store_without_anything_or_that_is_gone_says_what_to_do(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    with pytest.raises(BadInput, match=r"no business data yet.*gtm data import"):
        supervisor(settings).weekly(WEDNESDAY)
    orders(settings, tmp_path, (1, "2026-06-10", "ann", "email", "12.50"))
    made = supervisor(settings)
    made.weekly(WEDNESDAY)
    settings.analytics_file.unlink()
    with pytest.raises(BadInput, match="no business data yet"):
        made.weekly(WEDNESDAY)


def test_a_day_to_come_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="2999-01-01 lies in the future; today is"):
        supervisor(settings_of(tmp_path / "home")).weekly(date(2999, 1, 1))


def test_a_week_before_the_first_order_has_reasons_in_place_of_numbers(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(settings, tmp_path, (1, "2026-06-10", "ann", "email", "12.50"))
    report = supervisor(settings).weekly(date(2026, 5, 6)).report
    found = values(report)
    assert found["net_revenue"] is found["orders"] is found["customers"] is found["ltv_historic"] is None
    assert reasons(report)["net_revenue"] == "no orders are known up to the end of this week"
    assert (len(report.segments), len(report.cohorts), len(report.alerts)) == (0, 0, 0)


def test_one_customer_with_many_orders_is_all_customers_and_nothing_is_foretold(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    first = date(2025, 6, 2)
    orders(
        settings,
        tmp_path,
        *((each, first + timedelta(days=7 * each), "ann", "email", 10) for each in range(54)),
    )
    report = supervisor(settings).weekly(WEDNESDAY).report
    found = values(report)
    assert (found["customers"], found["new_customers"], found["ltv_historic"]) == (1, 0, round(54_000 * 0.58))
    assert reasons(report)["ltv_predicted"] == report.churn.reason == "1 customer is known; 500 are needed"
    assert [one.share for one in report.segments if one.customers] == [1.0]
    assert {one.size for one in report.cohorts} == {1}


def test_nothing_but_refunds_is_revenue_below_zero_and_no_customer(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    rows = [(each, f"2026-06-{each:02d}", "ann", "5") for each in range(8, 15)]
    refunds = write_csv(tmp_path / "refunds.csv", ("order_id", "date", "customer", "amount"), *rows)
    import_into(settings, refunds, "refunds")
    report = supervisor(settings).weekly(WEDNESDAY).report
    found = values(report)
    assert (found["gross_revenue"], found["refunds"], found["net_revenue"]) == (0, 3500, -3500)
    assert (found["orders"], found["new_customers"]) == (0, 0)
    assert found["average_order_value"] is found["customers"] is None
    assert sum(one.customers for one in report.segments) == 0


def test_a_refund_counts_in_the_week_in_which_it_was_made(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(
        settings, tmp_path, (1, "2026-06-03", "ann", "email", "20"), (2, "2026-06-10", "bob", "email", "30")
    )
    refund = write_csv(tmp_path / "refunds.csv", ("order_id", "date", "amount"), (1, "2026-06-11", "5"))
    import_into(settings, refund, "refunds")
    report = supervisor(settings).weekly(WEDNESDAY).report
    net = next(one for one in report.metrics if one.name == "net_revenue")
    assert (net.value, net.previous, net.change) == (2500, 2000, 0.25)


def test_a_week_without_spend_or_budget_has_reasons(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(settings, tmp_path, (1, "2026-06-10", "ann", "paid_social", "20"))
    spend = write_csv(tmp_path / "spend.csv", ("day", "channel", "cost"), ("2026-05-01", "paid_social", "10"))
    import_into(settings, spend, "spend")
    report = supervisor(settings).weekly(WEDNESDAY).report
    values(report)
    said = reasons(report)
    assert said["roas"] == "no spend on paid channels is recorded for this week"
    assert said["mer"] == said["cac_blended"] == "no spend is recorded for this week"
    assert said["budget_variance"] == said["pacing"] == "no budget was imported"
    assert said["runway"] == "no cash book was imported"
    assert "not known" in report.sections["marketing"].text


def test_spend_without_a_new_customer_has_no_cost_of_one(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(
        settings, tmp_path, (1, "2026-05-01", "ann", "email", "20"), (2, "2026-06-10", "ann", "email", "20")
    )
    spend = write_csv(tmp_path / "spend.csv", ("day", "channel", "cost"), ("2026-06-10", "paid_social", "10"))
    import_into(settings, spend, "spend")
    report = supervisor(settings).weekly(WEDNESDAY).report
    found = values(report)
    assert (found["marketing_spend"], found["mer"], found["roas"]) == (1000, 2.0, 0.0)
    assert reasons(report)["cac_blended"] == "no new customer in this week"


def test_cash_that_grows_has_no_runway_but_says_why(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(settings, tmp_path, (1, "2026-06-10", "ann", "email", "20"))
    rows = [(f"2026-0{month}-28", 300, 100, 5000) for month in (3, 4, 5)]
    import_into(settings, write_csv(tmp_path / "cash.csv", ("day", "in", "out", "balance"), *rows), "cash")
    report = supervisor(settings).weekly(WEDNESDAY).report
    assert values(report)["net_burn"] == -20_000
    assert reasons(report)["runway"] == "cash-generating"
    assert "cash-generating" in report.sections["finance"].text


def test_spend_alone_is_reported_on(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    spend = write_csv(tmp_path / "spend.csv", ("day", "channel", "cost"), ("2026-06-10", "paid_social", "10"))
    import_into(settings, spend, "spend")
    report = supervisor(settings).weekly(WEDNESDAY).report
    assert values(report)["net_revenue"] is None
    assert "not known" in report.sections["summary"].text


def failing(error: Exception) -> Callable[[Task], Facts]:
    def specialist(_task: Task) -> Facts:
        raise error

    return specialist


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_of(Path(tmp_path_factory.mktemp("shop")))
    load_sample(settings, date(2026, 6, 14), if_empty=False)
    return settings


def test_a_failing_specialist_is_tried_three_times_and_the_others_stand(shop: Settings) -> None:
    working = {**specialists(), "insights": failing(ZeroDivisionError("nothing there"))}
    seen: list[WeeklyProgress] = []
    report = Supervisor(connect(shop), working).weekly(WEDNESDAY, seen.append).report
    assert {name: one.status for name, one in report.sections.items()} == {
        "summary": "ok",
        "finance": "ok",
        "marketing": "ok",
        "insights": "failed",
        "support": "ok",
    }
    assert "(Reference " in report.sections["insights"].text
    assert not {"ZeroDivisionError", "nothing there"} & set(report.sections["insights"].text.split())
    assert [(one.specialist, one.attempts) for one in report.errors] == [("insights", 3)]
    assert [one.attempt for one in seen if (one.specialist, one.step) == ("insights", "measuring")] == [
        1,
        2,
        3,
    ]
    assert {one.specialist for one in seen if one.step == "done"} == {"finance", "marketing", "support"}
    assert report.churn.reason == "the specialist for insights failed"
    assert next(one for one in report.metrics if one.name == "ltv_cac").value is None


def test_a_number_that_is_none_is_refused_and_tried_again(shop: Settings) -> None:
    calls: list[int] = []
    sound = specialists()["finance"]

    def doubtful(task: Task) -> Facts:
        calls.append(1)
        facts = sound(task)
        if len(calls) < 3:
            broken = Figure("net_revenue", "minor", float("nan"))
            assert isinstance(facts, FinanceFacts)
            return replace(facts, figures=(broken,))
        return facts

    report = Supervisor(connect(shop), {**specialists(), "finance": doubtful}).weekly(WEDNESDAY).report
    assert len(calls) == 3
    assert report.errors == ()


def test_the_same_alert_is_not_repeated_the_week_after(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    first = date(2026, 1, 5)
    rows = [
        (f"{week}-{day}", first + timedelta(days=7 * week + day), f"c{week}{day}", "email", 20 + day)
        for week in range(24)
        for day in range(7)
    ]
    orders(settings, tmp_path, *rows)
    costs = [
        (first + timedelta(days=7 * week), "paid_social", 300 if week > 21 else 100) for week in range(24)
    ]
    spend = write_csv(tmp_path / "spend.csv", ("day", "channel", "cost"), *costs)
    import_into(settings, spend, "spend")
    weeks = [first + timedelta(days=7 * week) for week in (22, 23, 24)]
    said = [[one.name for one in supervisor(settings).weekly(day).report.alerts] for day in weeks]
    assert said == [[], ["marketing_spend"], []]


def test_data_that_another_process_holds_are_named_as_busy(shop: Settings) -> None:
    file = shop.analytics_file
    holding = (
        f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        services = connect(shop)
        services.open_warehouse = lambda: Warehouse(DuckDbEngine(file, wait_seconds=0.2))
        with pytest.raises(Transient, match="in use by another process"):
            Supervisor(services).weekly(WEDNESDAY)
        process.communicate("")


def test_data_that_are_no_store_are_named_as_damaged(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    services = connect(settings)
    settings.analytics_file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(Permanent, match="cannot be opened"):
        Supervisor(services).weekly(WEDNESDAY)


def test_a_server_that_is_gone_is_named_with_what_to_look_at(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home", "postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(Transient, match="GTM_ANALYTICS_URL"):
        supervisor(settings).weekly(WEDNESDAY)


def test_without_a_day_the_week_before_today_is_meant(shop: Settings) -> None:
    services = connect(shop)
    services.now = lambda: datetime(2026, 6, 15, 9, 0, tzinfo=UTC)  # Monday, also in Denver
    report = Supervisor(services).weekly().report
    assert (report.period.start, report.period.end) == (date(2026, 6, 8), date(2026, 6, 14))


def test_without_tickets_the_desk_s_own_log_tells_of_support(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    orders(settings, tmp_path, (1, date.today() - timedelta(days=20), "ann", "email", "20"))  # noqa: DTZ011
    services = connect(settings)
    question = services.log.accept("Do you ship?", None, "v", at_most=None, since=datetime.now(UTC)).message  # type: ignore[union-attr]
    reply = Reply(
        decision="answer",
        answer="Yes.",
        confidence=0.9,
        conversation=question.conversation,
        reason="",
        seconds=0.1,
    )
    services.log.reply(question, reply)
    services.now = lambda: datetime.now(UTC) + timedelta(days=7)
    report = Supervisor(services).weekly().report
    found = {one.name: one.value for one in report.metrics}
    assert (found["support_volume"], found["support_answered"]) == (1, 1.0)
    assert "1 question at the desk" in report.sections["support"].text
    assert report.errors == ()
