"""Questions of the team: answered from the knowledge base, and kept out of the customers' log."""

from __future__ import annotations

from collections.abc import Sequence

from agents.knowledge import History
from apps.slack.desk import SlackDesk
from integrations.slack.answers import TeamAnswer

ROOM = 12  # earlier messages of a thread that a follow-up is understood by


def answer(desk: SlackDesk, question: str, history: History) -> TeamAnswer:
    """What the documents say, and how sure that is. Nothing is stored, and nothing escalated."""
    rehearsal = desk.session.rehearse(question[: desk.session.policy.limits.message_length], history)
    outcome = rehearsal.outcome
    sure = outcome.ruling.decision == "answer"
    text = outcome.ruling.text if sure or not outcome.draft.text else outcome.draft.text
    if outcome.ruling.decision == "clarify" and not outcome.draft.text:
        text = outcome.ruling.text
    found = bool(outcome.draft.text) or sure
    places = {(each.document, each.section): each for each in outcome.draft.citations}
    return TeamAnswer(
        text=text if found else "",
        sure=sure,
        confidence=outcome.confidence,
        confidence_word=desk.session.policy.confidence_word(outcome.confidence),
        sources=tuple(_titled(desk, document, section) for document, section in places) if found else (),
    )


def _titled(desk: SlackDesk, name: str, section: str) -> str:
    document = desk.session.document(name)
    title = document.title if document else name
    return f"{title}, {section}" if section else title


def history_of(messages: Sequence[tuple[str, str]]) -> History:
    """The last messages of a thread, as the desk understands a follow-up by them."""
    return list(messages)[-ROOM:]
