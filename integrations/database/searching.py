"""A whole database searched for one person's address."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.personal import Address, Searched

_SYSTEM_SCHEMAS = ("information_schema", "pg_catalog", "pg_toast")


def search_tables(connection: Connection, address: Address) -> Searched:
    """Look through every row of every table of a database."""
    inspector = sa.inspect(connection)
    found: set[str] = set()
    others: set[str] = set()
    tables = rows = 0
    for schema in inspector.get_schema_names():
        if schema in _SYSTEM_SCHEMAS:
            continue
        for name in inspector.get_table_names(schema=schema):
            table = sa.table(name, *(sa.column(each["name"]) for each in inspector.get_columns(name, schema)))
            table.schema = schema
            tables += 1
            for row in connection.execute(sa.select(table)).mappings():
                rows += 1
                for column, value in row.items():
                    place = f"table {name}, column {column}"
                    text = _readable(value)
                    found.update([place] if address.pseudonym in text else [])
                    for spoken in address.spoken(text):
                        found.update([place] if spoken == address.email else [])
                        others.update([spoken] if spoken != address.email else [])
    return Searched(tables=tables, rows=rows, found=tuple(sorted(found)), others=frozenset(others))


def _readable(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else ("" if value is None else str(value))
