"""One person among the business data: given out, made nameless with every sum kept, and not brought back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from agents.errors import Transient
from agents.personal import Address
from analytics.persons import new_pseudonym
from integrations import open_warehouse
from integrations.settings import Settings
from integrations.warehouse.duckdb_engine import DuckDbEngine
from integrations.warehouse.personal import PersonalWarehouse
from integrations.warehouse.store import Warehouse
from knowledge_base.locks import exclusive
from tests.business import import_into, rows_of, settings_of, write_csv
from tests.postgres import own_database

ANNA = Address("anna@mail.example")
JOANNA = Address("joanna@mail.example")
ORDERS = (
    ("order_id", "date", "customer", "channel", "sku", "price"),
    ("1", "2026-06-01", "Anna@mail.example", "email", "A", "10"),
    ("2", "2026-06-08", "anna@mail.example", "email", "A", "20"),
    ("3", "2026-06-08", "joanna@mail.example", "email", "A", "40"),
    ("4", "2026-06-09", "c17", "email", "A", "80"),
)
CUSTOMERS = (
    ("customer_id", "country", "name", "email"),
    ("anna@mail.example", "DE", "Anna", "anna@mail.example"),
    ("c17", "DE", "Anna at work", "ANNA@mail.example"),
    ("joanna@mail.example", "FR", "Joanna", "joanna@mail.example"),
)
TICKETS = (
    ("ticket_id", "opened at", "customer", "status", "topic"),
    ("t1", "2026-06-01", "anna@mail.example", "escalated", "where is anna@mail.example's tin"),
    ("t2", "2026-06-01", "joanna@mail.example", "open", "joanna@mail.example asks"),
)
FILES = {"orders": ORDERS, "customers": CUSTOMERS, "tickets": TICKETS}


@pytest.fixture(params=["duckdb", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "duckdb":
        yield filled(settings_of(tmp_path / "home"), tmp_path)
        return
    with own_database() as url:
        yield filled(settings_of(tmp_path / "home", url), tmp_path)


def filled(settings: Settings, folder: Path) -> Settings:
    for kind, rows in FILES.items():
        import_into(settings, write_csv(folder / f"{kind}.csv", *rows), kind)
    return settings


def people(settings: Settings) -> PersonalWarehouse:
    return PersonalWarehouse(open_warehouse(settings), settings.import_lock, settings.import_scratch)


def forget(settings: Settings, address: Address = ANNA) -> dict[str, int]:
    business = people(settings)
    return business.rename(address, {old: new_pseudonym() for old in business.ids_of(address)})


def sums(settings: Settings) -> list[object]:
    """Everything that a report counts: money by day and channel, buyers by segment, tickets by status."""
    return [
        rows_of(settings, "orders", "day", "channel", "net", "seq", "gap"),
        rows_of(settings, "tickets", "status"),
        len({person for (person,) in rows_of(settings, "orders", "customer_id")}),
    ]


def test_what_is_held_of_a_person_is_given_out(settings: Settings) -> None:
    held = people(settings).rows_of(ANNA)
    assert {row["order_id"] for row in held["sales"]} == {"1", "2", "4"}
    assert {row["name"] for row in held["customers"]} == {"Anna", "Anna at work"}
    assert [(row["ticket_id"], row["day"]) for row in held["tickets"]] == [("t1", "2026-06-01")]
    assert people(settings).rows_of(Address("nobody@mail.example")) == {}


def test_the_person_goes_and_every_sum_stays(settings: Settings, tmp_path: Path) -> None:
    before = sums(settings)
    others = people(settings).rows_of(JOANNA)
    assert people(settings).search(ANNA).found
    assert forget(settings) == {"sales": 3, "customers": 2, "tickets": 2}
    assert sums(settings) == before
    assert people(settings).rows_of(ANNA) == {}
    found = people(settings).search(ANNA)
    assert found.found == ()
    assert found.others == {JOANNA.email}
    assert people(settings).rows_of(JOANNA) == others
    assert {name for (name,) in rows_of(settings, "customers", "name")} == {None, "Joanna"}
    assert forget(settings) == {}, "a second time finds nothing"
    for kind, rows in FILES.items():
        again = import_into(settings, write_csv(tmp_path / f"{kind}.csv", *rows), kind)
        assert (again.accepted, again.duplicates) == (0, len(rows) - 1), "the same file brings nobody back"
    assert people(settings).search(ANNA).found == ()


def test_the_bytes_of_the_file_go_too(tmp_path: Path) -> None:
    settings = filled(settings_of(tmp_path / "home"), tmp_path)
    with duckdb.connect(str(settings.analytics_file)) as database:
        database.execute("CHECKPOINT")
    assert ANNA.pseudonym.encode() in settings.analytics_file.read_bytes()
    forget(settings)
    content = settings.analytics_file.read_bytes()
    assert ANNA.pseudonym.encode() not in content
    assert content.count(b"anna@mail.example") == content.count(b"joanna@mail.example")
    assert sorted(file.name for file in settings.home.glob("analytics*")) == [
        "analytics.duckdb",
        "analytics.lock",
    ]


def test_a_file_that_somebody_reads_is_rewritten_when_they_have_done(tmp_path: Path) -> None:
    settings = filled(settings_of(tmp_path / "home"), tmp_path)
    warehouse = Warehouse(DuckDbEngine(settings.analytics_file, wait_seconds=0.2))
    business = PersonalWarehouse(warehouse, settings.import_lock, settings.import_scratch)
    with warehouse.reading(), pytest.raises(Transient, match="in use"):
        business.rename(ANNA, {ANNA.pseudonym: new_pseudonym()})
    assert ANNA.pseudonym.encode() in settings.analytics_file.read_bytes()
    assert business.rename(ANNA, {ANNA.pseudonym: new_pseudonym()}) == {}
    assert ANNA.pseudonym.encode() not in settings.analytics_file.read_bytes()


def test_nobody_is_forgotten_in_the_middle_of_an_import(tmp_path: Path) -> None:
    settings = filled(settings_of(tmp_path / "home"), tmp_path)
    business = PersonalWarehouse(
        open_warehouse(settings), settings.import_lock, settings.import_scratch, wait_seconds=0.1
    )
    with (
        exclusive(settings.import_lock, wait_seconds=1),
        pytest.raises(Transient, match=r"import .* is running"),
    ):
        business.rename(ANNA, {ANNA.pseudonym: new_pseudonym()})


def test_without_a_store_there_is_nobody_and_none_is_made(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    assert people(settings).rows_of(ANNA) == {}
    assert people(settings).search(ANNA).rows == 0
    assert forget(settings) == {}
    assert not settings.analytics_file.exists()
