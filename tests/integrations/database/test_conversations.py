"""The conversation log on a real SQLite file."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from agents.cases import Opening
from agents.domain import Citation, Message, Reply, ReplyDecision
from agents.errors import BadInput, Permanent, Transient
from integrations.database.conversations import Conversations
from integrations.database.engine import Store, shown_url
from integrations.database.reviews import Reviews

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "gtm.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


@pytest.fixture
def log(store: Store) -> Conversations:
    return Conversations(store)


def a_reply(conversation: str, decision: ReplyDecision = "answer", *, sourced: bool = True) -> Reply:
    citation = Citation(document="d.md", section="1", anchor="1-a", quote="It is so.")
    return Reply(
        decision=decision,
        answer="It is so.",
        confidence=0.9,
        citations=(citation,) if sourced else (),
        conversation=conversation,
        reason="confident",
        seconds=0.01,
    )


def ask(
    log: Conversations, text: str, conversation: str | None = None, visitor: str | None = None
) -> Message:
    accepted = log.accept(text, conversation, visitor, at_most=None, since=LONG_AGO)
    assert accepted is not None
    return accepted.message


def answer(log: Conversations, question: Message, reply: Reply, opening: Opening | None = None) -> Message:
    message = log.reply(question, reply, opening)
    assert message is not None
    return message


def test_messages_come_back_in_order_as_they_were_stored(log: Conversations) -> None:
    question = ask(log, "Is it so? 🍵 שלום", visitor="anna")
    reply = a_reply(question.conversation)
    said = answer(log, question, reply)
    assert log.messages(question.conversation) == [question, said]
    assert said.reply == reply
    assert log.message(said.id) == said


def test_times_are_utc(log: Conversations) -> None:
    before = datetime.now(UTC)
    stored = log.messages(ask(log, "when?").conversation)[0]
    assert stored.at.utcoffset() == timedelta(0)
    assert before <= stored.at <= datetime.now(UTC)


def test_a_question_without_a_reply_is_still_there_after_reopening(store: Store, file: Path) -> None:
    question = ask(Conversations(store), "lost?")
    store.close()
    again = Store(f"sqlite:///{file}")
    assert Conversations(again).messages(question.conversation) == [question]
    again.close()


def test_conversation_ids_cannot_be_guessed(log: Conversations) -> None:
    ids = {log.begin("anna") for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) >= 22 for each in ids)


def test_the_owner_of_a_conversation_is_known(log: Conversations) -> None:
    mine = log.conversation(log.begin("anna"))
    assert mine is not None
    assert mine.visitor == "anna"
    assert log.conversation("nothing") is None


def test_the_latest_conversation_is_the_one_last_used(log: Conversations) -> None:
    assert log.latest("anna") is None
    first, second = log.begin("anna"), log.begin("anna")
    assert log.latest("anna") == second
    ask(log, "back again", first, "anna")
    assert log.latest("anna") == first
    ask(log, "somebody else", None, "ben")
    assert log.latest("anna") == first


def test_a_visitor_is_limited_over_all_conversations_and_others_are_not(log: Conversations) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    taken = [log.accept(f"m{n}", None, "anna", at_most=3, since=since) for n in range(5)]
    assert [each is not None for each in taken] == [True, True, True, False, False]
    assert log.accept("mine", None, "ben", at_most=3, since=since) is not None
    assert log.accept("trusted", None, None, at_most=3, since=since) is not None
    assert log.count() == 5


def test_messages_before_the_window_do_not_count(log: Conversations) -> None:
    for n in range(3):
        ask(log, f"m{n}", visitor="anna")
    assert log.accept("later", None, "anna", at_most=3, since=datetime.now(UTC)) is not None


def test_the_limit_holds_when_messages_come_at_once(log: Conversations) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    taken: list[bool] = []

    def send() -> None:
        taken.append(log.accept("at once", None, "anna", at_most=12, since=since) is not None)

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (taken.count(True), len(taken)) == (12, 50)


def test_the_last_vote_counts(log: Conversations) -> None:
    question = ask(log, "q")
    said = answer(log, question, a_reply(question.conversation))
    assert said.vote is None
    log.vote(said.id, "up", None)
    log.vote(said.id, "down", "it was wrong")
    assert [message.vote for message in log.messages(question.conversation)] == [None, "down"]


def opening(question: str) -> Opening:
    return Opening(question, "what it would have said", 0.4, "too unsure", datetime.now(UTC))


def test_an_escalation_opens_a_review_with_its_draft(log: Conversations, store: Store) -> None:
    question = ask(log, "engrave my tin?")
    reply = a_reply(question.conversation, "escalate", sourced=False)
    said = answer(log, question, reply, opening("engrave my tin?"))
    [review] = Reviews(store).list(["pending"], 10)
    assert said.reply is not None
    assert said.reply.review == review.id
    assert (review.question, review.conversation) == ("engrave my tin?", question.conversation)
    assert (review.draft, review.confidence) == ("what it would have said", 0.4)
    assert (review.reason, review.status, review.seen) == ("too unsure", "pending", said.id)


def test_an_answer_opens_no_review(log: Conversations, store: Store) -> None:
    question = ask(log, "q")
    log.reply(question, a_reply(question.conversation))
    assert Reviews(store).list(["pending"], 10) == []


def test_two_escalations_at_once_share_one_review(log: Conversations, store: Store) -> None:
    first = ask(log, "engrave?")
    second = ask(log, "by Friday?", first.conversation)
    for question in (first, second):
        reply = a_reply(question.conversation, "escalate", sourced=False)
        answer(log, question, reply, opening(question.text))
    [review] = Reviews(store).list(["pending"], 10)
    assert review.question == "engrave?"


def test_reply_and_review_are_stored_together_or_not_at_all(log: Conversations, store: Store) -> None:
    question = ask(log, "q")
    unknown = question.model_copy(update={"id": 10_000})
    with pytest.raises(Permanent):
        log.reply(unknown, a_reply(question.conversation, "escalate", sourced=False), opening("q"))
    assert len(log.messages(question.conversation)) == 1
    assert Reviews(store).list(["pending"], 10) == []


def test_a_late_reply_is_not_stored_where_something_was_said_since(log: Conversations) -> None:
    question = ask(log, "q")
    assert log.reply(question, a_reply(question.conversation), late=True) is not None
    assert log.reply(question, a_reply(question.conversation), late=True) is None
    assert len(log.messages(question.conversation)) == 2


def test_changes_name_each_conversation_once_and_go_on_from_the_cursor(log: Conversations) -> None:
    start = log.changes(-1).cursor
    first, second = ask(log, "one"), ask(log, "two")
    ask(log, "more", first.conversation)
    changed = log.changes(start)
    assert changed.conversations == (first.conversation, second.conversation)
    assert log.changes(changed.cursor).conversations == ()


def test_what_was_said_before_a_message_is_told_with_its_kind(log: Conversations) -> None:
    first = ask(log, "one")
    log.reply(first, a_reply(first.conversation))
    ask(log, "two", first.conversation)
    third = ask(log, "three", first.conversation)
    said = log.said_before(third, 2)
    assert [(each.role, each.text, each.sourced) for each in said] == [
        ("bot", "It is so.", True),
        ("customer", "two", False),
    ]


def test_a_message_of_an_unknown_conversation_is_refused(log: Conversations) -> None:
    with pytest.raises(Permanent):
        log.append("nowhere", "person", "hello", by="Sam")


def test_sql_in_a_message_is_text(log: Conversations) -> None:
    text = "'; DROP TABLE messages; --"
    assert log.messages(ask(log, text).conversation)[0].text == text


def test_a_file_of_another_schema_is_refused(store: Store, file: Path) -> None:
    store.close()
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE schema_version SET version = 99"))
    engine.dispose()
    with pytest.raises(Permanent, match="version 99"):
        Store(f"sqlite:///{file}")


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "gtm.sqlite3").write_text("not a database, but long enough to be read as one" * 20)
    with pytest.raises((Permanent, Transient), match="not a database"):
        Store(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")


@pytest.mark.parametrize("url", ["nonsense", "mongo://x", "postgresql+nodriver://x/y"])
def test_a_url_that_cannot_be_used_says_what_to_give(url: str) -> None:
    with pytest.raises(BadInput, match="GTM_DATABASE_URL"):
        Store(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in shown_url("postgresql://me:secret@host/db")


def test_processes_that_start_at_once_create_one_schema(file: Path) -> None:
    program = (
        "import sys\n"
        "from integrations.database.conversations import Conversations\n"
        "from integrations.database.engine import Store\n"
        "store = Store(sys.argv[1]); log = Conversations(store)\n"
        "log.append(log.begin(None), 'system', 'here'); store.close()"
    )
    url = f"sqlite:///{file}"
    running = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE) for _ in range(4)
    ]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], errors
    store = Store(url)
    assert Conversations(store).count() == 4
    store.close()
