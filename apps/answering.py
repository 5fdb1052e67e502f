"""What the chat page is answered to a question, by whichever process does the answering."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from agents.asking import Audience
from agents.domain import Message, Standing
from agents.errors import BadInput
from agents.session import Session
from apps.guarded_calls import Payload
from apps.presenting import Presenter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor's page has sent, whatever it is.

    `broken_off` is when it was put to a process that has ended since: what that one has done of it stands.
    """

    visitor: str
    text: object
    broken_off: datetime | None = None


class Answerer:
    """Puts questions to the desk and gives the replies as the page draws them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.presenter = Presenter(session.policy.answer_word, self._title)

    def answer(self, question: Question, audience: Audience | None = None) -> Payload:
        """The reply as it stands in the log, or None where a person will answer.

        `begun` tells whether a conversation began with it; that is for us, not for the page.
        """
        if not isinstance(question.text, str):
            raise BadInput("A message is text.")
        conversation = self._session.latest(question.visitor)
        reply = self._reply(question.text, conversation, question, audience)
        shown: Payload = {
            "message": self.presenter.message(reply) if reply else None,
            "begun": conversation is None,
        }
        if reply is None or (reply.reply and reply.reply.decision == "escalate"):
            shown["standing"] = self._standing(
                reply.conversation if reply else conversation, question.visitor
            )
        return shown

    def _standing(self, conversation: str | None, visitor: str) -> Payload | None:
        return None if conversation is None else shown_standing(self._session.standing(conversation, visitor))

    def _reply(
        self, text: str, conversation: str | None, question: Question, audience: Audience | None
    ) -> Message | None:
        if question.broken_off is None:
            return self._session.respond(text, conversation, question.visitor, audience)
        return self._session.respond_again(
            text, conversation, question.visitor, audience, since=question.broken_off
        )

    def _title(self, name: str) -> str:
        document = self._session.document(name)
        return document.title if document else name


def shown_standing(standing: Standing) -> Payload:
    """How a conversation stands, for the page."""
    return standing.model_dump(include={"state", "person", "typing", "promise", "late", "contact"})


def warm(session: Session) -> None:
    """Load model and index, so that the first customer does not wait for them."""
    try:
        session.warm()
    except Exception:  # the page says what is wrong when it is asked; a server that is up can be mended
        log.exception("The desk could not be warmed up; see `gtm doctor`")
