"""What `gtm doctor` says of Slack: exactly what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agents.errors import ChannelClosed, Transient
from apps.doctor import examine
from apps.doctor_slack import check_slack
from apps.examined import Part
from integrations import connect
from integrations.settings import Settings
from tests.slack_script import Script, scripted_slack


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_slack() as running:
        running.says("conversations.info", ok=True, channel={"id": "C01SUPPORT", "is_member": True})
        yield running


def settings(home: Path, url: str | None, **changes: object) -> Settings:
    known: dict[str, object] = {
        "slack_bot_token": SecretStr("xoxb"),
        "slack_app_token": SecretStr("xapp"),
        "slack_signing_secret": None,
        "slack_api_url": url,
        "slack_support_channel": "C01SUPPORT",
        "slack_gtm_channel": None,
    }
    return Settings(home=home, database_url=None).model_copy(update={**known, **changes})


def part(given: Settings) -> Part:
    return next(each for each in examine(given) if each.name == "slack")


def test_all_is_well(tmp_path: Path, script: Script) -> None:
    assert check_slack(settings(tmp_path, script.url)).state == "ok"
    over_http = settings(tmp_path, script.url, slack_app_token=None, slack_signing_secret=SecretStr("s"))
    assert "by HTTP" in check_slack(over_http).detail


@pytest.mark.parametrize(
    ("method", "error", "words"),
    [
        ("auth.test", "token_revoked", "Install the app again"),
        ("conversations.info", "channel_not_found", "SLACK_SUPPORT_CHANNEL"),
        ("apps.connections.open", "invalid_auth", "SLACK_APP_TOKEN"),
    ],
)
def test_what_slack_refuses_is_named(
    tmp_path: Path, script: Script, method: str, error: str, words: str
) -> None:
    script.says(method, ok=False, error=error)
    with pytest.raises(ChannelClosed, match=words):
        check_slack(settings(tmp_path, script.url))
    found = part(settings(tmp_path, script.url))
    assert found.state == "broken"
    assert error in found.detail


@pytest.mark.parametrize(
    ("channel", "words"),
    [({"is_archived": True}, "archived"), ({"is_member": False}, "/invite @gtm")],
)
def test_a_channel_that_takes_nothing_is_named(
    tmp_path: Path, script: Script, channel: dict[str, bool], words: str
) -> None:
    script.says("conversations.info", ok=True, channel=channel)
    with pytest.raises(ChannelClosed, match=words):
        check_slack(settings(tmp_path, script.url))


def test_a_slack_that_is_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        check_slack(settings(tmp_path, "http://127.0.0.1:9/api/"))


def test_what_is_half_set_names_the_other_half(tmp_path: Path) -> None:
    found = check_slack(settings(tmp_path, None, slack_app_token=None))
    assert (found.state, found.detail) == ("broken", "not set: SLACK_APP_TOKEN or SLACK_SIGNING_SECRET")


def test_without_slack_nothing_is_wrong_unless_cases_still_go_there(tmp_path: Path) -> None:
    nothing = {
        "slack_bot_token": None,
        "slack_app_token": None,
        "slack_support_channel": None,
    }
    given = settings(tmp_path, None, **nothing)
    assert check_slack(given).state == "off"
    services = connect(given)
    services.channel_book.turn_on("C01SUPPORT", services.now())
    services.close()
    found = check_slack(given)
    assert found.state == "broken"
    assert "gtm slack --disconnect" in found.remedy
