"""Examines when the weekly report comes next, and what became of the last one."""

from __future__ import annotations

from datetime import UTC, datetime

from agents.weekly.policy import load_weekly_policy
from agents.weekly.posting import Posting
from agents.weekly.schedule import next_moment
from apps.examined import Part
from integrations.settings import Settings

NAME = "weekly report"


def check_weekly(settings: Settings) -> Part:
    """The channel for it can be posted to, and the last one that was due is there."""
    policy = load_weekly_policy(settings.policies)
    comes = next_moment(policy, datetime.now(UTC))
    to = _to(settings)
    detail = f"next on {comes:%A}, {comes.day} {comes:%B %H:%M} ({policy.timezone}), {to}"
    last = _last(settings)
    if last is None:
        return Part(NAME, "ok", f"{detail}; none was due yet")
    of = f"the one of {last.as_of.day} {last.as_of:%B}"
    if last.state == "failed":
        remedy = "Mend what the reason names, then `gtm weekly` or, in Slack, `/gtm weekly`."
        return Part(NAME, "broken", f"{of} could not be made: {last.reason}", remedy)
    said = {"done": "was made", "waiting": "is being made", "skipped": f"was left out: {last.reason}"}
    return Part(NAME, "ok", f"{detail}; {of} {said[last.state]}")


def _to(settings: Settings) -> str:
    """Where it goes, in words. A channel that cannot be posted to raises."""
    if settings.slack_bot_token is None:
        return "for the control room"
    if settings.slack_gtm_channel is None:
        return "for the control room; SLACK_GTM_CHANNEL would show it in Slack"
    from agents.channel_policy import load_channel_policy  # noqa: PLC0415
    from integrations.slack.channel import SlackChannel  # noqa: PLC0415
    from integrations.slack.client import SlackClient  # noqa: PLC0415

    client = SlackClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    channel = SlackChannel(client, settings.slack_gtm_channel, load_channel_policy(settings.policies))
    channel.check()
    return f"in {channel.describe()}"


def _last(settings: Settings) -> Posting | None:
    if not settings.has_database:
        return None
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.postings import PostingTables  # noqa: PLC0415

    store = Store(settings.database)
    try:
        return PostingTables(store).scheduled()
    finally:
        store.close()
