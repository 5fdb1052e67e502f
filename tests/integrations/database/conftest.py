"""A store on each of the databases that the desk may use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.database.engine import Store
from tests.postgres import own_database

DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database: a file, then one on the PostgreSQL server."""
    with _opened(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module", params=DATABASES)
def lasting_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """One database for all tests of a file whose rows do not meet: to make one for each takes most of their time."""
    with _opened(request.param, tmp_path_factory.mktemp("store")) as opened:
        yield opened


@contextlib.contextmanager
def _opened(database: str, folder: Path) -> Iterator[Store]:
    with contextlib.ExitStack() as stack:
        file = f"sqlite:///{folder / 'gtm.sqlite3'}"
        url = file if database == "sqlite" else stack.enter_context(own_database())
        opened = Store(url)
        stack.callback(opened.close)
        yield opened
