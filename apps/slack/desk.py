"""What every listener works with: the session, the channel, and threads that do what takes time."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from agents.domain import Place, Review
from agents.errors import DeskError, WrongField
from agents.ports import Services
from agents.session import Session
from integrations.slack.channel import SlackChannel
from integrations.slack.client import SlackClient
from jobs.channel_cases import ChannelCases
from jobs.channel_replies import Relay

AT_ONCE: Final = 16
"""Things done at once; more wait in line, which no acknowledgement does."""

PATIENCE: Final = 2.0
"""Seconds that a form stays open for its result; Slack gives three."""

FORM_WORDS: Final = 2000  # characters of what a form says is wrong

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a member is told about what they wanted, if anything, and whether it was done."""

    words: str = ""
    done: bool = True


class SlackDesk:
    """The desk as Slack's listeners see it; one instance serves all threads of a process."""

    def __init__(
        self,
        session: Session,
        services: Services,
        channel: SlackChannel,
        others: Sequence[SlackChannel] = (),
    ) -> None:
        """Start nothing yet; `others` are further channels whose members are of the team."""
        self.session, self.services, self.channel = session, services, channel
        self._others = others
        self.book = services.channel_book
        self.zone = ZoneInfo(session.policy.people.timezone)
        self.relay = Relay(session, services, channel)
        self._cases = ChannelCases(session, services, channel)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack")

    @property
    def client(self) -> SlackClient:
        """Slack's Web API."""
        return self.channel.client

    def later(self, work: Callable[[], T], tell: Callable[[str], object] | None = None) -> Future[T]:
        """Do something beside the listener; what goes wrong is logged, and told where somebody waits for it."""
        return self._threads.submit(self._guarded, work, tell)

    def once(
        self, body: dict[str, Any], work: Callable[[], object], tell: Callable[[str], object] | None = None
    ) -> None:
        """As `later`, for what somebody pressed or wrote; what Slack tells of twice is done once."""

        def first() -> None:
            if self.is_first(body):
                work()

        self.later(first, tell)

    def is_first(self, body: dict[str, Any]) -> bool:
        """Whether Slack tells of this press, command or form for the first time."""
        trigger = body.get("trigger_id")
        return trigger is None or self.book.first_time(f"trigger:{trigger}", self.services.now())

    def _guarded(self, work: Callable[[], T], tell: Callable[[str], object] | None) -> T:
        try:
            return work()
        except DeskError as error:
            log.warning("Slack: %s", error)
            self._tell(tell, str(error))
            raise
        except Exception:  # the app's edge
            reference = secrets.token_hex(4)
            log.exception("Reference %s", reference)
            self._tell(tell, f"Something went wrong that should not. Reference {reference}.")
            raise

    def _tell(self, tell: Callable[[str], object] | None, words: str) -> None:
        if tell is None:
            return
        try:
            tell(words)
        except Exception:  # telling is a courtesy
            log.exception("Slack could not be told")

    def refresh(self, review: str) -> None:
        """Show at once what has just changed; where that fails, the jobs do it."""
        try:
            self._cases.bring_up_to_date(review)
        except DeskError as error:
            log.info("The card of %s follows later: %s", review, error)

    def is_team(self, member: str) -> bool:
        """Whether somebody may see what customers write."""
        channels = (self.channel, *self._others)
        return self.channel.may_answer(member) or any(member in each.members() for each in channels)

    def is_team_channel(self, channel: str) -> bool:
        """Whether a channel is one of the team's own."""
        return any(channel == each.channel for each in (self.channel, *self._others))

    @property
    def gtm_channel(self) -> str | None:
        """The id of the channel for campaigns and reports, where one is set beside the support channel."""
        return self._others[0].channel if self._others else None

    def whisper(self, place: Place | None, member: str, text: str) -> None:
        """Tell one member something beside a message."""
        if place is not None:
            self.channel.whisper(place, member, text)

    def settle_form(
        self,
        ack: Ack,
        body: dict[str, Any],
        field: str,
        work: Callable[[], Told],
        place: Place | None,
    ) -> None:
        """Do what a form asks for, and close it; it stays open, and says why, where that was not done.

        It says so at the field that is wrong, where that is known, else at `field`. Slack waits three seconds: what
        takes longer goes on, and its author hears of it beside the message.
        """
        member = body["user"]["id"]
        doing = self.later(lambda: work() if self.is_first(body) else Told())
        try:
            told = doing.result(PATIENCE)
        except TooSlow:
            ack()
            doing.add_done_callback(lambda done: self._tell_late(done, place, member))
            return
        except DeskError as error:
            told = Told(str(error), done=False)
            if isinstance(error, WrongField) and error.field in body["view"]["state"]["values"]:
                field = error.field
        except Exception:  # noqa: BLE001 - logged where it was raised; the form stays open with its words
            told = Told(
                "Something went wrong that should not. Nothing was done; please try again.", done=False
            )
        if not told.done:
            ack(response_action="errors", errors={field: told.words[:FORM_WORDS]})
            return
        ack()
        if told.words:
            self.later(lambda: self.whisper(place, member, told.words))

    def _tell_late(self, done: Future[Told], place: Place | None, member: str) -> None:
        error = done.exception()
        words = f"This was not done: {error}" if error else done.result().words
        if words:
            self.later(lambda: self.whisper(place, member, words))

    def links(self, reviews: Sequence[Review]) -> dict[str, str]:
        """Where the cards of cases stand, as far as that is known."""
        found = {}
        for review in reviews:
            known = self.book.messages(review.conversation, review.episode)
            card = next(
                (each.place for each in known if each.key == f"card:{review.id}" and each.place), None
            )
            if card is None:
                continue
            try:
                answer = self.client.call("chat.getPermalink", channel=card.channel, message_ts=card.message)
            except DeskError:
                break  # a list without links is a list
            found[review.id] = str(answer.get("permalink") or "")
        return {review: link for review, link in found.items() if link}

    def close(self) -> None:
        """Let what is under way end."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def place_of(body: dict[str, Any]) -> Place | None:
    """The message whose button was pressed, or None where it was pressed elsewhere."""
    channel, message = (body.get("channel") or {}).get("id"), body.get("message") or {}
    if not channel or not message.get("ts"):
        return None
    thread = message.get("thread_ts") or message["ts"]
    return Place(channel=channel, message=message["ts"], thread=thread)
