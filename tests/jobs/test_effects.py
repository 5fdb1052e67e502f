"""What delivers each kind of effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.domain import Decision
from jobs.effects import effect_handlers
from tests.desk import open_desk, write_documents


def test_an_answer_of_a_person_is_proposed_once_however_often_it_is_delivered(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")])
    reply = desk.session.ask("Can you engrave a tin?")
    assert reply.review is not None
    desk.session.decide(reply.review, Decision(verb="reply", text="Yes, we can.", by="Maria"))
    propose = effect_handlers(desk.session, desk.services)["propose"]
    now = datetime.now(UTC)
    due = desk.services.outbox.due(now, 9, now + timedelta(minutes=1), ("propose",))
    for effect in (*due, *due):
        propose(effect)
    assert [proposal.answer for proposal in desk.session.learning.proposals()] == ["Yes, we can."]
    desk.close()
