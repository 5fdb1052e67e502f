"""Fixtures that every test folder shares."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command that a test runs sends logs to that test's streams, which are closed after it, and masks them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.setLogRecordFactory(logging.LogRecord)  # a fixture of a whole file may have run a command too
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


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The business data of the sample shop up to 15 November 2026, a file to be copied into a home."""
    from apps.importing import load_sample
    from tests.business import settings_of

    settings = settings_of(tmp_path_factory.mktemp("sample"))
    load_sample(settings, date(2026, 11, 15), if_empty=False)
    return settings.analytics_file
