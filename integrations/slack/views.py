"""Views of one kind in Slack: posted, changed, found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from agents.channel_policy import ChannelPolicy
from agents.domain import Place
from integrations.slack.cards import Shown
from integrations.slack.channel import SlackChannel
from integrations.slack.client import SlackClient
from integrations.slack.messages import change_message, post_message

V = TypeVar("V")


class SlackViews(Generic[V]):
    """Implements `agents.posted.ViewChannel`; one instance serves all threads of a process."""

    def __init__(
        self,
        client: SlackClient,
        policy: ChannelPolicy,
        shown: Callable[[str, V], Shown],
        usual: str | None = None,
    ) -> None:
        """Connect to nothing yet; `shown` puts a view into blocks, of which the first bears the key.

        `usual` is the id or name of the channel for what nobody has asked for in one.
        """
        self.client, self._policy, self._shown, self._usual = client, policy, shown, usual
        self._channels: dict[str, SlackChannel] = {}

    @property
    def usual(self) -> str | None:
        """Where goes what nobody has asked for in a channel, by id or name; None where no channel is set for it."""
        return self._usual

    def post(self, channel: str, key: str, view: V, thread: str | None) -> Place:
        """Post a view, in a thread where one is given, so that `find` knows it by `key`."""
        return post_message(self.client, self._channel(channel).channel, self._shown(key, view), thread)

    def update(self, place: Place, key: str, view: V) -> bool:
        """Let a message show this view instead; False where somebody has deleted it."""
        return change_message(self.client, place, self._shown(key, view))

    def find(self, channel: str, key: str, since: datetime, thread: str | None) -> Place | None:
        """Where a view stands that was posted after a moment, or None."""
        return self._channel(channel).find(key, since, thread)

    def _channel(self, wanted: str) -> SlackChannel:
        return self._channels.setdefault(wanted, SlackChannel(self.client, wanted, self._policy))
