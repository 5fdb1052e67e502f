"""The form in which a campaign is asked for: opened by `/gtm campaign`, and by buttons."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any, Final

from slack_bolt import Ack, App

from agents.campaigns.brief import OPTIONS, in_words
from agents.domain import Place
from agents.errors import DeskError
from apps.slack.campaign_orders import Wish, order
from apps.slack.desk import SlackDesk, Told
from apps.slack.weekly import FOR_TEAM
from integrations.slack.campaign_forms import NEW, new_campaign_form, written_in

NOT_OPENED: Final = (
    "Slack did not open the form. Write `/gtm campaign winback`, or a brief in your own words."
)

log = logging.getLogger(__name__)


def open_new(desk: SlackDesk, trigger: str | None, channel: str) -> bool:
    """Open the form; False where Slack does not, as it does for a short time only after a command or a press."""
    if trigger is None:
        return False
    view = new_campaign_form({"channel": channel})
    try:
        desk.client.call("views.open", trigger_id=trigger, view=view)
    except DeskError as error:
        log.info("The form for a campaign cannot be opened: %s", error)
        return False
    return True


class NewCampaign:
    """The buttons that open the form, and what is sent from it."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk

    def register(self, app: App) -> None:
        """Listen to the buttons and to the form."""
        app.action(NEW)(self._press)
        app.view(NEW)(self._submit)

    def _press(self, ack: Ack, body: dict[str, Any]) -> None:
        ack()
        member = body["user"]["id"]
        channel = (body.get("channel") or {}).get("id") or self._desk.gtm_channel or ""

        def tell(words: str) -> None:
            self._desk.whisper(_at(channel), member, words)

        def work() -> None:
            if not self._desk.is_team(member):
                tell(FOR_TEAM)
            elif not open_new(self._desk, body.get("trigger_id"), channel):
                tell(NOT_OPENED)

        self._desk.once(body, work, tell)

    def _submit(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        channel, member = json.loads(view["private_metadata"])["channel"], body["user"]["id"]
        written = written_in(view)
        text, options = written.pop("text"), {name: said for name, said in written.items() if said}
        key = f"form:{body.get('trigger_id') or secrets.token_hex(8)}"

        def carry_out() -> Told:
            if not self._desk.is_team(member):
                return Told(FOR_TEAM, done=False)
            brief = self._desk.session.campaigns.read_form(options, text)
            wish = Wish(channel, member, key, in_words(text, options), brief)
            return Told(order(self._desk, wish))

        self._desk.settle_form(ack, body, OPTIONS[0], carry_out, _at(channel))


def _at(channel: str) -> Place | None:
    """A channel itself, for what one member alone is told."""
    return Place(channel=channel, message="") if channel else None
