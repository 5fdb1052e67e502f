"""Importing business files: what is accepted, what is rejected and why, and that twice is as once."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from agents.errors import BadInput
from apps.importing import import_business_file
from integrations import open_warehouse
from tests.business import import_into, rejected, rows_of, settings_of, write_csv

HEADER = ("order_id", "date", "customer", "channel", "sku", "qty", "price")
ORDERS = (
    HEADER,
    ("1", "2026-01-05", "ann", "email", "A", 2, "10.00"),
    ("1", "2026-01-05", "ann", "email", "B", 1, "5.50"),
    ("2", "2026-01-06T23:30:00Z", "bob", "", "A", 1, "1,010.00"),
)
SHOPIFY = (
    (
        "Name Email,Financial Status,Created at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Refunded Amount,"
        "Cancelled at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Source"
    )
    .replace("Name Email", "Name,Email")
    .split(",")
)


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    file = write_csv(tmp_path / "orders.csv", *ORDERS)
    first, second = import_into(settings, file, "orders"), import_into(settings, file, "orders")
    assert (first.accepted, first.rejected, first.duplicates) == (3, 0, 0)
    assert (second.accepted, second.rejected, second.duplicates) == (0, 0, 3)
    assert rows_of(settings, "sales", "order_id", "sku", "amount") == [
        ("1", "A", 2000),
        ("1", "B", 550),
        ("2", "A", 101000),
    ]


def test_a_time_with_a_zone_falls_on_the_day_of_the_business(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    midnight = ("3", "2026-01-07T02:30:00Z", "bob", "", "A", 1, "1")  # still the sixth in Denver
    import_into(settings, write_csv(tmp_path / "orders.csv", HEADER, midnight), "orders")
    [(day,)] = rows_of(settings, "sales", "day")
    assert str(day).startswith("2026-01-06")


def test_a_changed_line_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    import_into(settings, write_csv(tmp_path / "orders.csv", *ORDERS), "orders")
    changed = [*ORDERS[:2], ("1", "2026-01-05", "ann", "email", "B", 3, "5.50"), ORDERS[3]]
    report = import_into(settings, write_csv(tmp_path / "again.csv", *changed), "orders")
    assert (report.accepted, report.duplicates) == (1, 2)
    assert ("1", "B", 1650) in rows_of(settings, "sales", "order_id", "sku", "amount")


def test_lines_that_are_alike_are_several_sales(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    file = write_csv(tmp_path / "orders.csv", HEADER, ORDERS[1], ORDERS[1])
    assert import_into(settings, file, "orders").accepted == 2
    assert import_into(settings, file, "orders").duplicates == 2
    assert len(rows_of(settings, "sales", "key")) == 2


def test_bad_lines_are_named_with_number_and_reason_and_stop_nothing(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    late = (date.today() + timedelta(days=40)).isoformat()  # noqa: DTZ011 - far enough in any zone
    lines = [
        "order_id,date,customer,sku,qty,price",
        '1,2026-01-05,ann,"a note\nover two lines",1,10',
        "2,05.01.2026,ann,A,1,10",
        '3,2026-01-05,ann,A,1,"12,50"',
        ",2026-01-05,ann,A,1,10",
        "4,2026-01-05,ann,A,one,10",
        f"5,{late},ann,A,1,10",
        "6,2026-01-05,ann,A,1,",
        "7,2026-01-05,ann,A,1,10,surplus",
        '8,2026-01-05,ann,"A,1,10',
        "9,2026-01-05,ann,A,1,10",
    ]
    (tmp_path / "orders.csv").write_text("\n".join(lines))
    report = import_into(settings, tmp_path / "orders.csv", "orders")
    assert (report.accepted, report.rejected) == (2, 8)
    reasons = dict(rejected(report))
    assert sorted(reasons) == [4, 5, 6, 7, 8, 9, 10, 11]
    for line, said in (
        (4, "ordered_at '05.01.2026' is no date"),
        (5, "decimal: ','"),
        (6, "order_id is missing"),
        (7, "quantity 'one' is no whole number"),
        (8, "lies in the future"),
        (9, "neither unit_price nor line_total"),
        (10, "7 fields"),
        (11, "cannot be read"),
    ):
        assert said in reasons[line]
    assert rows_of(settings, "sales", "order_id") == [("1",), ("9",)]


def test_rejected_lines_can_be_mended_and_imported_on_their_own(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    bad = ("1", "05.01.2026", "ann", "email", "B", 1, "5.50")
    report = import_into(settings, write_csv(tmp_path / "orders.csv", HEADER, ORDERS[1], bad), "orders")
    assert report.rejected_file is not None
    mended = tmp_path / "mended.csv"
    mended.write_text(report.rejected_file.read_text().replace("05.01.2026", "2026-01-05"))
    assert import_into(settings, mended, "orders").accepted == 1
    assert rows_of(settings, "sales", "order_id", "sku") == [("1", "A"), ("1", "B")]


def test_workbooks_and_parquet_give_what_csv_gives(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in ORDERS:
        book.active.append(row)
    book.save(tmp_path / "orders.xlsx")
    file = write_csv(tmp_path / "orders.csv", *ORDERS)
    duckdb.read_csv(str(file), all_varchar=True).write_parquet(str(tmp_path / "orders.parquet"))
    stores = []
    for name in ("orders.csv", "orders.xlsx", "orders.parquet"):
        settings = settings_of(tmp_path / name.rpartition(".")[2])
        assert import_into(settings, tmp_path / name, "orders").accepted == 3
        stores.append(rows_of(settings, "sales", "key", "digest", "amount"))
    assert stores[0] == stores[1] == stores[2]


def test_a_semicolon_file_of_windows_with_decimal_commas_is_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    text = "order_id;date;customer;product;price\n1;05.01.2026;ann;Kräuter;1.012,50\n"
    (tmp_path / "orders.csv").write_bytes(text.encode("cp1252"))
    (tmp_path / "ours.yaml").write_text(
        'decimal: ","\ndates: ["%d.%m.%Y"]\nkinds:\n  orders:\n    columns: {order_id: [order_id], '
        "ordered_at: [date], customer_id: [customer], product: [product], unit_price: [price]}\n"
    )
    import_into(settings, tmp_path / "orders.csv", "orders", str(tmp_path / "ours.yaml"))
    assert rows_of(settings, "sales", "product", "amount") == [("Kräuter", 101250)]


def shopify_order(name: str, **given: str) -> list[str]:
    return [{"Name": name, **given}.get(column, "") for column in SHOPIFY]


def test_an_order_of_shopify_is_read_with_what_stands_on_its_first_line_only(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    first = {
        "Email": "Ann@mail.example",
        "Financial Status": "paid",
        "Created at": "2026-01-05 22:30:00 -0700",
        "Currency": "USD",
        "Subtotal": "18.00",
        "Shipping": "5.00",
        "Taxes": "1.50",
        "Total": "24.50",
        "Discount Amount": "2.00",
        "Refunded Amount": "4.00",
        "Source": "web",
    }
    item = {"Lineitem quantity": "1", "Lineitem name": "Chai", "Lineitem price": "10.00"}
    voided = {**first, "Financial Status": "voided"}
    rows = [
        shopify_order("#1", **first, **item),
        shopify_order("#1", **item),
        shopify_order("#2", **voided, **item),
    ]
    report = import_into(settings, write_csv(tmp_path / "o.csv", SHOPIFY, *rows), "orders", "shopify")
    assert (report.accepted, report.rejected) == (2, 1)
    assert rejected(report) == [(4, "the order was never paid")]
    assert sorted(rows_of(settings, "sales", "part", "amount")) == [
        ("discount", -200),
        ("refund", -400),
        ("sale", 1000),
        ("sale", 1000),
        ("shipping", 500),
        ("tax", 150),
    ]
    people = {person for (person,) in rows_of(settings, "sales", "customer_id")}
    assert len(people) == 1
    assert "@" not in people.pop()


def test_a_tax_that_prices_hold_is_no_revenue(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    order = shopify_order(
        "#1",
        **{
            "Email": "a@b.example",
            "Created at": "2026-01-05",
            "Currency": "EUR",
            "Subtotal": "11.90",
            "Shipping": "0",
            "Taxes": "1.90",
            "Total": "11.90",
            "Lineitem quantity": "1",
            "Lineitem price": "11.90",
        },
    )
    import_into(settings, write_csv(tmp_path / "o.csv", SHOPIFY, order), "orders", "shopify")
    assert (
        sum(amount for part, amount in rows_of(settings, "sales", "part", "amount") if part == "sale") == 1000
    )


def test_two_currencies_are_refused_unless_one_is_chosen(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    rows = [
        ("order_id", "date", "price", "currency"),
        (1, "2026-01-05", 10, "EUR"),
        (2, "2026-01-05", 10, "USD"),
    ]
    file = write_csv(tmp_path / "orders.csv", *rows)
    with pytest.raises(BadInput, match=r"EUR and USD.*--currency"):
        import_into(settings, file, "orders")
    report = import_into(settings, file, "orders", currency="eur")
    assert (report.accepted, report.rejected) == (1, 1)
    assert rejected(report) == [(3, "currency USD is not the chosen one")]
    with pytest.raises(BadInput, match="the store holds EUR"):
        import_into(settings, file, "orders", currency="USD")


def test_a_file_with_the_wrong_columns_names_those_looked_for_and_those_found(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "orders.csv", ("Number", "When"), (1, "2026-01-05"))
    with pytest.raises(BadInput, match=r"order_id \(as .*'order number'.*Found: Number, When"):
        import_into(settings_of(tmp_path / "home"), file, "orders")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kinds: {orders: {colums: {order_id: [a]}}}", "Did you mean columns?"),
        ("kinds: {orders: {columns: {order_id: [a], orderd_at: [b]}}}", "Did you mean ordered_at?"),
        ("kinds: {orders: {columns: {order_id: [order_id]}}}", "lacks ordered_at"),
        ("kinds: [", "cannot be read"),
        ("kinds: {spend: {columns: {day: [a], channel: [b], amount: [c]}}}", "reads spend, but not orders"),
    ],
)
def test_a_mapping_with_a_mistake_says_which(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "ours.yaml").write_text(text)
    file = write_csv(tmp_path / "orders.csv", *ORDERS)
    with pytest.raises(BadInput) as error:
        import_into(settings_of(tmp_path / "home"), file, "orders", str(tmp_path / "ours.yaml"))
    assert said in str(error.value)


def test_a_name_with_a_mistake_gets_the_likely_one(tmp_path: Path) -> None:
    settings, file = settings_of(tmp_path / "home"), write_csv(tmp_path / "orders.csv", *ORDERS)
    with pytest.raises(BadInput, match="Did you mean shopify"):
        import_into(settings, file, "orders", "shopfy")
    with pytest.raises(BadInput, match="Did you mean orders"):
        import_into(settings, file, "order")
    with pytest.raises(BadInput, match="There is no file"):
        import_into(settings, tmp_path / "none.csv", "orders")


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_anything_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "orders.csv").write_text(content)
    with pytest.raises(BadInput, match="empty"):
        import_into(settings_of(tmp_path / "home"), tmp_path / "orders.csv", "orders")


def test_an_import_that_is_cut_off_changes_nothing_and_is_completed_by_the_next(tmp_path: Path) -> None:
    settings, file = settings_of(tmp_path / "home"), write_csv(tmp_path / "orders.csv", *ORDERS)

    def cut_off(phase: str, _done: int, _total: int) -> None:
        if phase == "storing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_business_file(settings, file, "orders", "generic", currency=None, tell=cut_off)
    assert not open_warehouse(settings).standing().filled
    assert import_into(settings, file, "orders").accepted == 3


KILLED = """
import os, signal, sys, threading
from pathlib import Path
from apps.importing import import_business_file
from tests.business import settings_of

def tell(phase, done, total):
    if phase == sys.argv[3] and (phase != "checking" or done == 0):
        threading.Timer(float(sys.argv[4]), lambda: os.kill(os.getpid(), signal.SIGKILL)).start()

import_business_file(settings_of(Path(sys.argv[1])), Path(sys.argv[2]), "orders", "generic", currency=None, tell=tell)
"""


@pytest.mark.parametrize(
    ("phase", "after"), [("reading", 0), ("checking", 0.02), ("storing", 0), ("storing", 0.03)]
)
def test_an_import_that_is_killed_is_completed_by_the_next(tmp_path: Path, phase: str, after: float) -> None:
    settings = settings_of(tmp_path / "home")
    rows = [(each, "2026-01-05", f"c{each % 99}", "email", f"s{each}", 1, "1.00") for each in range(60_000)]
    file = write_csv(tmp_path / "orders.csv", HEADER, *rows)
    command = [sys.executable, "-c", KILLED, str(settings.home), str(file), phase, str(after)]
    killed = subprocess.run(command, check=False, timeout=120)
    assert killed.returncode in (-signal.SIGKILL, 0), "killed, or quicker than the killer"
    report = import_into(settings, file, "orders")
    assert report.accepted + report.duplicates == 60_000
    assert report.accepted in (0, 60_000), "all of it, or nothing"
    assert sum(amount for (amount,) in rows_of(settings, "sales", "amount")) == 6_000_000
    assert not settings.import_scratch.exists()


def test_every_kind_is_stored(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    files = {
        "refunds": (("order_id", "refund_date", "amount"), ("1", "2026-01-09", "5.50")),
        "spend": (("day", "channel", "cost"), ("2026-01-05", "paid_social", "30")),
        "budget": (("month", "line", "budget"), ("2026-01", "Marketing Spend", "900")),
        "cash": (("day", "in", "out", "balance"), ("2026-01-31", "100", "250", "10000")),
        "customers": (("customer_id", "country"), ("ann", "US")),
        "tickets": (
            ("ticket_id", "opened at", "status", "topic"),
            ("t1", "2026-01-05", "Escalated", "Returns"),
        ),
    }
    for kind, rows in files.items():
        file = write_csv(tmp_path / f"{kind}.csv", *rows)
        assert import_into(settings, file, kind).accepted == 1
        assert import_into(settings, file, kind).duplicates == 1
    assert rows_of(settings, "sales", "part", "amount") == [("refund", -550)]
    assert rows_of(settings, "budget", "item", "amount") == [("marketing_spend", 90000)]
    assert rows_of(settings, "cash", "cash_in", "cash_out", "balance") == [(10000, 25000, 1000000)]
    assert rows_of(settings, "tickets", "status", "topic") == [("escalated", "returns")]


def test_how_customers_may_be_written_to_is_stored(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    ours = write_csv(
        tmp_path / "ours.csv",
        ("id", "first name", "email", "accepts marketing", "time zone"),
        ("a", "Zoë", "Zoe@example.com", "TRUE", "Europe/Berlin"),
        ("b", "", "bo at example.com", "opted_out", ""),
        ("c", "Cy", "cy@example.com", "maybe", "Mars/Olympus"),
    )
    report = import_into(settings, ours, "customers")
    assert [reason for _, reason in rejected(report)] == [
        "consent 'maybe' is neither yes nor no; timezone 'Mars/Olympus' is no time zone like Europe/Berlin"
    ]
    theirs = write_csv(
        tmp_path / "theirs.csv",
        ("Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing"),
        (7, "Dee", "Doe", "dee@example.com", "yes"),
    )
    assert import_into(settings, theirs, "customers", "shopify").accepted == 1
    columns = ("name", "email", "consent", "timezone")
    assert rows_of(settings, "customers", *columns) == [
        ("Dee", "dee@example.com", "yes", None),
        ("Zoë", "Zoe@example.com", "yes", "Europe/Berlin"),
        (None, "bo at example.com", "no", None),
    ]


def test_a_refund_with_its_own_day_takes_the_place_of_the_one_that_the_order_tells_of(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    given = {"Created at": "2026-01-05", "Currency": "USD", "Refunded Amount": "4.00"}
    item = {"Lineitem quantity": "1", "Lineitem name": "Chai", "Lineitem price": "10.00"}
    rows = [shopify_order("#1", **given, **item), shopify_order("#2", **given, **item)]
    import_into(settings, write_csv(tmp_path / "o.csv", SHOPIFY, *rows), "orders", "shopify")
    assert sum(net for (net,) in rows_of(settings, "orders", "net")) == 1200
    refund = write_csv(tmp_path / "r.csv", ("order_id", "date", "amount"), ("#1", "2026-02-01", "4.00"))
    import_into(settings, refund, "refunds")
    assert sum(net for (net,) in rows_of(settings, "orders", "net")) == 1200
    assert [net for day, net in rows_of(settings, "orders", "day", "net") if str(day) >= "2026-02-01"] == [
        -400
    ]
