"""Which of the team's channels the settings name."""

from __future__ import annotations

from agents.campaigns.cards import CampaignChannel
from agents.channel_policy import load_channel_policy
from agents.team_channel import TeamChannel
from agents.weekly.posting import ReportChannel
from integrations.settings import Settings


def open_channel(settings: Settings) -> TeamChannel | None:
    """The team's channel in Slack, where its token and channel are set."""
    if settings.slack_bot_token is None or settings.slack_support_channel is None:
        return None
    from integrations.slack.channel import SlackChannel  # noqa: PLC0415
    from integrations.slack.client import SlackClient  # noqa: PLC0415

    client = SlackClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    policy = load_channel_policy(settings.policies)
    return SlackChannel(client, settings.slack_support_channel, policy)


def open_report_channel(settings: Settings) -> ReportChannel | None:
    """Where the team's Slack shows weekly reports, where a token is set."""
    if settings.slack_bot_token is None:
        return None
    from integrations.slack.client import SlackClient  # noqa: PLC0415
    from integrations.slack.report_channel import SlackReports  # noqa: PLC0415

    client = SlackClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    policy = load_channel_policy(settings.policies)
    return SlackReports(client, policy, settings.slack_gtm_channel, settings.public_url)


def open_campaign_channel(settings: Settings) -> CampaignChannel | None:
    """Where the team's Slack shows campaigns, where a token is set."""
    if settings.slack_bot_token is None:
        return None
    from integrations.slack.campaign_blocks import shown  # noqa: PLC0415
    from integrations.slack.client import SlackClient  # noqa: PLC0415
    from integrations.slack.views import SlackViews  # noqa: PLC0415

    client = SlackClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    policy = load_channel_policy(settings.policies)
    return SlackViews(client, policy, shown, settings.slack_gtm_channel)
