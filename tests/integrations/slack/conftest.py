"""A Slack that answers from a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack_script import Script, scripted_slack


@pytest.fixture
def script() -> Iterator[Script]:
    """One for each test."""
    with scripted_slack() as running:
        yield running
