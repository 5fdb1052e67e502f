"""The analytics store: rows in, tables out, with what reports need again and again kept ready."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from agents.errors import BadInput, Permanent
from analytics import tables as marts
from analytics.schema import TABLES
from analytics.tables import Names, Standing, Tables
from integrations.warehouse.engines import Connection, Engine

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

VERSION = "2"
_OLDER = ("1",)
MARTS = "4"
"""Changes with what analytics/tables.py makes of the same rows."""
_KEPT_DAYS = 4
_VIEW = "order_list"


class Warehouse:
    """Implements `agents.ports.Warehouse` and `ingest.orders.Target`; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        """Open nothing yet."""
        self._engine = engine
        self._making = threading.Lock()

    @property
    def mark(self) -> str:
        """How a value is marked in a statement."""
        return self._engine.mark

    def exists(self) -> bool:
        """Whether there is a store; asking makes none."""
        return self._engine.exists()

    def standing(self) -> Standing:
        """What is in the store now."""
        if not self._engine.exists():
            return Standing()
        with self.opened() as connection:
            return _standing(connection)

    def merge(self, staging: duckdb.DuckDBPyConnection, table: str, currency: str | None) -> int:
        """Put the rows of the staging's `clean` into a table; gives how many lines of the file changed something."""
        columns = {"file_line": "int64", **TABLES[table]}
        with self.opened() as connection:
            connection.bring(staging, columns)
            try:
                with connection.transaction():
                    return self._merge(connection, table, currency)
            finally:
                connection.leave()

    def _merge(self, connection: Connection, table: str, currency: str | None) -> int:
        standing = _standing(connection)
        [(rows,)] = connection.execute("SELECT count(*) FROM incoming")
        if standing.sample and rows:
            self._empty(connection)
        listed = ", ".join(TABLES[table])
        connection.execute(
            f"CREATE TEMP TABLE changed AS SELECT incoming.* FROM incoming LEFT JOIN {table} AS known "  # noqa: S608
            "ON known.key = incoming.key WHERE known.key IS NULL OR known.digest <> incoming.digest"
        )
        [(lines,)] = connection.execute("SELECT count(DISTINCT file_line) FROM changed")
        if lines:
            connection.execute(f"DELETE FROM {table} WHERE key IN (SELECT key FROM changed)")  # noqa: S608
            connection.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM changed")  # noqa: S608
            self._note(connection, "generation", secrets.token_hex(8))
            if currency is not None:
                self._note(connection, "currency", currency)
        connection.execute("DROP TABLE changed")
        return int(lines)

    def fill_with_sample(self, frames: Mapping[str, pa.Table], currency: str, until: date) -> None:
        """Make the store hold exactly this sample. One that holds real data raises `BadInput`."""
        with self.opened() as connection:
            if _standing(connection).real:
                raise BadInput(
                    "The store holds real data, which sample data must not mix with. Use another --home."
                )
            with connection.transaction():
                self._empty(connection)
                for table, frame in frames.items():
                    connection.bring_frame(frame)
                    listed = ", ".join(TABLES[table])
                    connection.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM incoming")  # noqa: S608
                    connection.leave()
                for name, value in (
                    ("currency", currency),
                    ("sample", until.isoformat()),
                    ("generation", secrets.token_hex(8)),
                ):
                    self._note(connection, name, value)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Tables]:
        """The tables, with orders and customers kept ready for the reports to come."""
        with self.opened() as connection:
            backend = connection.ibis
            sales = backend.table("sales")

            def kept(name: str, make: Callable[[], Any]) -> Any:
                self._refresh(connection, name, make)
                return backend.table(f"mart_{name}")

            names = Names(
                people=kept("people", lambda: marts.names(sales).people),
                channels=kept("channels", lambda: marts.names(sales).channels),
                countries=kept("countries", lambda: marts.names(sales).countries),
            )
            documents = kept("documents", lambda: marts.documents(sales, names, self._engine.identity))
            self._show_orders(connection, marts.orders(documents, names))

            def buyers(day: date) -> Any:
                return kept(f"buyers_{day:%Y%m%d}", lambda: marts.buyers(documents, names, day))

            named = {name: backend.table(name) for name in TABLES}
            named["sales"] = sales.mutate(document=self._engine.identity(sales.document))
            orders = backend.table(_VIEW)
            yield Tables(documents=documents, names=names, orders=orders, buyers=buyers, **named)

    def _show_orders(self, connection: Connection, orders: Any) -> None:
        """Make the view of the orders where there is none: it follows the tables that it is made of."""
        if _state(connection).get(_VIEW) == MARTS:
            return
        with self._making, connection.transaction():
            connection.execute(f"CREATE OR REPLACE VIEW {_VIEW} AS {connection.ibis.compile(orders)}")
            self._note(connection, _VIEW, MARTS)

    def _refresh(self, connection: Connection, name: str, make: Callable[[], Any]) -> None:
        """Make a table anew if the data have changed since it was made; the oldest days go."""
        with self._making:
            if _is_ready(_state(connection), name):
                return
            with connection.transaction():
                state = _state(connection)
                if _is_ready(state, name):
                    return  # another process was first
                self._drop(connection, name)
                expression = make()
                # Sums come in a wider type of the engine's own, which would make everything after them slow.
                types = {
                    column: self._engine.types[str(kind)] for column, kind in expression.schema().items()
                }
                defined = ", ".join(f"{column} {kind}" for column, kind in types.items())
                connection.execute(f"CREATE TABLE mart_{name} ({defined})")
                query = connection.ibis.compile(expression.select(*types))
                connection.execute(f"INSERT INTO mart_{name} {query}")
                self._note(connection, f"mart {name}", _made_of(state))
                kept = sorted(
                    key for key in state if key.startswith("mart buyers_") and key != f"mart {name}"
                )
                for old in kept[: max(0, len(kept) + 1 - _KEPT_DAYS)] if name.startswith("buyers") else []:
                    self._drop(connection, old.removeprefix("mart "))

    def _drop(self, connection: Connection, mart: str) -> None:
        """Remove what was kept ready, and the view before the tables that it shows."""
        if not mart.startswith("buyers"):
            connection.execute(f"DROP VIEW IF EXISTS {_VIEW}")
            connection.execute(f"DELETE FROM state WHERE name = '{_VIEW}'")  # noqa: S608 - a constant
        connection.execute(f"DROP TABLE IF EXISTS mart_{mart}")
        connection.execute(f"DELETE FROM state WHERE name = {self.mark}", (f"mart {mart}",))  # noqa: S608

    @contextlib.contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction in which rows may be changed; what was kept ready of them goes, and old bytes are noted."""
        with self.opened() as connection, connection.transaction():
            yield connection
            for mart in [name for name in _state(connection) if name.startswith("mart ")]:
                self._drop(connection, mart.removeprefix("mart "))
            self._note(connection, "generation", secrets.token_hex(8))
            self._note(connection, "uncompacted", "yes")

    def compact(self) -> None:
        """Let go of the bytes of what `changing` has changed, also where a process before has not come to it."""
        with self.opened() as connection:
            if "uncompacted" not in _state(connection):
                return
        self._engine.compact()
        with self.opened() as connection:
            connection.execute("DELETE FROM state WHERE name = 'uncompacted'")

    @contextlib.contextmanager
    def opened(self) -> Iterator[Connection]:
        """A connection to a store whose tables are there."""
        with self._engine.connected() as connection:
            self._prepare(connection)
            yield connection

    def _prepare(self, connection: Connection) -> None:
        """Make the tables that are not there, and give those of an older version what they lack."""
        text = self._engine.types["string"]
        connection.execute(f"CREATE TABLE IF NOT EXISTS state (name {text} PRIMARY KEY, value {text})")
        found = _state(connection).get("version")
        if found == VERSION:
            return
        if found is not None and found not in _OLDER:
            raise Permanent(
                f"The business data has version {found}, this program needs {VERSION}. "
                "Use the version of the program that wrote it, or another home."
            )
        with connection.transaction():
            for table, columns in TABLES.items():
                defined = ", ".join(f"{name} {self._engine.types[kind]}" for name, kind in columns.items())
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({defined})")
                for name, kind in columns.items() if found is not None else ():
                    added = f"{name} {self._engine.types[kind]}"
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {added}")
            self._note(connection, "version", VERSION)
            self._note(connection, "generation", secrets.token_hex(8))

    def _empty(self, connection: Connection) -> None:
        for table in TABLES:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        connection.execute("DELETE FROM state WHERE name IN ('sample', 'currency')")

    def _note(self, connection: Connection, name: str, value: str) -> None:
        mark = self._engine.mark
        connection.execute(f"DELETE FROM state WHERE name = {mark}", (name,))  # noqa: S608
        connection.execute(f"INSERT INTO state VALUES ({mark}, {mark})", (name, value))  # noqa: S608


def _state(connection: Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, value FROM state"))


def _is_ready(state: Mapping[str, str], mart: str) -> bool:
    return state.get(f"mart {mart}") == _made_of(state)


def _made_of(state: Mapping[str, str]) -> str:
    return f"{state.get('generation', '')} {MARTS}"


def _standing(connection: Connection) -> Standing:
    state = _state(connection)
    tables = " UNION ALL ".join(f"(SELECT 1 FROM {table} LIMIT 1)" for table in TABLES)  # noqa: S608
    filled = bool(connection.execute(f"SELECT 1 FROM ({tables}) AS any_of_them LIMIT 1"))  # noqa: S608
    sample = state.get("sample")
    return Standing(
        currency=state.get("currency"),
        sample=date.fromisoformat(sample) if sample else None,
        filled=filled,
        generation=state.get("generation"),
    )
