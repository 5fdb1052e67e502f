"""One person's data among the business data: found, given out, made nameless, and looked for again."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from agents.errors import Transient
from agents.personal import Address, Rows, Searched
from analytics.schema import TABLES
from integrations.warehouse.engines import Connection
from integrations.warehouse.store import Warehouse
from knowledge_base.locks import Held, exclusive

_ID: Final = "customer_id"
_MASKED: Final = "[e-mail]"
_OWN_FIELDS: Final = ("name", "email", "timezone")
"""What the row of a customer says of the person and of nothing else."""
WAIT_SECONDS: Final = 60


class PersonalWarehouse:
    """Implements `agents.personal.PersonalBusiness`."""

    def __init__(
        self, warehouse: Warehouse, import_lock: Path, scratch: Path, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        """Open nothing yet. No import runs while somebody is forgotten; `scratch` is where one leaves its files."""
        self._wait = wait_seconds
        self._warehouse = warehouse
        self._lock = import_lock
        self._scratch = scratch

    def ids_of(self, address: Address) -> tuple[str, ...]:
        """The address' pseudonym, and the ids beside which the customers' table has the address."""
        if not self._warehouse.exists():
            return (address.pseudonym,)
        with self._warehouse.opened() as connection:
            return self._ids(connection, address)

    def rows_of(self, address: Address) -> Rows:
        """Every row of the person by its table."""
        if not self._warehouse.exists():
            return {}
        found: Rows = {}
        with self._warehouse.opened() as connection:
            ids = self._ids(connection, address)
            for table, columns in TABLES.items():
                if _ID in columns:
                    query = f"SELECT {', '.join(columns)} FROM {table} WHERE {_ID} IN ({self._marks(ids)}) ORDER BY key"  # noqa: S608
                    rows = connection.execute(query, tuple(ids))
                    found[table] = [_as_json(dict(zip(columns, row, strict=True))) for row in rows]
        return {table: rows for table, rows in found.items() if rows}

    def rename(self, address: Address, names: Mapping[str, str]) -> dict[str, int]:
        """Rename the ids in one transaction; what else names the address is masked. The store's bytes follow.

        A row keeps its key and digest: the same file imported again finds it, and changes nothing. An import that
        does not end raises `Transient`.
        """
        if not self._warehouse.exists():
            return {}
        try:
            with exclusive(self._lock, wait_seconds=self._wait):
                shutil.rmtree(self._scratch, ignore_errors=True)
                counts: Counter[str] = Counter()
                if self.rows_of(address) or self.search(address).found:
                    with self._warehouse.changing() as connection:
                        counts = self._rename(connection, names) + self._mask(connection, address)
                self._warehouse.compact()
        except Held as error:
            raise Transient(
                f"An import of business data is running ({error.holder}). Forget again when it has ended."
            ) from error
        return dict(counts)

    def search(self, address: Address) -> Searched:
        """Look through every text column of every table."""
        if not self._warehouse.exists():
            return Searched()
        found: list[str] = []
        others: set[str] = set()
        rows = 0
        with self._warehouse.opened() as connection:
            for table, columns in TABLES.items():
                [(count,)] = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own
                rows += int(count)
                for column in _texts(columns):
                    place = f"business data, table {table}, column {column}"
                    spoken = {
                        each
                        for text in self._naming(connection, table, column, address)
                        for each in address.spoken(text)
                    }
                    others |= spoken - {address.email}
                    known = f"SELECT 1 FROM {table} WHERE {column} = {self._warehouse.mark} LIMIT 1"  # noqa: S608
                    if address.email in spoken or connection.execute(known, (address.pseudonym,)):
                        found.append(place)
        return Searched(tables=len(TABLES), rows=rows, found=tuple(found), others=frozenset(others))

    def _ids(self, connection: Connection, address: Address) -> tuple[str, ...]:
        beside = connection.execute(
            f"SELECT DISTINCT {_ID} FROM customers WHERE lower(email) = {self._warehouse.mark} ORDER BY 1",  # noqa: S608
            (address.email,),
        )
        return tuple(dict.fromkeys((address.pseudonym, *(str(each) for (each,) in beside))))

    def _rename(self, connection: Connection, names: Mapping[str, str]) -> Counter[str]:
        counts: Counter[str] = Counter()
        mark = self._warehouse.mark
        for table, columns in TABLES.items():
            for old, new in names.items() if _ID in columns else ():
                where = f"{table} WHERE {_ID} = {mark}"
                [(count,)] = connection.execute(f"SELECT count(*) FROM {where}", (old,))  # noqa: S608
                counts[table] += int(count)
                own = [f", {name} = NULL" for name in _OWN_FIELDS if name in columns and table == "customers"]
                if count:
                    change = f"UPDATE {table} SET {_ID} = {mark}{''.join(own)} WHERE {_ID} = {mark}"  # noqa: S608
                    connection.execute(change, (new, old))
        return counts

    def _mask(self, connection: Connection, address: Address) -> Counter[str]:
        """The address out of free texts, such as the subject of a ticket."""
        counts: Counter[str] = Counter()
        mark = self._warehouse.mark
        for table, columns in TABLES.items():
            for column in _texts(columns):
                for text in self._naming(connection, table, column, address):
                    masked = address.replaced_in(text, _MASKED)
                    if masked != text:
                        change = f"UPDATE {table} SET {column} = {mark} WHERE {column} = {mark}"  # noqa: S608
                        connection.execute(change, (masked, text))
                        counts[table] += 1
        return counts

    def _naming(self, connection: Connection, table: str, column: str, address: Address) -> list[str]:
        """The texts of a column that hold the address, or a longer one."""
        mark = self._warehouse.mark
        holds = " OR ".join(f"strpos(lower({column}), {mark}) > 0" for _ in address.spellings)
        query = f"SELECT DISTINCT {column} FROM {table} WHERE {holds}"  # noqa: S608 - names of our own
        return [str(text) for (text,) in connection.execute(query, address.spellings)]

    def _marks(self, values: Sequence[object]) -> str:
        return ", ".join([self._warehouse.mark] * len(values))


def _texts(columns: Mapping[str, str]) -> list[str]:
    return [name for name, kind in columns.items() if kind == "string"]


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
