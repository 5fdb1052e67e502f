"""The weekly report's time and memory: `python -m benchmarks.weekly`, or with --json one object.

On Online Retail: the whole report without a model, cold (a new process, nothing kept ready) and warm (the customers'
tables in place). On generated orders: the whole report, cold, with its peak memory; and beside it, from the same
file in the same run, the same numbers (revenue by day and channel, customers with RFM and segments at two days,
cohorts) by Ibis on DuckDB and in plain pandas, each in a process of its own.
"""

# ruff: noqa: PLC0415 - what a cold start imports is part of its time

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from integrations.settings import Settings

ONLINE_RETAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "retail" / "online_retail.parquet"
RETAIL_DAY, GENERATED_DAY = date(2011, 12, 10), date(2026, 1, 7)
GOALS = {
    "retail_cold": 8.0,
    "retail_warm": 3.0,
    "seconds_10m": 90.0,
    "gigabytes_10m": 3.0,
    "times_10m": 2.0,
    "import_1m": 60.0,
}
LINES = 1_000_000


def settings_of(home: Path) -> Settings:
    """A home of its own."""
    return Settings(home=home, database_url=None, policies=None, analytics_url=None)


def generate(home: Path, orders: int) -> None:
    """A store with so many orders of a tenth as many customers over two years, and the same as Parquet."""
    from integrations import open_warehouse
    from integrations.warehouse.duckdb_engine import DuckDbEngine

    settings = settings_of(home)
    home.mkdir(parents=True)
    open_warehouse(settings).standing()
    with DuckDbEngine(settings.analytics_file).connected() as connection:
        with open_warehouse(settings).reading():
            pass
        connection.execute("DELETE FROM state WHERE name LIKE 'mart%'")
        connection.execute(
            f"""
            INSERT INTO sales SELECT i, 0, 'o' || i, 'o' || i,
                'c' || CAST(floor(pow((hash(i) % 1000003) / 1000003.0, 1.5) * {orders // 10}) AS BIGINT),
                DATE '2024-01-01' + CAST((hash(i + 7) % 730) AS INTEGER),
                ['email', 'organic', 'paid_social', 'paid_search', 'affiliate'][CAST(hash(i + 3) % 5 AS INTEGER) + 1],
                'US', 'A', 'Chai', 1, 'sale', CAST(500 + hash(i + 5) % 14500 AS BIGINT)
            FROM range({orders}) AS generated(i)"""
        )
        connection.execute("INSERT INTO state VALUES ('currency', 'USD')")
        file = home / "sales.parquet"
        connection.execute(
            f"COPY (SELECT document, customer_id, day, channel, part, amount FROM sales) TO '{file}'"
        )


def import_lines(home: Path, _day: date) -> dict[str, Any]:
    """A file of a million lines into an empty store, and once more."""
    from apps.importing import import_business_file

    file = home / "orders.csv"
    told = 0

    def tell(*_: object) -> None:
        nonlocal told
        told += 1

    found = [
        import_business_file(settings_of(home), file, "orders", "generic", currency=None, tell=tell)
        for _ in range(2)
    ]
    assert [(one.accepted, one.rejected) for one in found] == [(LINES, 0), (0, 0)], found
    return {"first": found[0].seconds, "again": found[1].seconds, "told": told}


def write_lines(file: Path) -> None:
    """A million lines of orders as a shop exports them, names with commas in quotes."""
    days = [(date(2024, 1, 1) + timedelta(days=each)).isoformat() for each in range(700)]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(
            ["order_id", "date", "customer", "channel", "country", "sku", "product", "qty", "price"]
        )
        for at in range(LINES):
            order, chance = at // 3, at * 2654435761 % 2**32
            writer.writerow(
                [
                    f"TP-{order:07d}",
                    f"{days[order % 700]} {chance % 24:02d}:15:00",
                    f"customer{order % 90_001}@mail.example",
                    ("email", "organic", "paid_social")[order % 3],
                    ("US", "DE", "FR")[order % 3],
                    f"SKU-{chance % 400}",
                    f"Chai no. {chance % 400}, {'tin' if at % 2 else 'pouch'}",
                    1 + at % 3,
                    f"{5 + chance % 4000 / 100:.2f}",
                ]
            )


def whole_report(home: Path, day: date) -> dict[str, Any]:
    """The report twice in this process."""
    began, worked = time.perf_counter(), time.process_time()
    from agents.supervisor import Supervisor
    from integrations import connect

    services = connect(settings_of(home))
    supervisor = Supervisor(services)
    supervisor.weekly(day)
    cold, cold_processor = time.perf_counter() - began, time.process_time() - worked
    began, worked = time.perf_counter(), time.process_time()
    report = supervisor.weekly(day).report
    warm, warm_processor = time.perf_counter() - began, time.process_time() - worked
    services.close()
    assert report.errors == (), report.errors
    return {
        "cold": cold,
        "warm": warm,
        "cold_processor": cold_processor,
        "warm_processor": warm_processor,
    }


def with_ibis(home: Path, day: date) -> dict[str, Any]:
    """The tables' numbers by the product's own expressions; nothing is kept ready."""
    from analytics.books import read_books
    from analytics.churn import read_buyers
    from analytics.customers import cohorts, segments
    from analytics.period import last_complete_week
    from integrations.warehouse.duckdb_engine import DuckDbEngine
    from integrations.warehouse.store import Warehouse

    settings = settings_of(home)
    engine = DuckDbEngine(settings.analytics_file)
    week = last_complete_week(day)
    with engine.connected() as connection:
        connection.execute("DELETE FROM state WHERE name LIKE 'mart%'")
    began, worked = time.perf_counter(), time.process_time()
    with Warehouse(engine).reading() as tables:
        books = read_books(tables, week.end)
        found = segments(read_buyers(tables, week.end), read_buyers(tables, week.start))
        cohort = cohorts(tables.documents, week.end)
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - worked,
        "net": books.sum("net", week),
        "segments": {one.name: one.customers for one in found},
        "cohort": [cohort[0].size, round(cohort[0].retention[1], 9)],
    }


def with_pandas(home: Path, day: date) -> dict[str, Any]:
    """The same numbers as one would write them down in pandas."""
    from analytics.period import last_complete_week

    week = last_complete_week(day)
    end, start = pd.Timestamp(week.end), pd.Timestamp(week.start)
    began, worked = time.perf_counter(), time.process_time()
    sales = pd.read_parquet(home / "sales.parquet")
    sales["day"] = pd.to_datetime(sales["day"])
    sold = sales[sales["part"] == "sale"]
    orders = sold.groupby("document", sort=False).agg(
        customer=("customer_id", "first"),
        day=("day", "min"),
        channel=("channel", "first"),
        gross=("amount", "sum"),
    )
    orders = orders[orders["gross"] > 0].reset_index()
    orders = orders.sort_values(["customer", "day", "document"])
    orders["gap"] = orders.groupby("customer", sort=False)["day"].diff().dt.days
    daily = orders.groupby(["day", "channel"])["gross"].sum().reset_index()
    now, _before = (_plain_buyers(orders, at) for at in (end, start))
    months = orders[orders["day"] < end]
    months = pd.DataFrame(
        {"customer": months["customer"], "month": months["day"].dt.year * 12 + months["day"].dt.month}
    ).drop_duplicates()
    months["start"] = months.groupby("customer")["month"].transform("min")
    table = months.groupby(["start", "month"])["customer"].count().unstack(fill_value=0)
    first = table.iloc[0]
    inside = (daily["day"] >= start) & (daily["day"] < end)
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - worked,
        "net": int(daily.loc[inside, "gross"].sum()),
        "segments": {str(name): int(count) for name, count in now["segment"].value_counts().items()},
        "cohort": [int(first.iloc[0]), round(float(first.iloc[1] / first.iloc[0]), 9)],
    }


def _plain_buyers(orders: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    known = orders[orders["day"] < at]
    people = known.groupby("customer").agg(
        last=("day", "max"), orders=("document", "count"), net=("gross", "sum"), gap=("gap", "median")
    )
    people = people.reset_index()
    people["recency"] = (at - people["last"]).dt.days

    def fifth(column: str, *, ascending: bool) -> pd.Series[Any]:
        ranked = people.sort_values([column, "customer"], ascending=[ascending, True]).index
        size, rest = divmod(len(people), 5)
        sizes = [size + (each < rest) for each in range(5)]
        return pd.Series(np.repeat(np.arange(1, 6), sizes), index=ranked).sort_index()

    r, f, m = fifth("recency", ascending=False), fifth("orders", ascending=True), fifth("net", ascending=True)
    fm = f + m
    choices = [
        ((people["recency"] > 3 * people["gap"]) & (r == 1), "Churned"),
        ((r >= 4) & (fm >= 8), "Champions"),
        ((r >= 3) & (fm >= 6), "Loyal"),
        ((r >= 4) & (people["orders"] == 1), "New"),
        (r >= 3, "Potential"),
        (fm >= 6, "At Risk"),
    ]
    people["segment"] = np.select([one for one, _ in choices], [name for _, name in choices], "Hibernating")
    return people


WORK = {"import": import_lines, "report": whole_report, "ibis": with_ibis, "pandas": with_pandas}


def alone(what: str, home: Path, day: date) -> dict[str, Any]:
    """One measurement in a process of its own, with the process's wall seconds and peak memory."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "benchmarks.weekly",
        "--alone",
        what,
        str(home),
        day.isoformat(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "process_seconds": time.perf_counter() - began, "load": os.getloadavg()[0]}


def measure_retail(folder: Path) -> dict[str, Any]:
    """Cold and warm on Online Retail."""
    from apps.importing import import_business_file

    home = folder / "retail"
    report = import_business_file(
        settings_of(home), ONLINE_RETAIL, "orders", "online-retail", currency=None, tell=lambda *_: None
    )
    return {"import_seconds": report.seconds, **alone("report", home, RETAIL_DAY)}


def measure_import(folder: Path) -> dict[str, Any]:
    """Time and memory of a file of a million lines."""
    home = folder / "import"
    home.mkdir()
    write_lines(home / "orders.csv")
    return alone("import", home, GENERATED_DAY)


def measure_generated(folder: Path, orders: int) -> dict[str, Any]:
    """Time and memory of a generated store, and the two ways beside each other."""
    home = folder / f"generated-{orders}"
    generate(home, orders)
    report = alone("report", home, GENERATED_DAY)
    ours, plain = alone("ibis", home, GENERATED_DAY), alone("pandas", home, GENERATED_DAY)
    for name in ("net", "segments", "cohort"):
        assert ours[name] == plain[name], f"{name}: {ours[name]} by Ibis, {plain[name]} in pandas"
    return {
        "orders": orders,
        "report": report,
        "ibis_seconds": ours["seconds"],
        "ibis_processor": ours["processor"],
        "pandas_processor": plain["processor"],
        "times_less_processor": plain["processor"] / ours["processor"],
        "ibis_gigabytes": ours["gigabytes"],
        "pandas_seconds": plain["seconds"],
        "pandas_gigabytes": plain["gigabytes"],
        "times_faster": plain["seconds"] / ours["seconds"],
    }


def show(result: dict[str, Any]) -> None:
    """Prints the figures."""
    if retail := result.get("retail"):
        print(
            f"Online Retail: import {retail['import_seconds']:.1f} s; report cold {retail['cold']:.1f} s (goal "
            f"{GOALS['retail_cold']:.0f}), warm {retail['warm']:.1f} s (goal {GOALS['retail_warm']:.0f}), processor "
            f"{retail['cold_processor']:.1f} and {retail['warm_processor']:.1f} s, "
            f"peak {retail['gigabytes']:.2f} GB"
        )
    if lines := result.get("import"):
        print(
            f"{LINES:,} lines imported in {lines['first']:.1f} s (goal {GOALS['import_1m']:.0f}), again in "
            f"{lines['again']:.1f} s, peak {lines['gigabytes']:.2f} GB, told {lines['told']} times"
        )
    for one in result["generated"]:
        print(
            f"{one['orders']:,} orders: report cold {one['report']['cold']:.1f} s, peak "
            f"{one['report']['gigabytes']:.2f} GB; the tables' numbers {one['ibis_seconds']:.1f} s and "
            f"{one['ibis_gigabytes']:.2f} GB, in pandas {one['pandas_seconds']:.1f} s and "
            f"{one['pandas_gigabytes']:.2f} GB: {one['times_faster']:.1f} times as fast, by processor time "
            f"{one['times_less_processor']:.1f} (report cold {one['report']['cold_processor']:.1f} s of processor; "
            f"load {one['report']['load']:.1f})"
        )


def main() -> None:
    """Prints the figures, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--only-reports", action="store_true", help="leave out the import of a million lines")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", nargs=3, metavar=("WHAT", "HOME", "DAY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        what, home, day = options.alone
        found = WORK[what](Path(home), date.fromisoformat(day))
        found["gigabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        result: dict[str, Any] = {"generated": []}
        if ONLINE_RETAIL.is_file():
            result["retail"] = measure_retail(Path(folder))
        if not options.only_reports:
            result["import"] = measure_import(Path(folder))
        for orders in options.orders:
            result["generated"].append(measure_generated(Path(folder), orders))
    if options.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
