"""The form in which a campaign is asked for: opened by `/gtm campaign`, and by buttons."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any, Final

from slack_bolt import Ack, App

from agents.campaigns.brief import OPTIONS
from agents.domain import Place
from agents.errors import BadInput, DeskError
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
            try:
                brief = self._desk.session.campaigns.read_form(options, text)
            except BadInput as error:
                return Told(str(error), done=False, field=self._wrong(text, options))
            asked = _in_words(text, options)
            return Told(order(self._desk, Wish(channel, member, key, asked, brief)))

        self._desk.settle_form(ack, body, OPTIONS[0], carry_out, _at(channel))

    def _wrong(self, text: str, options: dict[str, str]) -> str:
        """The field that cannot be read by itself; the first where only all together cannot."""
        for name in OPTIONS:
            if name in options and not self._can_read({name: options[name]}, ""):
                return name
        return OPTIONS[0] if self._can_read({}, text) else "text"

    def _can_read(self, options: dict[str, str], text: str) -> bool:
        try:
            self._desk.session.campaigns.read_form(options, text)
        except BadInput:
            return False
        return True


def _at(channel: str) -> Place | None:
    """A channel itself, for what one member alone is told."""
    return Place(channel=channel, message="") if channel else None


def _in_words(text: str, options: dict[str, str]) -> str:
    """What was asked for, as one would have written it."""
    given = [f'{name}="{said}"' if " " in said else f"{name}={said}" for name, said in options.items()]
    if not text:
        return " ".join(["winback", *given])
    return f"{text} ({', '.join(given)})" if given else text
