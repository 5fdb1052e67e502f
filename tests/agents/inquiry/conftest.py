"""The sample shop on a Wednesday, asked by somebody of its team."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.inquiry.desk import InquiryDesk
from agents.inquiry.finding import Finding
from agents.ports import Services
from integrations import connect
from tests.business import settings_of

TODAY = datetime(2026, 11, 18, 15, tzinfo=UTC)

Ask = Callable[..., Finding]


@pytest.fixture(scope="package")
def shop(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The services of a home with the sample business; it is always the same Wednesday there."""
    settings = settings_of(tmp_path_factory.mktemp("shop"))
    shutil.copy(sample_store, settings.analytics_file)
    services = connect(settings)
    services.now = lambda: TODAY
    yield services
    services.close()


@pytest.fixture(scope="package")
def inquiries(shop: Services) -> InquiryDesk:
    """Its desk for questions about the numbers."""
    return InquiryDesk(shop, lambda text: text)


@pytest.fixture(scope="package")
def ask(inquiries: InquiryDesk) -> Ask:
    """Asks one question after others: `ask("and in May?", "revenue in April")`."""

    def asked(question: str, *before: str) -> Finding:
        return inquiries.ask(question, [("customer", each) for each in before])

    return asked
