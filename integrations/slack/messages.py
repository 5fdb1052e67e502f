"""Messages in Slack, posted and changed; nothing in them is read as a name or unfolded as a link."""

from __future__ import annotations

from typing import Final

from agents.domain import Place
from integrations.slack.cards import Shown
from integrations.slack.client import MessageGone, SlackClient

_AS_WRITTEN: Final = {"parse": "none", "link_names": False}


def post_message(
    client: SlackClient, channel: str, shown: Shown, thread: str | None, *, broadcast: bool = False
) -> Place:
    """Post a message; one of a thread stands in the channel too where it is a `broadcast`."""
    text, blocks = shown
    answer = client.call(
        "chat.postMessage",
        channel=channel,
        text=text,
        blocks=blocks,
        thread_ts=thread,
        reply_broadcast=True if broadcast else None,
        unfurl_links=False,
        unfurl_media=False,
        **_AS_WRITTEN,
    )
    return Place(channel=str(answer["channel"]), message=str(answer["ts"]), thread=thread)


def change_message(client: SlackClient, place: Place, shown: Shown) -> bool:
    """Let a message show this instead; False where somebody has deleted it."""
    text, blocks = shown
    try:
        client.call(
            "chat.update", channel=place.channel, ts=place.message, text=text, blocks=blocks, **_AS_WRITTEN
        )
    except MessageGone:
        return False
    return True
