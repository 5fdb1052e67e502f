"""What `gtm doctor` says of the weekly report: when the next one comes, and what became of the last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from agents.weekly.posting import Posting, PostingState
from apps.doctor import examine
from apps.examined import Part
from integrations.database.engine import Store
from integrations.database.postings import PostingTables
from integrations.settings import Settings
from tests.business import settings_of
from tests.slack_script import Script, scripted_slack

NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_slack() as running:
        yield running


def part(settings: Settings) -> Part:
    return next(each for each in examine(settings) if each.name == "weekly report")


def test_before_the_first_it_says_when_that_comes(tmp_path: Path) -> None:
    found = part(settings_of(tmp_path))
    assert found.state == "ok"
    assert found.detail.startswith("next on Monday, ")
    assert "09:00 (America/Denver), for the control room" in found.detail
    assert "none was due yet" in found.detail


@pytest.mark.parametrize(
    ("state", "how", "said"),
    [
        ("done", "ok", "the one of 16 November was made"),
        ("waiting", "ok", "is being made"),
        ("skipped", "ok", "was left out: no data"),
        ("failed", "broken", "could not be made: no data"),
    ],
)
def test_it_says_what_became_of_the_last(tmp_path: Path, state: PostingState, how: str, said: str) -> None:
    settings = settings_of(tmp_path)
    store = Store(settings.database)
    PostingTables(store).add(
        Posting(
            id="w-20261116",
            as_of=NOW.date(),
            by="the schedule",
            origin="schedule",
            due=NOW,
            created=NOW,
            state=state,
            reason="no data" if state in ("skipped", "failed") else None,
        )
    )
    store.close()
    found = part(settings)
    assert (found.state, said in found.detail) == (how, True)


def test_a_channel_that_cannot_be_posted_to_is_named(tmp_path: Path, script: Script) -> None:
    token = {"slack_bot_token": SecretStr("xoxb"), "slack_api_url": script.url}
    without = settings_of(tmp_path).model_copy(update={**token, "slack_gtm_channel": None})
    assert "SLACK_GTM_CHANNEL would show it in Slack" in part(without).detail
    there = without.model_copy(update={"slack_gtm_channel": "C01GTM"})
    script.says("conversations.info", ok=True, channel={"id": "C01GTM", "is_member": True})
    assert "in Slack, C01GTM" in part(there).detail
    script.says("conversations.info", ok=True, channel={"id": "C01GTM", "is_member": False})
    assert part(there).state == "broken"
    assert "/invite @gtm" in part(there).detail
