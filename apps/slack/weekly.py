"""The weekly report: asked for by a command, a mention or a button; the jobs make it and show it."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from slack_bolt import Ack, App

from agents.domain import Place
from agents.errors import ChannelClosed, Permanent
from agents.weekly.document import describe
from agents.weekly.labels import week_said
from agents.weekly.markdown import to_markdown
from agents.weekly.posting import Posting, SharedFile
from analytics.period import last_complete_week
from apps.cli_data import parse_day
from apps.slack.desk import SlackDesk, place_of
from apps.slack.orders import check_channel, on_it

FOR_TEAM: Final = "This is for the team: ask to be invited to the support channel."
UNDER_WAY: Final = "This report is being made here already. It will be there in a moment."

_WISH: Final = re.compile(r"weekly(?: report)?(?:\s+(?P<day>\d\S*))?[.!?]*", re.IGNORECASE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """A report that somebody wants in a channel; `key` is the same when Slack tells of it twice."""

    channel: str
    member: str
    key: str
    day: str = ""


def weekly_wish(question: str) -> str | None:
    """The day that a mention names which asks for the report, or ""; None where it asks something else."""
    found = _WISH.fullmatch(question.strip())
    return None if found is None else found["day"] or ""


def order(desk: SlackDesk, wish: Wish) -> str:
    """Have a report made and shown; gives what the one who asked is told.

    A day that is none, or to come, a store without data, and a channel that the bot is not in raise `BadInput`.
    """
    day = desk.session.weekly.check(parse_day(wish.day.strip() or None))
    check_channel(desk, wish.channel)
    posting = Posting(
        id=f"w-{hashlib.sha256(wish.key.encode()).hexdigest()[:12]}",
        as_of=day,
        by=desk.channel.name_of(wish.member),
        origin="slack",
        channel=wish.channel,
        created=desk.services.now(),
    )
    stands = desk.session.weekly.post(posting)
    if stands.id != posting.id:
        return UNDER_WAY
    return on_it(desk, f"the report on {_week(day)} will be here")


def beside(place: Place) -> Place:
    """The channel that a message stands in: what is told in a thread alone is easily missed."""
    return Place(channel=place.channel, message=place.message)


class WeeklyButtons:
    """The buttons under a report."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk

    def register(self, app: App) -> None:
        """Listen to the buttons; those that are links want no more than to be heard."""
        app.action("weekly_again")(self._again)
        app.action("weekly_download")(self._download)
        app.action(re.compile("weekly_(details|file)"))(lambda ack: ack())

    def _again(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        _, _, day = str(action.get("value") or "").partition(" ")
        key = f"again:{body.get('trigger_id') or secrets.token_hex(8)}"

        def work(place: Place, member: str) -> None:
            wish = Wish(place.channel, member, key, day)
            self._desk.whisper(place, member, order(self._desk, wish))

        self._for_team(body, work)

    def _download(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        report = str(action.get("value") or "").partition(" ")[0]
        self._for_team(body, lambda place, member: self._put(place, member, report))

    def _put(self, place: Place, member: str, report: str) -> None:
        """Put the report into the thread as a file, once."""
        channel = self._desk.services.open_report_channel()
        assert channel is not None  # noqa: S101 - the bot has a token
        document = describe(self._desk.session.weekly.edition(report))
        name = f"weekly-{document.start}-{report}.md"
        words = "The report is a file in this thread now."
        try:
            if channel.shared(place, [name]):
                words = "The report is a file in this thread already."
            else:
                title = f"Weekly report, {document.week}"
                file = SharedFile(name, title, to_markdown(document).encode())
                channel.share(place, title, [file])
        except (ChannelClosed, Permanent) as error:
            log.warning("A report cannot be put into Slack: %s", error)
            words = (
                f"The file cannot be put here ({error}). The control room has it, or "
                f"`gtm weekly --as-of {document.start}`."
            )
        self._desk.whisper(place, member, words)

    def _for_team(self, body: dict[str, Any], work: Callable[[Place, str], None]) -> None:
        """What somebody of the team wants who has pressed a button of a report."""
        pressed, member = place_of(body), body["user"]["id"]
        if pressed is None:
            return
        place = beside(pressed)

        def allowed() -> None:
            if self._desk.is_team(member):
                work(place, member)
            else:
                self._desk.whisper(place, member, FOR_TEAM)

        self._desk.once(body, allowed, lambda words: self._desk.whisper(place, member, words))


def _week(day: date) -> str:
    week = last_complete_week(day)
    return week_said(week.start, week.last)
