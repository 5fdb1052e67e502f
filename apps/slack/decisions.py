"""The buttons of a card, and the forms that some of them open."""

from __future__ import annotations

import json
from typing import Any, Final, cast, get_args

from slack_bolt import Ack, App

from agents.domain import Decided, Decision, Place, Verb
from agents.errors import BadInput
from apps.slack.desk import SlackDesk, Told, place_of
from apps.slack.home import Home
from integrations.slack.cards import BUTTONS
from integrations.slack.forms import ANSWER, LONGEST, answer_form

NOT_YOU: Final = "You may not answer customers here. Ask to be invited to the support channel."


class Decisions:
    """Turns what is pressed and written into decisions of the session."""

    def __init__(self, desk: SlackDesk, home: Home) -> None:
        """Listen to nothing yet."""
        self._desk, self._home = desk, home

    def _tell(self, place: Place | None, member: str, words: str) -> None:
        """Tell a member something where they pressed: beside the card, or in their home, which is drawn afresh."""
        if place is None:
            self._home.publish(member, words)
        elif words:
            self._desk.whisper(place, member, words)

    def register(self, app: App) -> None:
        """Listen to the buttons of cards and to their forms."""
        for verb in BUTTONS:
            listener = self._open_form if verb in ("edit", "reply") else self._press
            app.action(f"case_{verb}")(listener)
        app.view("case_answer")(self._submit)

    def _press(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        verb = action["action_id"].removeprefix("case_")
        review, seen = _value(action)
        member, place = body["user"]["id"], place_of(body)

        def decide() -> None:
            self._tell(place, member, self._decide(review, verb, member, None, seen))

        self._desk.once(body, decide, lambda words: self._tell(place, member, words))

    def _decide(self, review: str, verb: str, member: str, text: str | None, seen: int | None) -> str:
        """Carry a decision out; gives what its author has to be told where it was not."""
        assert verb in get_args(Verb)  # noqa: S101 - the buttons and forms are ours
        if not self._desk.channel.may_answer(member):
            return NOT_YOU
        decision = Decision(
            verb=cast("Verb", verb),
            by=self._desk.channel.name_of(member),
            text=text,
            origin=f"slack {member}",
            seen=seen,
        )
        try:
            decided = self._desk.session.decide(review, decision)
        except BadInput as error:
            return str(error)
        self._desk.later(lambda: self._desk.refresh(review))
        return _first(decided)

    def _open_form(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        verb = action["action_id"].removeprefix("case_")
        review_id, seen = _value(action)
        member, place = body["user"]["id"], place_of(body)

        def open_it() -> None:
            if not self._desk.channel.may_answer(member):
                self._tell(place, member, NOT_YOU)
                return
            review = self._desk.session.review(review_id)
            if review.status == "decided" or (
                review.status == "taken" and review.by != self._desk.channel.name_of(member)
            ):
                words = "was first." if review.status == "decided" else "has already taken this over."
                self._tell(place, member, f"{review.by} {words}")
                return
            mask = self._desk.session.privacy.mask_for("slack")
            if verb == "edit" and len(review.draft) > LONGEST:
                self._desk.whisper(
                    place, member, "The draft is too long for a form of Slack. Edit it in the control room."
                )
                return
            meta = {"seen": seen, "place": place.model_dump() if place else None}
            # The draft quotes our own documents; what it is edited into goes to the customer as it stands.
            view = answer_form(review, verb, mask(review.question), review.draft, meta)
            self._desk.client.call("views.open", trigger_id=body["trigger_id"], view=view)

        self._desk.once(body, open_it, lambda words: self._tell(place, member, words))

    def _submit(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        meta = json.loads(view["private_metadata"])
        text = view["state"]["values"][ANSWER][ANSWER].get("value") or ""
        member = body["user"]["id"]
        place = Place.model_validate(meta["place"]) if meta.get("place") else None
        if not text.strip():
            ack(response_action="errors", errors={ANSWER: "Write what the customer shall read."})
            return

        def decide() -> Told:
            words = self._decide(meta["review"], meta["verb"], member, text, meta["seen"])
            return Told(words, done=not words)

        self._desk.settle_form(ack, body, ANSWER, decide, place)


def _first(decided: Decided) -> str:
    """What the second of two is told."""
    if decided.status == "done":
        return ""
    return f"{decided.by} was first." + (f" They said: {decided.text}" if decided.text else "")


def _value(action: dict[str, Any]) -> tuple[str, int | None]:
    review, _, seen = str(action["value"]).partition(" ")
    return review, int(seen) if seen.isdecimal() and seen != "0" else None
