"""`/gtm`: every word of it is one line in `COMMANDS`."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt import Ack, App, Respond

from agents.inquiry.finding import Finding
from apps.slack import campaigns
from apps.slack.answers import answer
from apps.slack.desk import SlackDesk
from apps.slack.health import health
from apps.slack.home import today
from apps.slack.numbers import CHART_ELSEWHERE, instead, is_about_numbers, refusal
from apps.slack.request import Reply, Request
from apps.slack.weekly import FOR_TEAM, Wish, order
from integrations.slack.answers import answer_blocks
from integrations.slack.findings import finding_blocks
from integrations.slack.lists import status_blocks, waiting_blocks
from integrations.slack.mrkdwn import escape, plain

LISTED: Final = 10
"""Open cases that one list shows."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word of `/gtm`; `for_team` where it shows what customers have written."""

    name: str
    usage: str
    summary: str
    run: Callable[[Request], Reply]
    for_team: bool = False


def show_help(request: Request) -> Reply:
    """What there is; `help NAME` is about one."""
    wanted = request.text.split()[:1]
    known = {each.name: each for each in COMMANDS}
    if wanted and wanted[0] in known:
        one = known[wanted[0]]
        return Reply(f"`/gtm {one.usage}` – {one.summary}")
    lines = [f"• `/gtm {each.usage}` – {each.summary}" for each in COMMANDS]
    return Reply("\n".join(["*What I can do*", *lines, "Mention me, or write to me, to ask a question."]))


def ask(request: Request) -> Reply:
    """An answer from the numbers or the knowledge base, with where it comes from."""
    question = plain(request.text)
    if not question:
        return Reply("Ask something: `/gtm ask How long does delivery to Canada take?`")
    desk, member = request.desk, request.member
    if is_about_numbers(desk, question, ()):
        refused = refusal(desk, member, None)
        return Reply(refused) if refused else _told(desk.session.inquiries.ask(question))
    found = answer(desk, question, ())
    finding = instead(desk, member, None, question, found)
    return Reply(*answer_blocks(found)) if finding is None else _told(finding)


def _told(finding: Finding) -> Reply:
    notes = (*finding.notes, CHART_ELSEWHERE) if finding.chart is not None else finding.notes
    return Reply(*finding_blocks(finding.model_copy(update={"notes": notes})))


def escalations(request: Request) -> Reply:
    """What waits for a person, oldest first, with a link to each card."""
    reviews = request.desk.session.reviews("open", 1000)
    mask = request.desk.session.privacy.mask_for("slack")
    text, blocks = waiting_blocks(
        reviews, request.desk.links(reviews[:LISTED]), mask, request.desk.zone, LISTED
    )
    return Reply(text, blocks)


def status(request: Request) -> Reply:
    """How the desk is, and today's numbers."""
    text, blocks = status_blocks(today(request.desk), health(request.desk))
    return Reply(text, blocks)


def weekly(request: Request) -> Reply:
    """The report on a week, in the channel; only what keeps it from there is told to the one who asks."""
    wish = Wish(request.channel, request.member, request.key, request.text)
    return Reply(escape(order(request.desk, wish)))


def campaign(request: Request) -> Reply:
    """A campaign for the channel, or how one is; what keeps it from there is told to the one who asks."""
    text, blocks = campaigns.campaign(request)
    return Reply(text, blocks or None)


COMMANDS: Final[tuple[Command, ...]] = (
    Command("help", "help", "what I can do", show_help),
    Command("ask", "ask QUESTION", "an answer from our numbers or documents, with where it comes from", ask),
    Command("weekly", "weekly [YYYY-MM-DD]", "the report on the last complete week", weekly, for_team=True),
    Command(
        "campaign",
        "campaign [winback [days=90] [segment=…] [budget=…] | BRIEF | list | status ID]",
        "drafts a campaign for the channel to decide, from a form if you like, or says how one is",
        campaign,
        for_team=True,
    ),
    Command("escalations", "escalations", "who waits for a person", escalations, for_team=True),
    Command("status", "status", "how the desk is, and today's numbers", status, for_team=True),
)


class Commands:
    """Answers `/gtm`, acknowledged at once whatever it takes."""

    def __init__(self, desk: SlackDesk, commands: tuple[Command, ...] = COMMANDS) -> None:
        """Listen to nothing yet."""
        self._desk, self._commands = desk, {each.name: each for each in commands}

    def register(self, app: App) -> None:
        """Listen to the command."""
        app.command("/gtm")(self._run)

    def _run(self, ack: Ack, respond: Respond, command: dict[str, Any]) -> None:
        name, _, rest = (command.get("text") or "").strip().partition(" ")
        found = self._commands.get(name.lower() or "help")
        if found is None:
            ack(text=unknown(name, tuple(self._commands)), response_type="ephemeral")
            return
        ack()
        trigger = command.get("trigger_id") or None
        key = f"command:{trigger or secrets.token_hex(8)}"
        channel = command.get("channel_id", "")
        request = Request(self._desk, command["user_id"], rest.strip(), channel, key, trigger)

        def run() -> None:
            allowed = not found.for_team or self._desk.is_team(request.member)
            reply = found.run(request) if allowed else Reply(FOR_TEAM)
            if reply.text:
                respond(text=reply.text, blocks=reply.blocks, response_type="ephemeral", unfurl_links=False)

        self._desk.once(command, run, lambda words: respond(text=escape(words), response_type="ephemeral"))


def unknown(name: str, known: tuple[str, ...]) -> str:
    """What somebody is told who has mistyped."""
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    shown = escape(name[:50]).replace("`", "'")
    if near:
        return f"I do not know `{shown}`. Did you mean `/gtm {near[0]}`?"
    return f"I do not know `{shown}`. `/gtm help` shows what I can do."
