"""Examines the way to the team's Slack."""

from __future__ import annotations

from agents.team_channel import ChannelStanding
from apps.examined import Part
from integrations import open_channel
from integrations.settings import Settings


def check_slack(settings: Settings) -> Part:
    """Slack lets us in, the bot is in the channel, and nothing waits for it."""
    if not settings.has_slack:
        return _slack_is_off(settings)
    channel = open_channel(settings)
    assert channel is not None  # noqa: S101 - the settings say so
    channel.check()
    if settings.slack_app_token is not None:
        from integrations.slack.client import check_app_token  # noqa: PLC0415

        check_app_token(settings.slack_app_token.get_secret_value(), settings.slack_api_url)
    way = "Socket Mode" if settings.slack_app_token is not None else "HTTP"
    standing = _channel_standing(settings)
    if standing is not None and standing.trouble is not None:
        detail = f"{standing.waiting} waiting: {standing.trouble}"
        return Part("slack", "broken", detail, "`gtm outbox` lists what failed for good.")
    return Part("slack", "ok", f"{channel.describe()}, by {way}")


def _slack_is_off(settings: Settings) -> Part:
    given = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_SUPPORT_CHANNEL": settings.slack_support_channel,
        "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET": settings.slack_app_token or settings.slack_signing_secret,
    }
    missing = [name for name, value in given.items() if value is None]
    if len(missing) < len(given):
        return Part(
            "slack", "broken", f"not set: {', '.join(missing)}", "Set it; the README says where to find it."
        )
    standing = _channel_standing(settings)
    if standing is not None:
        detail = f"cases go to {standing.channel} since {standing.since:%Y-%m-%d}, but no token is set here"
        return Part("slack", "broken", detail, "Set SLACK_BOT_TOKEN, or run `gtm slack --disconnect`.")
    return Part("slack", "off", "cases are answered in the control room", "The README says how to set it up.")


def _channel_standing(settings: Settings) -> ChannelStanding | None:
    if not settings.has_database:
        return None
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.slack import SlackBook  # noqa: PLC0415

    store = Store(settings.database)
    try:
        return SlackBook(store).standing()
    finally:
        store.close()
