"""What Slack answers, in our own words: against a server that speaks its Web API from a script."""

from __future__ import annotations

import pytest

from agents.channel_policy import load_channel_policy
from agents.errors import BadInput, ChannelClosed, Permanent, Throttled, Transient
from integrations.slack.channel import SlackChannel
from integrations.slack.client import SlackClient
from tests.slack_script import Script


def test_too_many_calls_are_left_until_slack_says_when(script: Script) -> None:
    client = SlackClient("xoxb", script.url)
    script.says("chat.postMessage", 429, {"Retry-After": "7"}, ok=False, error="ratelimited")
    with pytest.raises(Throttled) as first:
        client.call("chat.postMessage", channel="C")
    assert first.value.retry_after == 7
    with pytest.raises(Throttled):
        client.call("chat.postMessage", channel="C")
    assert script.calls == ["chat.postMessage"], "nobody is asked again before the time"
    client.call("chat.update", channel="C")


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("token_revoked", "SLACK_BOT_TOKEN"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("channel_not_found", "SLACK_SUPPORT_CHANNEL"),
        ("not_in_channel", "/invite @gtm"),
        ("is_archived", "Unarchive"),
        ("missing_scope", "slack/manifest.yaml"),
    ],
)
def test_what_a_person_has_to_mend_is_named_with_what_to_do(script: Script, code: str, remedy: str) -> None:
    script.says("chat.postMessage", ok=False, error=code)
    with pytest.raises(ChannelClosed, match=remedy) as raised:
        SlackClient("xoxb", script.url).call("chat.postMessage", channel="C")
    assert code in str(raised.value)


def test_a_broken_slack_is_tried_again_and_a_broken_message_is_not(script: Script) -> None:
    client = SlackClient("xoxb", script.url)
    script.says("chat.postMessage", 500)
    with pytest.raises(Transient):
        client.call("chat.postMessage", channel="C")
    script.says("chat.postMessage", ok=False, error="invalid_blocks", errors=["must be more than 1"])
    with pytest.raises(Permanent, match="must be more than 1"):
        client.call("chat.postMessage", channel="C")
    assert len(script.calls) == 2, "a call is never sent twice by itself"


def test_a_slack_that_is_not_there_says_so() -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        SlackClient("xoxb", "http://127.0.0.1:9/api").call("auth.test")
    with pytest.raises(BadInput, match="SLACK_API_URL"):
        SlackClient("xoxb", "slack.com")


def test_a_channel_by_name_is_looked_up_and_an_archived_one_is_named(script: Script) -> None:
    script.says("conversations.list", ok=True, channels=[{"id": "C7", "name": "support"}])
    channel = SlackChannel(SlackClient("xoxb", script.url), "#support", load_channel_policy())
    assert channel.channel == "C7"
    script.says("conversations.info", ok=True, channel={"id": "C7", "is_archived": True})
    with pytest.raises(ChannelClosed, match="archived"):
        channel.check()
    script.says("conversations.info", ok=True, channel={"id": "C7", "is_member": False})
    with pytest.raises(ChannelClosed, match="/invite"):
        channel.check()
    script.says("conversations.list", ok=True, channels=[])
    with pytest.raises(ChannelClosed, match="SLACK_SUPPORT_CHANNEL"):
        _ = SlackChannel(SlackClient("xoxb", script.url), "help", load_channel_policy()).channel
