"""A desk that escalates everything, on each of the databases that it may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, open_desk, write_documents
from tests.postgres import own_database


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A home of its own; its database is a file, then one on the PostgreSQL server."""
    documents = [write_documents(tmp_path / "docs")]
    if request.param == "sqlite":
        opened = open_desk(tmp_path / "home", 0.1, documents)
        yield opened
        opened.close()
        return
    with own_database() as url:
        opened = open_desk(tmp_path / "home", 0.1, documents, database_url=url)
        yield opened
        opened.close()
