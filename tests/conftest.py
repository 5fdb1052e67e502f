"""Fixtures that every test folder shares."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command that a test runs sends logs to that test's streams, which are closed after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """Where the exported embedding model is kept between test runs: making it takes longer than using it."""
    folder = ROOT / ".cache" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def sample_documents() -> Path:
    """The sample knowledge base of the repository."""
    return ROOT / "knowledge_base" / "documents"
