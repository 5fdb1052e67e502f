"""A store on each of the databases that the desk may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.database.engine import Store
from tests.postgres import own_database


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database: a file, then one on the PostgreSQL server."""
    if request.param == "sqlite":
        opened = Store(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")
        yield opened
        opened.close()
        return
    with own_database() as url:
        opened = Store(url)
        yield opened
        opened.close()
