"""What a member of the team writes in the thread of a case, on its way to the customer."""

from __future__ import annotations

from typing import Final

from agents.domain import Decided, Decision, Place
from agents.effects import Effect
from agents.errors import BadInput, DeskError
from agents.ports import Services
from agents.session import Session
from agents.team_channel import TeamChannel

HAND_BACK: Final = ("hand back", "handback", "hand it back", "hand-back")
INTERNAL: Final = "//"


class Relay:
    """Passes replies on, each once: what is told of twice stands in the conversation once."""

    def __init__(self, session: Session, services: Services, channel: TeamChannel) -> None:
        """Say nothing yet."""
        self._session, self._services, self._channel = session, services, channel

    def deliver(self, effect: Effect) -> None:
        """What was heard by a process that died before it could pass it on."""
        payload = effect.payload
        place = Place(channel=payload["channel"], message=payload["message"], thread=payload.get("thread"))
        self.pass_on(place, payload["member"], payload["text"])

    def pass_on(self, place: Place, member: str, text: str) -> None:
        """Say to the customer what stands there, and mark it; tell its author where that cannot be."""
        case = self._services.channel_book.case_of(place.channel, place.thread or place.message)
        if case is None:
            return
        conversation, review = case
        if not self._channel.may_answer(member):
            self._channel.whisper(place, member, "This was not sent: you may not answer customers here.")
            return
        name, origin = self._channel.name_of(member), f"slack {member}"
        try:
            if text.strip().rstrip(".!").lower() in HAND_BACK:
                decision = Decision(verb="hand-back", by=name, origin=origin)
                done: object = self._session.decide(review, decision)
            else:
                done = self._session.say(conversation, text, name, origin, place)
        except BadInput as error:
            self._channel.whisper(place, member, f"This was not sent to the customer: {error}")
            return
        if isinstance(done, Decided) and done.status == "already_decided":
            self._channel.whisper(place, member, f"This was not sent: {done.by} was first.")
            return
        self._mark(place)

    def _mark(self, place: Place) -> None:
        try:
            self._channel.mark(place)
        except DeskError:
            # The customer has it; a missing mark must not send it again.
            return
