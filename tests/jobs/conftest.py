"""What tests of jobs work with: a desk on each of the databases that it may use, and a Slack of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, open_desk, write_documents
from tests.postgres import own_database
from tests.slack_proxy import Proxy, slack_proxy
from tests.slack_server import LocalSlack, local_slack


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own that escalates everything; its database is a file, then one on the PostgreSQL server."""
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


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    """The local counterpart of Slack."""
    with local_slack(tmp_path_factory.mktemp("slack")) as running_slack:
        yield running_slack


@pytest.fixture(scope="module")
def proxy(slack: LocalSlack) -> Iterator[Proxy]:
    """What stands between a desk and that Slack, and fails as a test says."""
    with slack_proxy(slack.url) as running_proxy:
        yield running_proxy
