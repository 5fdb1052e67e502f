"""A scripted host of models, and a desk whose answers it words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, open_desk, write_documents
from tests.model_server import ModelServer, model_server


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, server: ModelServer) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home", 0.9, [write_documents(tmp_path / "docs")], models_url=server.url)
    yield desk
    desk.close()
