"""Questions of the team about the numbers: told in its own channels and in direct messages, to its members alone."""

from __future__ import annotations

import logging
from typing import Any, Final

from slack_bolt import Ack, App

from agents.domain import Place
from agents.errors import DeskError
from agents.inquiry.finding import Finding
from agents.knowledge import History
from agents.weekly.posting import SharedFile
from apps.slack.desk import SlackDesk, place_of
from apps.slack.weekly import FOR_TEAM
from integrations.slack.answers import TeamAnswer
from integrations.slack.findings import QUERY_ACTION

NOT_HERE: Final = (
    "I tell numbers in the team's own channels and in direct messages. Ask me there, or with `/gtm ask`, "
    "which only you see."
)
CHART_ELSEWHERE: Final = "Mention me in the team's channel to get the chart as well."

log = logging.getLogger(__name__)


def is_about_numbers(desk: SlackDesk, question: str, history: History) -> bool:
    """Whether the numbers answer a question, and not the documents."""
    return desk.session.inquiries.route(question, history) == "numbers"


def refusal(desk: SlackDesk, member: str, channel: str | None) -> str | None:
    """Why a member is not told numbers there; `channel` is None where they alone see the answer."""
    if not desk.is_team(member):
        return FOR_TEAM
    if channel is None or channel.startswith("D") or desk.is_team_channel(channel):
        return None
    return NOT_HERE


def instead(
    desk: SlackDesk, member: str, channel: str | None, question: str, found: TeamAnswer
) -> Finding | None:
    """What the numbers say where the documents are not sure; None where they do not say it either."""
    if found.sure or refusal(desk, member, channel) is not None:
        return None
    try:
        finding = desk.session.inquiries.ask(question, by_model=False)
    except DeskError as error:
        log.info("The numbers could not be asked: %s", error)
        return None
    return finding if finding.kind == "number" else None


def share_chart(desk: SlackDesk, place: Place, finding: Finding) -> None:
    """Put the chart into the thread; an answer without it is still one."""
    channel = desk.services.open_report_channel()
    picture = finding.picture()
    if channel is None or picture is None or finding.chart is None:
        return
    try:
        channel.share(place, finding.chart.title, [SharedFile("chart.png", finding.chart.title, picture)])
    except DeskError as error:
        log.warning("A chart cannot be put into Slack: %s", error)


class QueryButton:
    """The button under an answer that shows how it was counted."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk

    def register(self, app: App) -> None:
        """Listen to the button."""
        app.action(QUERY_ACTION)(self._pressed)

    def _pressed(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        place, member = place_of(body), body["user"]["id"]
        sql = str(action.get("value") or "").replace("```", "'''")

        def show() -> None:
            words = f"```{sql}```" if self._desk.is_team(member) else FOR_TEAM
            self._desk.whisper(place, member, words)

        self._desk.once(body, show)
