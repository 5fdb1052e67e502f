"""Conversations, reviews and documents as the room's page draws them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from agents.domain import Citation, ConversationSummary, Message, Review, Source
from agents.session import Session
from apps.presenting import Presenter, Shown, document_link
from apps.safe_markdown import render
from knowledge_base.comparison import Alike, Contradiction

_UNSURE: Final = re.compile(r"confidence [\d.]+ is below [\d.]+")


def why(reason: str) -> str:
    """A reason in words; the figure itself is shown beside it."""
    return "not sure enough" if _UNSURE.fullmatch(reason) else reason


class RoomPresenter:
    """Turns what the desk knows into JSON for people who decide: with reasons, and every place that was found."""

    def __init__(self, session: Session) -> None:
        self._policy = session.policy
        self._session = session
        self._chat = Presenter(self._policy.answer_word, self._title)

    def message(self, message: Message) -> Shown:
        """As the customer sees it, and with what the desk thought."""
        shown = self._chat.message(message) | {"by": message.by}
        reply = message.reply
        if reply is None:
            return shown
        thought = {
            "decision": reply.decision,
            "confidence": self.confidence(reply.confidence),
            "reason": why(reply.reason),
            "trace": reply.trace,
            "review": reply.review,
            "retrieved": self.retrieved(reply.retrieved),
            "sources": self._chat.sources(reply.citations),
        }
        return shown | thought

    def waiting(self, review: Review, now: datetime) -> Shown:
        """One line of the inbox."""
        return {
            "id": review.id,
            "conversation": review.conversation,
            "question": review.question,
            "reason": why(review.reason),
            "confidence": self.confidence(review.confidence),
            "has_draft": bool(review.draft),
            "opened": review.opened.isoformat(),
            "due": review.due.isoformat(),
            "waiting_seconds": review.waiting_seconds(now),
            "status": review.status,
            "by": review.by,
        }

    def review(self, review: Review, now: datetime) -> Shown:
        """All that is needed to decide."""
        return self.waiting(review, now) | {
            "draft": review.draft,
            "draft_html": render(review.draft),
            "sources": self._chat.sources(review.citations),
            "retrieved": self.retrieved(review.sources),
            "verb": review.verb,
            "text": review.text,
            "decided": review.decided.isoformat() if review.decided else None,
            "contact": review.contact,
            "seen": review.seen,
        }

    def summary(self, summary: ConversationSummary) -> Shown:
        """One line of the list of conversations."""
        return {
            "id": summary.id,
            "state": summary.state,
            "started": summary.started.isoformat(),
            "last_at": summary.last_at.isoformat(),
            "first_question": summary.first_question,
            "messages": summary.messages,
            "decision": summary.decision,
            "confidence": None if summary.confidence is None else self.confidence(summary.confidence),
            "vote": summary.vote,
            "person": summary.person,
        }

    def confidence(self, confidence: float) -> dict[str, Any]:
        """A confidence with its plain word."""
        return {"word": self._policy.confidence_word(confidence), "percent": round(100 * confidence)}

    def retrieved(self, sources: tuple[Source, ...]) -> list[Shown]:
        """The places that were looked at, best first."""
        return [
            {"title": self._chat.title(each.document), "section": each.section, "score": round(each.score, 3)}
            for each in sources
        ]

    def place(self, found: Alike | Contradiction) -> Shown:
        """A place in a document, with its link."""
        text = found.text if isinstance(found, Alike) else found.theirs
        citation = Citation(document=found.document, section=found.section, anchor=found.anchor, quote=text)
        return {
            "title": self._chat.title(found.document),
            "section": found.section,
            "href": document_link(citation),
        }

    def _title(self, name: str) -> str:
        document = self._session.document(name)
        return document.title if document else name
