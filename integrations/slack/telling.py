"""Saying something that takes a while: streamed where the workspace can, else by changing one message."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Final

from slackblocks import Block, ContextBlock

from agents.domain import Place
from agents.errors import ChannelClosed, DeskError
from integrations.slack.answers import TeamAnswer, evidence, feedback_block, pieces
from integrations.slack.cards import resolved
from integrations.slack.client import SlackClient, SlackRefused
from integrations.slack.mrkdwn import escape, text_of

LOOKING: Final = "Looking that up…"
AGAIN_AFTER: Final = 3600.0  # seconds for which a method that the workspace lacks is not tried again

log = logging.getLogger(__name__)


class Telling:
    """Tells in threads; remembers what the workspace cannot do. One instance serves all threads."""

    def __init__(self, client: SlackClient) -> None:
        """Call nothing yet."""
        self.client = client
        self._lock = threading.Lock()
        self._lacks: dict[str, float] = {}

    def say(self, place: Place, text: str, blocks: list[dict[str, Any]] | None = None) -> str:
        """Say something in the thread; gives the message's id."""
        answer = self.client.call(
            "chat.postMessage",
            channel=place.channel,
            thread_ts=place.thread,
            text=text,
            blocks=blocks,
            parse="none",
            link_names=False,
            unfurl_links=False,
        )
        return str(answer["ts"])

    def begin(self, place: Place, member: str, team: str | None) -> OneTelling:
        """Show that something is being looked up."""
        if self.can("assistant.threads.setStatus"):
            self.trying(
                "assistant.threads.setStatus",
                channel_id=place.channel,
                thread_ts=place.thread,
                status="is looking that up…",
            )
        return OneTelling(self, place, member, team)

    def can(self, method: str) -> bool:
        """Whether a method is not known to be missing here."""
        return self._lacks.get(method, 0.0) < time.monotonic()

    def trying(self, method: str, **arguments: Any) -> dict[str, Any] | None:
        """What a method answers that a workspace may lack; None where it does."""
        try:
            return self.client.call(method, **arguments)
        except (SlackRefused, ChannelClosed) as error:
            log.info("%s is not used here: %s", method, error)
            with self._lock:
                self._lacks[method] = time.monotonic() + AGAIN_AFTER
        except DeskError as error:
            log.info("%s failed: %s", method, error)
        return None


class OneTelling:
    """One answer under way in a thread."""

    def __init__(self, telling: Telling, place: Place, member: str, team: str | None) -> None:
        self._telling, self._place, self._member, self._team = telling, place, member, team
        self._waiting = None if telling.can("chat.startStream") else telling.say(place, LOOKING)

    def finish(self, answer: TeamAnswer, text: str, blocks: list[dict[str, Any]]) -> None:
        """Tell the whole answer; the form with blocks takes over wherever streaming breaks off."""
        if self._waiting is None and answer.text and self._stream(answer):
            return
        self._put(self._waiting, text, blocks)

    def show(self, text: str, blocks: list[dict[str, Any]]) -> None:
        """Tell an answer whole, as its blocks are."""
        self._put(self._waiting, text, blocks)

    def _stream(self, answer: TeamAnswer) -> bool:
        """Piece by piece, then sources and buttons; False where nothing of it may stand."""
        telling, place = self._telling, self._place
        started = telling.trying(
            "chat.startStream",
            channel=place.channel,
            thread_ts=place.thread,
            recipient_user_id=self._member,
            recipient_team_id=self._team,
        )
        if started is None:
            return False
        stream = {"channel": place.channel, "ts": started["ts"]}
        try:
            for piece in pieces(escape(answer.text)):
                telling.client.call("chat.appendStream", **stream, markdown_text=piece)
            end = resolved([_evidence_block(answer), feedback_block()])
            telling.client.call("chat.stopStream", **stream, blocks=end)
        except DeskError as error:
            log.info("Streaming broke off: %s", error)
            self._waiting = str(started["ts"])
            telling.trying("chat.stopStream", **stream)
            return False
        return True

    def _put(self, ts: str | None, text: str, blocks: list[dict[str, Any]]) -> None:
        if ts is None:
            self._telling.say(self._place, text, blocks)
            return
        self._telling.client.call(
            "chat.update", channel=self._place.channel, ts=ts, text=text, blocks=blocks, parse="none"
        )


def _evidence_block(answer: TeamAnswer) -> Block:
    return ContextBlock([text_of(evidence(answer))], block_id="evidence")
