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

from agents.domain import Citation, Decision, Message, Reply
from agents.errors import BadInput, Permanent, Transient
from integrations.database import Database, shown_url

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "gtm.sqlite3"


@pytest.fixture
def log(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


def a_reply(conversation: str, decision: Decision = "answer", *, sourced: bool = True) -> Reply:
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


def ask(log: Database, text: str, conversation: str | None = None, visitor: str | None = None) -> Message:
    question = log.accept(text, conversation, visitor, None, LONG_AGO)
    assert question is not None
    return question


def test_messages_come_back_in_order_as_they_were_stored(log: Database) -> None:
    question = ask(log, "Is it so? 🍵 שלום", visitor="anna")
    reply = a_reply(question.conversation)
    answer = log.reply(question, reply, "draft")
    assert log.messages(question.conversation) == [question, answer]
    assert answer.reply == reply
    assert log.message(answer.id) == answer


def test_times_are_utc(log: Database) -> None:
    before = datetime.now(UTC)
    stored = log.messages(ask(log, "when?").conversation)[0]
    assert stored.at.utcoffset() == timedelta(0)
    assert before <= stored.at <= datetime.now(UTC)


def test_a_question_without_a_reply_is_still_there_after_reopening(log: Database, file: Path) -> None:
    question = ask(log, "lost?")
    log.close()
    again = Database(f"sqlite:///{file}")
    assert again.messages(question.conversation) == [question]
    again.close()


def test_conversation_ids_cannot_be_guessed(log: Database) -> None:
    ids = {log.begin("anna") for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) >= 22 for each in ids)


def test_the_owner_of_a_conversation_is_known(log: Database) -> None:
    mine = log.conversation(log.begin("anna"))
    assert mine is not None
    assert mine.visitor == "anna"
    assert log.conversation("nothing") is None


def test_the_latest_conversation_is_the_one_last_used(log: Database) -> None:
    assert log.latest("anna") is None
    first, second = log.begin("anna"), log.begin("anna")
    assert log.latest("anna") == second
    ask(log, "back again", first, "anna")
    assert log.latest("anna") == first
    ask(log, "somebody else", None, "ben")
    assert log.latest("anna") == first


def test_a_visitor_is_limited_over_all_conversations_and_others_are_not(log: Database) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    taken = [log.accept(f"m{n}", None, "anna", 3, since) for n in range(5)]
    assert [each is not None for each in taken] == [True, True, True, False, False]
    assert log.accept("mine", None, "ben", 3, since) is not None
    assert log.accept("trusted", None, None, 3, since) is not None
    assert log.count() == 5


def test_messages_before_the_window_do_not_count(log: Database) -> None:
    for n in range(3):
        ask(log, f"m{n}", visitor="anna")
    assert log.accept("later", None, "anna", 3, datetime.now(UTC)) is not None


def test_the_limit_holds_when_messages_come_at_once(log: Database) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    taken: list[bool] = []

    def send() -> None:
        taken.append(log.accept("at once", None, "anna", 12, since) is not None)

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (taken.count(True), len(taken)) == (12, 50)


def test_the_last_vote_counts(log: Database) -> None:
    question = ask(log, "q")
    answer = log.reply(question, a_reply(question.conversation), "")
    assert answer.vote is None
    log.vote(answer.id, "up", None)
    log.vote(answer.id, "down", "it was wrong")
    assert [message.vote for message in log.messages(question.conversation)] == [None, "down"]


def test_an_escalation_is_recorded_with_its_draft(log: Database) -> None:
    question = ask(log, "engrave my tin?")
    reply = a_reply(question.conversation, "escalate", sourced=False)
    log.reply(question, reply, "what it would have said")
    [escalation] = log.escalations()
    assert (escalation.message, escalation.question) == (question.id, "engrave my tin?")
    assert (escalation.draft, escalation.confidence) == ("what it would have said", 0.9)
    assert escalation.reason == "confident"


def test_an_answer_is_no_escalation(log: Database) -> None:
    question = ask(log, "q")
    log.reply(question, a_reply(question.conversation), "")
    assert log.escalations() == []


def test_reply_and_escalation_are_stored_together_or_not_at_all(log: Database) -> None:
    question = ask(log, "q")
    reply = a_reply(question.conversation, "escalate", sourced=False)
    log.reply(question, reply, "")
    with pytest.raises(Permanent):
        log.reply(question, reply, "")
    assert len(log.messages(question.conversation)) == 2
    assert len(log.escalations()) == 1


def test_what_was_said_before_a_message_is_told_with_its_kind(log: Database) -> None:
    first = ask(log, "one")
    log.reply(first, a_reply(first.conversation), "")
    ask(log, "two", first.conversation)
    third = ask(log, "three", first.conversation)
    said = log.said_before(third, 2)
    assert [(each.role, each.text, each.sourced) for each in said] == [
        ("bot", "It is so.", True),
        ("customer", "two", False),
    ]


def test_a_message_of_an_unknown_conversation_is_refused(log: Database) -> None:
    with pytest.raises(Permanent):
        log.append("nowhere", "person", "hello", by="Sam")


def test_sql_in_a_message_is_text(log: Database) -> None:
    text = "'; DROP TABLE messages; --"
    assert log.messages(ask(log, text).conversation)[0].text == text


def test_a_file_of_another_schema_is_refused(log: Database, file: Path) -> None:
    log.close()
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE schema_version SET version = 99"))
    engine.dispose()
    with pytest.raises(Permanent, match="version 99"):
        Database(f"sqlite:///{file}")


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "gtm.sqlite3").write_text("not a database, but long enough to be read as one" * 20)
    with pytest.raises((Permanent, Transient), match="not a database"):
        Database(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")


@pytest.mark.parametrize("url", ["nonsense", "mongo://x", "postgresql+nodriver://x/y"])
def test_a_url_that_cannot_be_used_says_what_to_give(url: str) -> None:
    with pytest.raises(BadInput, match="GTM_DATABASE_URL"):
        Database(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in shown_url("postgresql://me:secret@host/db")


def test_processes_that_start_at_once_create_one_schema(file: Path) -> None:
    program = (
        "import sys; from integrations.database import Database\n"
        "log = Database(sys.argv[1]); c = log.begin(None); log.append(c, 'system', 'here'); log.close()"
    )
    url = f"sqlite:///{file}"
    running = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE) for _ in range(4)
    ]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], errors
    log = Database(url)
    assert log.count() == 4
    log.close()
