"""Files as they come: what is in them is read, what cannot be read is named, and nothing is guessed or half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from agents.errors import BadInput
from apps.importing import import_business_file
from integrations import open_warehouse
from tests.business import import_into, rejected, rows_of, settings_of, write_csv

HEADER = "order_id,date,customer,product,price\n"
GOOD = "1,2026-01-05,ann,Kräuter,10\n"


def stored(folder: Path, file: Path) -> list[tuple[object, ...]]:
    settings = settings_of(folder / "home")
    import_into(settings, file, "orders")
    return rows_of(settings, "sales", "order_id", "day", "product", "amount")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_encodings_and_marks_between_fields_are_found_out(tmp_path: Path, encoding: str, mark: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes((HEADER + GOOD).replace(",", mark).replace("\n", "\r\n").encode(encoding))
    [(order, _, product, amount)] = stored(tmp_path, file)
    assert (order, product, amount) == ("1", "Kräuter", 1000)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("orders.csv", b"", "is empty"),
        ("orders.csv", b"\xef\xbb\xbf", "is empty"),
        ("orders.csv", b"\0" * 4096, "is empty"),
        ("orders.csv", b'"order_id,date\n1,2026-01-05\n', "is no table"),
        ("orders.xlsx", b"", "cannot be read as a workbook"),
        ("orders.xlsx", b"PK\x05\x06" + b"\0" * 18, "cannot be read as a workbook"),
        ("orders.parquet", b"", "cannot be read as Parquet"),
        ("orders.parquet", b"PAR1 but no more", "cannot be read as Parquet"),
        ("orders.pdf", b"%PDF", "CSV, XLSX and Parquet can be read"),
        ("orders", b"a,b\n", "ends with nothing"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    settings = settings_of(tmp_path / "home")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=said):
        import_into(settings, tmp_path / name, "orders")
    assert not open_warehouse(settings).standing().filled


def test_a_folder_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").mkdir()
    with pytest.raises(BadInput, match=r"is a folder\. Name one file"):
        import_into(settings_of(tmp_path / "home"), tmp_path / "orders.csv", "orders")


def test_a_line_of_100_mb_is_rejected_and_not_kept_in_memory(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    file = tmp_path / "orders.csv"
    with file.open("w") as opened:
        opened.write(HEADER + GOOD + "2,2026-01-05,ann,")
        for _ in range(100):
            opened.write("x" * 1_000_000)
        opened.write(",10\n3,2026-01-05,ann,Chai,10\n")
    report = import_into(settings, file, "orders")
    assert (report.accepted, report.rejected) == (2, 1)
    [(line, reason)] = rejected(report)
    assert (line, "longer than 4,000,000 characters" in reason) == (3, True)
    assert report.rejected_file is not None
    assert report.rejected_file.stat().st_size < 10_000
    assert [order for (order,) in rows_of(settings, "sales", "order_id")] == ["1", "3"]


def test_a_first_line_of_100_mb_is_no_line_with_names(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(b"x" * 100_000_000)
    with pytest.raises(BadInput, match=r"is no table: .*longer than 4,000,000 characters"):
        import_into(settings_of(tmp_path / "home"), tmp_path / "orders.csv", "orders")


def test_a_file_that_changes_while_it_is_read_is_not_half_imported(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + GOOD)

    def meddle(phase: str, _done: int, _total: int) -> None:
        if phase == "reading":
            with file.open("a") as opened:
                opened.write(GOOD)

    with pytest.raises(BadInput, match="has changed while it was read, so nothing was stored"):
        import_business_file(settings, file, "orders", "generic", currency=None, tell=meddle)
    assert not open_warehouse(settings).standing().filled
    assert import_into(settings, file, "orders").accepted > 1


def test_parquet_of_other_types_gives_the_same_days_and_amounts(tmp_path: Path) -> None:
    night = datetime(2026, 1, 7, 2, 30, tzinfo=UTC)  # still the sixth in Denver
    rows = {
        "order_id": pa.array([1, 2], pa.int32()),
        "date": pa.array([night, night], pa.timestamp("us", "UTC")),
        "customer": pa.array(["ann", None]).dictionary_encode(),
        "product": pa.array(["Chai", "Chai"], pa.large_string()),
        "price": pa.array([Decimal("10.10"), Decimal("0.1")], pa.decimal128(12, 4)),
        "qty": pa.array([2.0, 1.0], pa.float32()),
    }
    parquet.write_table(pa.table(rows), tmp_path / "orders.parquet")
    expected = [("1", 2020), ("2", 10)]
    found = stored(tmp_path, tmp_path / "orders.parquet")
    assert [(order, amount) for order, _, _, amount in found] == expected
    assert {str(day)[:10] for _, day, _, _ in found} == {"2026-01-06"}


@pytest.mark.parametrize(
    "day",
    [
        pa.array([datetime(2026, 1, 6, 19, 30)], pa.timestamp("ns")),  # noqa: DTZ001 - a time of the shop's own
        pa.array([datetime(2026, 1, 6).date()], pa.date32()),  # noqa: DTZ001
        pa.array(
            [datetime(2026, 1, 7, 3, 30, tzinfo=timezone(timedelta(hours=1)))],
            pa.timestamp("ms", "Asia/Tokyo"),
        ),
        pa.array(["2026-01-06T19:30:00-07:00"]),
    ],
    ids=["naive", "date", "zoned", "text"],
)
def test_days_of_any_type_fall_on_the_day_of_the_business(tmp_path: Path, day: pa.Array) -> None:
    table = pa.table({"order_id": ["1"], "date": day, "price": [1e1]})
    parquet.write_table(table, tmp_path / "orders.parquet")
    [(_, found, _, amount)] = stored(tmp_path, tmp_path / "orders.parquet")
    assert (str(found)[:10], amount) == ("2026-01-06", 1000)


def test_parquet_columns_that_are_no_values_are_rejected_line_by_line(tmp_path: Path) -> None:
    table = pa.table({"order_id": ["1"], "date": ["2026-01-06"], "price": pa.array([[1.0, 2.0]])})
    parquet.write_table(table, tmp_path / "orders.parquet")
    report = import_into(settings_of(tmp_path / "home"), tmp_path / "orders.parquet", "orders")
    [(line, reason)] = rejected(report)
    assert (line, "unit_price '[1.0, 2.0]' is no amount" in reason) == (1, True)


def workbook(file: Path, fill: Callable[[Workbook], None]) -> Path:
    book = Workbook()
    fill(book)
    book.save(file)
    return file


def test_a_formula_that_was_never_calculated_is_named_and_not_taken_for_empty(tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        assert book.active is not None
        for row in (
            ["order_id", "date", "customer", "qty", "price"],
            [1, datetime(2026, 1, 5), "ann", 2, 10.5],  # noqa: DTZ001 - a cell has no zone
            [2, "2026-01-05", "ann", 1, "=2*3.5"],
            [3, "2026-01-05", "=A2", 1, 7],
        ):
            book.active.append(row)

    settings = settings_of(tmp_path / "home")
    report = import_into(settings, workbook(tmp_path / "orders.xlsx", fill), "orders")
    assert (report.accepted, report.rejected) == (1, 2)
    assert [(line, "never calculated" in reason) for line, reason in rejected(report)] == [
        (3, True),
        (4, True),
    ]
    assert "=2*3.5" in rejected(report)[0][1]
    assert rows_of(settings, "sales", "order_id", "amount") == [("1", 2100)]


def test_an_empty_workbook_is_refused_and_empty_rows_above_the_names_are_not(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    with pytest.raises(BadInput, match="is empty"):
        import_into(settings, workbook(tmp_path / "none.xlsx", lambda _book: None), "orders")

    def fill(book: Workbook) -> None:
        assert book.active is not None
        for row in (
            [],
            [],
            ["order_id", "date", "price"],
            ["1", "2026-01-05", "10"],
            [None],
            ["2", "2026-01-05", "=0/"],
        ):
            book.active.append(row)
        book.create_sheet("Notes").append(["=1+1"])

    report = import_into(settings, workbook(tmp_path / "orders.xlsx", fill), "orders")
    assert report.accepted == 1
    assert [line for line, _ in rejected(report)] == [6]


def test_names_that_stand_twice_and_columns_without_one_do_no_harm(tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "orders.csv",
        ("order_id", "", "date", "price", "price", ""),
        (1, "x", "2026-01-05", 10, 99, ""),
    )
    [(order, _, _, amount)] = stored(tmp_path, file)
    assert (order, amount) == ("1", 1000)
