"""The bot: its listeners on one Bolt app, in Socket Mode or behind the server of the chat."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any, Final

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from agents.errors import BadInput, Transient
from agents.ports import Services
from agents.session import Session
from apps.slack.asking import Asking
from apps.slack.campaign_buttons import CampaignButtons
from apps.slack.campaign_form import NewCampaign
from apps.slack.commands import Commands
from apps.slack.decisions import Decisions
from apps.slack.desk import SlackDesk
from apps.slack.home import Home
from apps.slack.learning import LearningButtons
from apps.slack.numbers import QueryButton
from apps.slack.threads import Threads
from apps.slack.weekly import WeeklyButtons
from integrations.settings import Settings
from integrations.slack.channel import SlackChannel
from jobs.channel_campaigns import LOOK, ChannelCampaigns
from jobs.ticker import Ticker

WORKERS: Final = 10  # envelopes taken at once
RECONNECT_SECONDS: Final = 5.0  # between two tries to reach Slack at all

log = logging.getLogger(__name__)


class Bot:
    """Everything that listens to Slack, and what it works with."""

    def __init__(self, session: Session, services: Services, settings: Settings) -> None:
        """Connect to nothing yet. Settings that do not suffice raise `BadInput`."""
        channel = services.open_channel()
        if not isinstance(channel, SlackChannel):
            raise BadInput(
                "Slack is not set: give SLACK_BOT_TOKEN (xoxb-…) and SLACK_SUPPORT_CHANNEL, and SLACK_APP_TOKEN "
                "(xapp-…) for Socket Mode or SLACK_SIGNING_SECRET for HTTP. The README says where to find them."
            )
        self._settings = settings
        others = []
        if settings.slack_gtm_channel is not None:
            others = [SlackChannel(channel.client, settings.slack_gtm_channel, services.channel_policy)]
        self.desk = SlackDesk(session, services, channel, others)
        campaigns = services.open_campaign_channel()
        assert campaigns is not None  # noqa: S101 - there is a token
        self._campaigns = ChannelCampaigns(session, services, campaigns)
        home = Home(self.desk)
        secret = settings.slack_signing_secret
        bolt = logging.getLogger("slack_bolt")
        level = bolt.level
        bolt.setLevel(logging.ERROR)  # it warns of the environment, which only our settings read
        self.app = App(
            client=channel.client.web,
            signing_secret=secret.get_secret_value() if secret else None,
            token_verification_enabled=False,  # that would call Slack before anything has begun
            request_verification_enabled=secret is not None,
            logger=bolt,
        )
        bolt.setLevel(level)
        for listeners in (
            Decisions(self.desk, home),
            LearningButtons(self.desk),
            Commands(self.desk),
            WeeklyButtons(self.desk),
            CampaignButtons(self.desk, self._campaigns),
            NewCampaign(self.desk),
            home,
            Asking(self.desk),  # before the threads: direct messages are messages too
            QueryButton(self.desk),
            Threads(self.desk),
        ):
            listeners.register(self.app)

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Within the block, what happens in Slack is heard; over HTTP, the server's endpoint hears it.

        Where Slack cannot be reached, it is tried again until it can.
        """
        line = _Line(self.app, self._settings, self.desk.client.web.base_url)
        ticker = Ticker("Slack", RECONNECT_SECONDS, line.connect)
        if self._settings.slack_app_token is not None:
            ticker.start()
        campaigns = Ticker("The cards of campaigns", LOOK, self._campaigns.look)
        campaigns.start()
        try:
            yield
        finally:
            campaigns.tell_to_stop()
            campaigns.join(LOOK)
            if self._settings.slack_app_token is not None:
                ticker.tell_to_stop()
                ticker.join(RECONNECT_SECONDS)
            line.close()
            self.desk.close()


class _Line:
    """The connection of Socket Mode; once it stands, its own client keeps it up."""

    def __init__(self, app: App, settings: Settings, url: str) -> None:
        self._app, self._settings, self._url = app, settings, url
        self._handler: Any = None  # its methods bear no types

    def connect(self) -> None:
        if self._handler is not None or self._settings.slack_app_token is None:
            return
        token = self._settings.slack_app_token.get_secret_value()
        handler: Any = SocketModeHandler(
            self._app,
            app_token=token,
            web_client=WebClient(token=token, base_url=self._url),
            concurrency=WORKERS,
        )
        try:
            handler.connect()
        except (SlackClientError, OSError) as error:
            handler.close()
            raise Transient(
                f"Slack's Socket Mode cannot be used ({error}). Check SLACK_APP_TOKEN (xapp-…)."
            ) from error
        self._handler = handler

    def close(self) -> None:
        if self._handler is not None:
            self._handler.close()
