"""A PostgreSQL database of a test's own, on the server that TEST_POSTGRES_URL names."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator

import sqlalchemy as sa

from tests.shared_data import missing

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1/postgres")


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """The URL of a new database, which is dropped afterwards."""
    name = f"gtm_test_{secrets.token_hex(6)}"
    try:
        server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except (sa.exc.SQLAlchemyError, ImportError):
        missing(f"no PostgreSQL at {sa.engine.make_url(SERVER).render_as_string()}; set TEST_POSTGRES_URL")
    try:
        yield sa.engine.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()
