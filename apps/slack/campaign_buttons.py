"""The buttons of a campaign's card, and the forms that some of them open."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from slack_bolt import Ack, App

from agents.campaigns.brief import other_audience, read_offer
from agents.campaigns.campaign import Campaign
from agents.domain import Decided, Decision, Place, Verb
from agents.errors import DeskError
from apps.slack.campaign_orders import Wish, order
from apps.slack.desk import SlackDesk, Told, place_of
from apps.slack.weekly import FOR_TEAM
from integrations.slack.campaign_blocks import BUTTONS
from integrations.slack.campaign_forms import ARMS, FORMS, campaign_form, too_long, written_in
from jobs.channel_campaigns import ChannelCampaigns

AT_RISK: Final = 'winback segment="At Risk"'
"""What the button of a weekly report asks for."""

TOO_LONG: Final = (
    "The mail is too long for a form of Slack. Change it with `gtm campaign edit --body FILE` at the command "
    "line."
)

Written = Mapping[str, str]
"""What stands in the fields of a form, by their names."""

log = logging.getLogger(__name__)


class CampaignButtons:
    """Turns what is pressed and written into changes and decisions of the session."""

    def __init__(self, desk: SlackDesk, cards: ChannelCampaigns) -> None:
        """Listen to nothing yet."""
        self._desk, self._cards = desk, cards

    def register(self, app: App) -> None:
        """Listen to the buttons of cards, to their forms, and to the button of the weekly report."""
        for verb in BUTTONS:
            app.action(f"campaign_{verb}")(self._press)
        app.action("campaign_at_risk")(self._from_report)
        app.view("campaign_form")(self._submit)

    def _press(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        verb = action["action_id"].removeprefix("campaign_")
        campaign, _, seen = str(action.get("value") or "").partition(" ")

        def work(place: Place, member: str) -> None:
            known = self._desk.session.campaigns.campaign(campaign)
            if verb == "test" and (address := self._address_of(member)):
                words = self._test(campaign, address, member)
            elif verb in FORMS and not (verb == "approve" and not known.draft.prospects.objections):
                words = self._open_form(body, known, verb, int(seen), place)
            else:
                words = self._decide(campaign, verb, member, None, int(seen))
            if words:
                self._desk.whisper(place, member, words)

        self._for_team(body, work)

    def _from_report(self, ack: Ack, body: dict[str, Any]) -> None:
        ack()

        key = f"report:{body.get('trigger_id') or secrets.token_hex(8)}"

        def work(place: Place, member: str) -> None:
            brief = self._desk.session.campaigns.read(AT_RISK)
            wish = Wish(place.channel, member, key, AT_RISK, brief, "report")
            self._desk.whisper(place, member, order(self._desk, wish))

        self._for_team(body, work)

    def _for_team(self, body: dict[str, Any], work: Callable[[Place, str], None]) -> None:
        """What somebody of the team has pressed; what goes wrong is told beside the message."""
        pressed, member = place_of(body), body["user"]["id"]
        if pressed is None:
            return
        place = Place(channel=pressed.channel, message=pressed.message)

        def allowed() -> None:
            if self._desk.is_team(member):
                work(place, member)
            else:
                self._desk.whisper(place, member, FOR_TEAM)

        self._desk.once(body, allowed, lambda words: self._desk.whisper(place, member, words))

    def _open_form(self, body: dict[str, Any], known: Campaign, verb: str, seen: int, place: Place) -> str:
        """Open the form for a verb; gives what is told instead where that makes no sense."""
        if verb == "edit" and too_long(known):
            return TOO_LONG
        if seen != known.draft.version and verb not in ("stop", "test"):
            self._show(known.id)
            return f"Version {seen} is outdated: the card shows version {known.draft.version} now."
        if known.status != "pending" and verb not in ("stop", "test"):
            self._show(known.id)
            return f"{known.decided_by or 'Somebody'} was first: the campaign is {known.status}."
        meta = {"seen": seen, "place": place.model_dump()}
        view = campaign_form(known, verb, meta)
        self._desk.client.call("views.open", trigger_id=body["trigger_id"], view=view)
        return ""

    def _submit(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        meta = json.loads(view["private_metadata"])
        verb, campaign, seen = meta["verb"], meta["campaign"], meta["seen"]
        member, place = body["user"]["id"], Place.model_validate(meta["place"])
        written = written_in(view)

        def carry_out() -> Told:
            if not self._desk.is_team(member):
                return Told(FOR_TEAM, done=False)
            if verb == "test":
                return Told(self._test(campaign, written["address"], member))
            if verb in ("edit", "audience"):
                return Told(self._change(campaign, verb, member, written, seen))
            return Told(self._decide(campaign, verb, member, written["reason"] or None, seen))

        self._desk.settle_form(ack, body, FORMS[verb].first, carry_out, place)

    def _decide(self, campaign: str, verb: str, member: str, reason: str | None, seen: int) -> str:
        """Carry a decision out; gives what its author is told."""
        decision = Decision(
            verb=cast("Verb", verb),
            by=self._desk.channel.name_of(member),
            text=reason,
            origin=f"slack {member}",
            seen=seen,
        )
        try:
            decided = self._desk.session.decide(campaign, decision)
        finally:
            self._show(campaign)
        return _told(decided)

    def _change(self, campaign: str, verb: str, member: str, written: Written, seen: int) -> str:
        """Make a new version of a campaign; gives what its author is told."""
        campaigns = self._desk.session.campaigns
        known, by = campaigns.campaign(campaign), self._desk.channel.name_of(member)
        origin = f"slack {member}"
        if verb == "audience":
            brief = other_audience(known.draft.brief, written, known.currency)
            made = campaigns.edit(campaign, by, version=seen, brief=brief, origin=origin)
        else:
            texts = known.draft.texts.rewritten(by, **_words(written))
            offer = read_offer(written["offer"])
            if offer.percent == known.draft.offer.percent:
                offer = known.draft.offer
            made = campaigns.edit(campaign, by, version=seen, texts=texts, offer=offer, origin=origin)
        self._show(campaign)
        return (
            f"Version {made.draft.version} comes on the card, and what customers would read into its thread."
        )

    def _test(self, campaign: str, address: str, member: str) -> str:
        by = self._desk.channel.name_of(member)
        return self._desk.session.campaigns.send_test(campaign, address, by, f"slack {member}")

    def _address_of(self, member: str) -> str | None:
        """The address of a member's profile; None where they or the app's scopes keep it back."""
        try:
            user = self._desk.client.call("users.info", user=member).get("user") or {}
        except DeskError:
            return None
        return (user.get("profile") or {}).get("email") or None

    def _show(self, campaign: str) -> None:
        """Let the card follow beside it: what was decided is decided, whatever is with Slack."""

        def refresh() -> None:
            try:
                self._cards.refresh(campaign)
            except DeskError as error:
                log.info("The card of %s follows later: %s", campaign, error)

        self._desk.later(refresh)


def _words(written: Written) -> dict[str, object]:
    """What the form for an edit holds of a campaign's texts."""
    subjects = tuple(filter(None, (written.get(f"subject{at}") for at in range(ARMS))))
    return {"subjects": subjects, "preheader": written["preheader"], "body": written["body"]}


def _told(decided: Decided) -> str:
    """What somebody is told of their decision; the card says the rest."""
    if decided.status == "done":
        return f"{decided.review}: {decided.text}."
    return f"{decided.by} was first." + (f" They said: {decided.text}" if decided.text else "")
