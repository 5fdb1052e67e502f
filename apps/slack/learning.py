"""The buttons under an answer of a person: what the desk learns from it, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App

from agents.domain import Place
from agents.errors import BadInput
from apps.slack.decisions import NOT_YOU
from apps.slack.desk import SlackDesk, Told, place_of
from integrations.slack.forms import ANSWER, QUESTION, entry_form


class LearningButtons:
    """Accepts, turns down, changes and takes back what is proposed."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk
        self._learning = desk.session.learning

    def register(self, app: App) -> None:
        """Listen to the buttons of offers and to their form."""
        app.action("entry_accept")(self._pressed(self._accept))
        app.action("entry_dismiss")(self._pressed(self._dismiss))
        app.action("entry_undo")(self._pressed(self._undo))
        app.action("entry_edit")(self._open_form)
        app.view("entry_words")(self._submit)

    def _pressed(self, work: Callable[[int, str, str], str]) -> Callable[..., None]:
        """A listener that does `work` as the member who pressed, and tells them what it gives."""

        def listener(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
            ack()
            member, place = body["user"]["id"], place_of(body)

            def do() -> None:
                told = self._do(work, int(action["value"]), member)
                if told.words:
                    self._desk.whisper(place, member, told.words)

            self._desk.once(body, do, lambda words: self._desk.whisper(place, member, words))

        return listener

    def _do(self, work: Callable[[int, str, str], str], entry: int, member: str) -> Told:
        if not self._desk.channel.may_answer(member):
            return Told(NOT_YOU, done=False)
        try:
            told = Told(work(entry, self._desk.channel.name_of(member), f"slack {member}"))
        except BadInput as error:
            told = Told(str(error), done=False)
        review = self._learning.entry(entry).review
        if review is not None:
            self._desk.later(lambda: self._desk.refresh(review))
        return told

    def _accept(self, entry: int, by: str, origin: str) -> str:
        proposal = self._learning.proposal(entry)
        learned = self._learning.accept(entry, proposal.question, proposal.answer, by=by, origin=origin)
        return learned.note

    def _dismiss(self, entry: int, by: str, origin: str) -> str:
        self._learning.dismiss(entry, by=by, origin=origin)
        return ""

    def _undo(self, entry: int, by: str, origin: str) -> str:
        known = self._learning.entry(entry)
        minutes = self._desk.services.channel_policy.undo_minutes
        if self._desk.services.now() > known.changed + timedelta(minutes=minutes):
            return "It is too late to undo this here; the control room and `gtm entries` still can."
        if known.status == "accepted":
            return self._learning.withdraw(entry, by=by, origin=origin).note
        return self._learning.restore(entry, by=by, origin=origin).note

    def _open_form(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        member, place = body["user"]["id"], place_of(body)

        def open_it() -> None:
            if not self._desk.channel.may_answer(member):
                self._desk.whisper(place, member, NOT_YOU)
                return
            proposal = self._learning.proposal(int(action["value"]))
            left_out = ", ".join(dict.fromkeys(part.kind for part in proposal.personal))
            meta = {"place": place.model_dump() if place else None}
            view = entry_form(proposal, f"Left out as personal: {left_out}." if left_out else "", meta)
            self._desk.client.call("views.open", trigger_id=body["trigger_id"], view=view)

        self._desk.once(body, open_it, lambda words: self._desk.whisper(place, member, words))

    def _submit(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        meta = json.loads(view["private_metadata"])
        values = view["state"]["values"]
        question, answer = (values[name][name].get("value") or "" for name in (QUESTION, ANSWER))
        member = body["user"]["id"]
        place = Place.model_validate(meta["place"]) if meta.get("place") else None

        def accept(entry: int, by: str, origin: str) -> str:
            return self._learning.accept(entry, question, answer, by=by, origin=origin).note

        self._desk.settle_form(ack, body, ANSWER, lambda: self._do(accept, int(meta["entry"]), member), place)
