"""UCI Online Retail in a store, imported once for all tests that need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.settings import Settings
from tests.business import import_into, settings_of
from tests.shared_data import SHARED_DATA, missing

FILE = SHARED_DATA / "retail" / "online_retail.parquet"


@pytest.fixture(scope="session")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a home with all 541,909 lines."""
    if not FILE.is_file():
        missing("the data set shared/data/retail is not here; a plain clone lacks it")
    settings = settings_of(Path(tmp_path_factory.mktemp("online-retail")))
    report = import_into(settings, FILE, "orders", "online-retail")
    assert (report.accepted, report.rejected, report.duplicates) == (541_909, 0, 0)
    return settings
