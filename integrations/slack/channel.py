"""The support channel in Slack."""

from __future__ import annotations

import re
import threading
import time
from datetime import datetime
from typing import Any, Final

from agents.channel_policy import ChannelPolicy
from agents.domain import Place
from agents.errors import ChannelClosed
from agents.team_channel import Card, Note
from integrations.slack.cards import shown
from integrations.slack.client import MessageGone, SlackClient, SlackRefused
from integrations.slack.messages import change_message, post_message
from integrations.slack.mrkdwn import escape

SENT: Final = "white_check_mark"
"""The reaction under what has reached a customer."""

KEPT: Final = 60.0  # seconds for which members and names are remembered
_ID = re.compile(r"[CGD][A-Z0-9]{4,}")
_PAGE = 200


class SlackChannel:
    """Implements `agents.team_channel.TeamChannel`; one instance serves all threads of a process."""

    def __init__(self, client: SlackClient, channel: str, policy: ChannelPolicy) -> None:
        """Connect to nothing yet; `channel` is an id or a name."""
        self.client = client
        self._wanted, self._policy = channel.removeprefix("#"), policy
        self._id = self._wanted if _ID.fullmatch(self._wanted) else None
        self._lock = threading.Lock()
        self._names: dict[str, tuple[float, str]] = {}
        self._members: tuple[float, frozenset[str]] | None = None

    @property
    def channel(self) -> str:
        """Its id; a name is looked up once."""
        if self._id is None:
            self._id = self._look_up()
        return self._id

    def _look_up(self) -> str:
        kinds = "public_channel,private_channel"
        for channel in self.client.pages(
            "conversations.list", "channels", types=kinds, limit=1000, exclude_archived="true"
        ):
            if channel.get("name") == self._wanted:
                return str(channel["id"])
        raise ChannelClosed(
            f"Slack: there is no channel #{self._wanted} that the bot can see. Give its id, in SLACK_SUPPORT_CHANNEL "
            "or SLACK_GTM_CHANNEL, and invite the bot."
        )

    def post(self, key: str, note: Note, thread: str | None) -> Place:
        """Post a note; a further card of a thread is shown in the channel as well."""
        broadcast = thread is not None and isinstance(note, Card)
        return post_message(self.client, self.channel, shown(key, note), thread, broadcast=broadcast)

    def update(self, place: Place, key: str, note: Note) -> None:
        """Let a message show this note instead; nothing where somebody has deleted it."""
        change_message(self.client, place, shown(key, note))

    def erase(self, place: Place) -> None:
        """Delete a message of ours; nothing where it is gone."""
        try:
            self.client.call("chat.delete", channel=place.channel, ts=place.message)
        except MessageGone:
            return

    def find(self, key: str, since: datetime, thread: str | None) -> Place | None:
        """The message whose first block bears the key; Slack gives block ids back as they were sent."""
        oldest = f"{since.timestamp():.6f}"
        if thread is None:
            found = self.client.pages(
                "conversations.history", "messages", channel=self.channel, oldest=oldest, limit=_PAGE
            )
        else:
            found = self.client.pages(
                "conversations.replies",
                "messages",
                channel=self.channel,
                ts=thread,
                oldest=oldest,
                limit=_PAGE,
            )
        for message in found:
            if any(block.get("block_id") == key for block in message.get("blocks") or ()):
                return Place(channel=self.channel, message=str(message["ts"]), thread=thread)
        return None

    def mark(self, place: Place) -> None:
        """A reaction under what stands there."""
        try:
            self.client.call("reactions.add", channel=place.channel, timestamp=place.message, name=SENT)
        except MessageGone:
            return
        except SlackRefused as error:
            if error.code != "already_reacted":
                raise

    def whisper(self, place: Place, member: str, text: str) -> None:
        """Tell one member something in the thread of a message."""
        self.client.call(
            "chat.postEphemeral",
            channel=place.channel,
            user=member,
            text=escape(text),
            thread_ts=place.thread,
        )

    def name_of(self, member: str) -> str:
        """The full name of a member, remembered for a while."""
        known = self._names.get(member)
        if known is None or known[0] < time.monotonic():
            user = self.client.call("users.info", user=member).get("user") or {}
            profile = user.get("profile") or {}
            name = profile.get("real_name") or user.get("real_name") or user.get("name") or member
            known = (time.monotonic() + KEPT, " ".join(str(name).split())[:100])
            self._names[member] = known
        return known[1]

    def may_answer(self, member: str) -> bool:
        """Whether the policy names this member or, where it names nobody, the channel has them."""
        if self._policy.approvers:
            return member in self._policy.approvers
        if member in self.members():
            return True
        return member in self.members(fresh=True)  # somebody may have joined just now

    def members(self, *, fresh: bool = False) -> frozenset[str]:
        """Who is in the channel."""
        with self._lock:
            known = self._members
            if known is None or known[0] < time.monotonic() or fresh:
                ids = self.client.pages("conversations.members", "members", channel=self.channel, limit=1000)
                known = self._members = (time.monotonic() + KEPT, frozenset(map(str, ids)))
        return known[1]

    def describe(self) -> str:
        """Where it is."""
        return f"Slack, {self._wanted if self._id else '#' + self._wanted}"

    def check(self) -> None:
        """Raises what would keep a card from appearing just now; posts nothing."""
        self.client.call("auth.test")
        info: dict[str, Any] = (
            self.client.call("conversations.info", channel=self.channel).get("channel") or {}
        )
        if info.get("is_archived"):
            raise ChannelClosed(
                f"Slack: the channel {self._wanted} is archived. Unarchive it, or set another."
            )
        if info.get("is_member") is False:
            raise ChannelClosed(
                f"Slack: the bot is not in the channel {self._wanted}. Write /invite @gtm there."
            )
