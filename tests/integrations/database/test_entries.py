"""Learned entries: each change once, with its line in the audit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from agents.cases import Opening
from agents.domain import Citation, Reply
from agents.entries import EntryChange, NewEntry
from integrations.database.conversations import Conversations
from integrations.database.engine import Store
from integrations.database.entries import EntryBook
from integrations.database.team import TeamTables

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def book(store: Store) -> EntryBook:
    return EntryBook(store)


def new(review: str = "r1", days: int = 0) -> NewEntry:
    return NewEntry(review=review, question="Why?", answer="Because.", answered=NOW - timedelta(days=days))


ACCEPT = EntryChange(
    what="accept entry",
    by="Maria",
    origin="shell",
    at=NOW,
    status="accepted",
    question="Why so?",
    not_personal=("$8", "Ünal"),
)


def test_a_review_is_proposed_once(book: EntryBook) -> None:
    assert book.propose(new())
    assert not book.propose(new())
    (entry,) = book.list("proposed")
    assert (entry.question, entry.answer, entry.by, entry.answered) == ("Why?", "Because.", None, NOW)


def test_of_many_at_once_one_proposal_is_kept(book: EntryBook) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda _: book.propose(new()), range(6)))
    assert sorted(made) == [False] * 5 + [True]
    assert len(book.list("proposed")) == 1


def test_a_change_happens_once_and_stands_in_the_audit(book: EntryBook, store: Store) -> None:
    book.propose(new())
    (entry,) = book.list("proposed")
    with ThreadPoolExecutor(6) as threads:
        changed = list(threads.map(lambda _: book.change(entry.id, "proposed", ACCEPT), range(6)))
    (done,) = [each for each in changed if each is not None]
    assert done == book.get(entry.id)
    assert (done.question, done.answer, done.status, done.by) == ("Why so?", "Because.", "accepted", "Maria")
    assert done.not_personal == ("$8", "Ünal")
    (line,) = TeamTables(store).audit(9, 0)
    assert (line.what, line.subject, line.who) == ("accept entry", f"entry {entry.id}", "Maria")


def test_entries_are_listed_by_status_newest_first(book: EntryBook) -> None:
    for number in range(3):
        book.propose(new(f"r{number}", number))
    assert [entry.review for entry in book.list("proposed")] == ["r0", "r1", "r2"]
    assert [entry.review for entry in book.list("proposed", limit=1)] == ["r0"]
    assert book.list("accepted") == []
    assert book.get(99) is None


def test_questions_that_got_no_answer_are_found_with_their_reason(book: EntryBook, store: Store) -> None:
    log = Conversations(store)
    for text, decision in [("A?", "answer"), ("B?", "clarify"), ("C?", "escalate")]:
        accepted = log.accept(text, None, None, at_most=None, since=NOW)
        assert accepted is not None
        conversation = accepted.message.conversation
        cited = (Citation(document="d", section="1", anchor="a", quote="q"),) if decision == "answer" else ()
        reply = Reply.model_validate(
            {
                "decision": decision,
                "answer": "…",
                "confidence": 0.5,
                "citations": cited,
                "conversation": conversation,
                "reason": f"because {text}",
                "seconds": 0.1,
            }
        )
        opening = Opening(text, "", 0.5, "because", NOW) if decision == "escalate" else None
        log.reply(accepted.message, reply, opening)
    found = book.unanswered(datetime.now(UTC) - timedelta(minutes=5))
    assert [(each.question, each.reason) for each in found] == [("B?", "because B?"), ("C?", "because C?")]
    assert book.unanswered(datetime.now(UTC) + timedelta(minutes=5)) == []
