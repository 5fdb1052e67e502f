"""The desk's numbers, counted by hand beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from agents.cases import Opening
from agents.domain import ConversationFilter, Message, Reply, ReplyDecision
from agents.policy import load_policy
from integrations.database.conversations import Conversations
from integrations.database.engine import Store
from integrations.database.ledger import LedgerBook
from integrations.database.tables import messages

PEOPLE = load_policy().people
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)
WEEK = (MONDAY - timedelta(days=1), MONDAY + timedelta(days=6))


class Past:
    """Writes conversations as if they had happened then."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.log = Conversations(store)

    def ask(self, at: datetime, text: str = "q", conversation: str | None = None) -> Message:
        accepted = self.log.accept(text, conversation, None, at_most=None, since=LONG_AGO)
        assert accepted is not None
        return self._dated(accepted.message, at)

    def reply(
        self, question: Message, at: datetime, decision: ReplyDecision = "answer", confidence: float = 0.9
    ) -> Message:
        reply = Reply(
            decision=decision,
            answer="so",
            confidence=confidence,
            conversation=question.conversation,
            reason="r",
            seconds=0.1,
        )
        opening = Opening(question.text, "", 0.1, "r", at) if decision == "escalate" else None
        said = self.log.reply(question, reply, opening)
        assert said is not None
        return self._dated(said, at)

    def person(self, question: Message, at: datetime) -> None:
        self._dated(self.log.append(question.conversation, "person", "yes", by="Maya"), at)

    def episode(self, message: Message, number: int) -> None:
        with self.store.writing() as connection:
            connection.execute(messages.update().where(messages.c.id == message.id).values(episode=number))

    def _dated(self, message: Message, at: datetime) -> Message:
        with self.store.writing() as connection:
            connection.execute(messages.update().where(messages.c.id == message.id).values(at=at))
        return message


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    store = Store(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")
    yield Past(store)
    store.close()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_week_is_counted_as_by_hand(past: Past) -> None:
    good = past.ask(MONDAY)
    past.reply(good, MONDAY + minutes(0.01))
    disliked = past.ask(MONDAY + minutes(1))
    past.log.vote(past.reply(disliked, MONDAY + minutes(1.02)).id, "down", None)
    hard = past.ask(MONDAY + timedelta(days=1))
    past.reply(hard, MONDAY + timedelta(days=1), "escalate")
    past.person(hard, MONDAY + timedelta(days=1) + minutes(30))
    returning = past.ask(MONDAY + timedelta(days=2))
    past.log.vote(past.reply(returning, MONDAY + timedelta(days=2) + minutes(0.03)).id, "up", None)
    again = past.ask(MONDAY + timedelta(days=4), conversation=returning.conversation)
    past.episode(again, 2)
    past.episode(past.reply(again, MONDAY + timedelta(days=4) + minutes(0.04), "clarify"), 2)
    outside = past.ask(MONDAY - timedelta(days=3))
    past.reply(outside, MONDAY - timedelta(days=3))

    figures = LedgerBook(past.store).figures(*WEEK, PEOPLE)
    assert (figures.asked, figures.answered, figures.clarified, figures.escalated) == (5, 3, 1, 1)
    assert (figures.resolved, figures.reopened) == (1, 1)
    assert figures.deflection == pytest.approx(1 / 5)
    assert figures.bot_response_p50 == pytest.approx(1.8)
    assert figures.person_response_p50 == pytest.approx(1800)
    assert (figures.helpful, figures.unhelpful) == (1, 1)
    assert [(day.day, day.asked, day.escalated) for day in figures.days] == [
        ("2026-11-16", 2, 0),
        ("2026-11-17", 1, 1),
        ("2026-11-18", 1, 0),
        ("2026-11-20", 1, 0),
    ]


def test_of_nothing_the_shares_and_medians_are_unknown(past: Past) -> None:
    figures = LedgerBook(past.store).figures(*WEEK, PEOPLE)
    assert (figures.asked, figures.deflection, figures.bot_response_p50) == (0, None, None)


def test_coming_back_after_the_policys_days_is_no_reopening(past: Past) -> None:
    first = past.ask(MONDAY)
    past.reply(first, MONDAY)
    past.episode(past.ask(MONDAY + timedelta(days=9), conversation=first.conversation), 2)
    figures = LedgerBook(past.store).figures(*WEEK, PEOPLE)
    assert (figures.resolved, figures.reopened) == (1, 0)


def test_conversations_are_found_by_what_was_said_decided_and_felt(past: Past) -> None:
    tins = past.ask(MONDAY, "Can tins come back? 100%_sure")
    past.log.vote(past.reply(tins, MONDAY).id, "down", None)
    hard = past.ask(MONDAY + minutes(5), "Engrave?")
    past.reply(hard, MONDAY + minutes(5), "escalate", confidence=0.2)

    def found(**filters: object) -> list[str]:
        return [one.first_question for one in past.log.list(ConversationFilter.model_validate(filters))]

    assert found() == ["Engrave?", "Can tins come back? 100%_sure"]
    assert found(text="TINS") == found(text="100%_s") == found(vote="down") == found(decision="answer")
    assert found(text="100_%") == found(text="nothing", decision="answer") == []
    assert found(state="waiting") == found(decision="escalate") == found(confidence_below=0.5) == ["Engrave?"]
    assert found(since=MONDAY + minutes(1)) == ["Engrave?"]
    assert found(until=MONDAY + minutes(1)) == ["Can tins come back? 100%_sure"]
    assert found(limit=1, offset=1) == ["Can tins come back? 100%_sure"]


def test_a_conversation_in_which_nobody_has_said_anything_is_not_listed(past: Past) -> None:
    past.log.begin("anna")
    assert past.log.list(ConversationFilter()) == []
    with past.store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar() == 0
