"""Mentions and direct messages: questions of the team, answered in the thread that they begin or go on with."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, Final

from slack_bolt import Ack, App, BoltContext

from agents.domain import Place
from agents.errors import DeskError
from agents.inquiry.finding import Finding
from agents.knowledge import History
from apps.slack.answers import answer, history_of
from apps.slack.desk import SlackDesk, place_of
from apps.slack.numbers import instead, is_about_numbers, refusal, share_chart
from apps.slack.weekly import FOR_TEAM, Wish, beside, order, weekly_wish
from integrations.slack.answers import answer_blocks
from integrations.slack.findings import finding_blocks
from integrations.slack.mrkdwn import escape, plain
from integrations.slack.telling import OneTelling, Telling

SHOW_HELP: Final = "Ask me something, or write `/gtm help` to see what else I can do."
_MENTION = re.compile(r"<@[^>]+>")

log = logging.getLogger(__name__)


class Asking:
    """Answers in threads, and takes what people think of the answers."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk
        self._telling = Telling(desk.client)

    def register(self, app: App) -> None:
        """Listen to mentions, direct messages and the buttons under answers."""
        app.event("app_mention", middleware=[self._once])(self._mentioned)
        app.event("message", matchers=[_is_direct], middleware=[self._once])(self._mentioned)
        app.action(re.compile("answer_rated.*"))(self._rated)

    def _once(
        self,
        event: dict[str, Any],
        context: BoltContext,
        next: Callable[[], None],  # noqa: A002
    ) -> None:
        """Take a question that Slack tells of twice for one; so is one that comes as two kinds of event."""
        context["first"] = (
            not event.get("bot_id")
            and bool(event.get("user"))
            and event.get("subtype") is None
            and self._desk.book.first_time(f"ask:{event['channel']}:{event['ts']}", self._desk.services.now())
        )
        next()

    def _mentioned(self, event: dict[str, Any], context: BoltContext) -> None:
        if not context.get("first"):
            return
        channel, asked = event["channel"], event["ts"]
        thread = event.get("thread_ts") or asked
        if self._desk.book.case_of(channel, thread) is not None:
            return  # in the thread of a case people speak with the customer
        place = Place(channel=channel, message=asked, thread=thread)
        question = _question(event.get("text") or "")
        member = event["user"]
        if not question:
            self._desk.later(lambda: self._telling.say(place, SHOW_HELP))
            return
        day = weekly_wish(question)
        if day is not None:
            wish = Wish(channel, member, f"mention:{channel}:{asked}", day)
            self._desk.later(
                lambda: self._tell(place, member, self._order(wish)),
                lambda words: self._tell(place, member, words),
            )
            return
        team = context.get("team_id")
        self._desk.later(
            lambda: self._answer(place, member, team, question),
            lambda words: self._telling.say(place, escape(words)),
        )

    def _answer(self, place: Place, member: str, team: str | None, question: str) -> None:
        history = history_of(self._said(place))
        if is_about_numbers(self._desk, question, history):
            self._answer_numbers(place, member, team, question, history)
            return
        telling = self._telling.begin(place, member, team)
        found = answer(self._desk, question, history)
        finding = instead(self._desk, member, place.channel, question, found)
        if finding is not None:
            self._show(telling, place, finding)
            return
        text, blocks = answer_blocks(found, feedback=True)
        telling.finish(found, text, blocks)

    def _answer_numbers(
        self, place: Place, member: str, team: str | None, question: str, history: History
    ) -> None:
        refused = refusal(self._desk, member, place.channel)
        if refused is not None:
            self._tell(place, member, refused)
            return
        telling = self._telling.begin(place, member, team)
        try:
            finding = self._desk.session.inquiries.ask(question, history)
        except DeskError as error:
            finding = Finding(kind="unknown", question=question, text=str(error))
        self._show(telling, place, finding)

    def _show(self, telling: OneTelling, place: Place, finding: Finding) -> None:
        """The answer, and its chart under it."""
        telling.show(*finding_blocks(finding, feedback=True))
        share_chart(self._desk, place, finding)

    def _order(self, wish: Wish) -> str:
        """Have a weekly report made, which shows itself in the channel; gives what the one who asks is told."""
        return order(self._desk, wish) if self._desk.is_team(wish.member) else FOR_TEAM

    def _tell(self, place: Place, member: str, words: str) -> None:
        """Tell the one who asks alone; where nobody else is, in the open."""
        if place.channel.startswith("D"):
            self._telling.say(place, escape(words))
        else:
            self._desk.whisper(beside(place), member, words)

    def _said(self, place: Place) -> list[tuple[str, str]]:
        """What was said before in the thread; the team's side counts as the customer's would."""
        if place.thread is None or place.thread == place.message:
            return []
        try:
            messages = self._desk.client.pages(
                "conversations.replies", "messages", channel=place.channel, ts=place.thread, limit=100
            )
        except DeskError as error:
            log.info("The thread cannot be read: %s", error)
            return []
        said = []
        for each in messages:
            if str(each.get("ts")) >= place.message:
                break
            role = "bot" if each.get("bot_id") else "customer"
            said.append((role, _question(each.get("text") or "")))
        return [(role, text) for role, text in said if text]

    def _rated(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        value = str(action.get("value") or "")
        member, place = body["user"]["id"], place_of(body)
        if value not in ("up", "down") or place is None:
            return

        def note() -> None:
            self._desk.session.team.record(
                who=self._desk.channel.name_of(member),
                origin=f"slack {member}",
                what=f"rate answer {value}",
                subject=f"{place.channel}/{place.message}",
            )
            self._desk.whisper(place, member, "Thank you, that was noted.")

        self._desk.once(body, note)


def _is_direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"


def _question(mrkdwn: str) -> str:
    return " ".join(plain(_MENTION.sub(" ", mrkdwn)).split())
