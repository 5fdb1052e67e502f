"""One person's rows: found, given out, erased and looked for, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from agents.cases import Opening
from agents.domain import Reply
from agents.entries import NewEntry
from agents.personal import Address, KeepUntil
from agents.team import AuditLine
from agents.weekly.report import AtRisk
from integrations.database.append_only import TOMBSTONE
from integrations.database.conversations import Conversations
from integrations.database.editions import EditionTable
from integrations.database.engine import Store
from integrations.database.entries import EntryBook
from integrations.database.outbox import add
from integrations.database.personal import PersonalTables
from integrations.database.tables import audit, conversations, entries, messages, outbox, reviews
from integrations.database.team import TeamTables
from tests.integrations.database.test_editions import EDITION

ANNA = Address("anna@mail.example")
NOW = datetime.now(UTC)


@pytest.fixture
def data(store: Store) -> PersonalTables:
    return PersonalTables(store)


def converse(store: Store, text: str, visitor: str | None = None) -> str:
    """A conversation with a question that a person has to answer, an effect and a line in the audit."""
    log = Conversations(store)
    accepted = log.accept(text, None, visitor, at_most=None, since=NOW)
    assert accepted is not None
    conversation = accepted.message.conversation
    reply = Reply(
        decision="escalate", answer="…", confidence=0.1, conversation=conversation, reason="x", seconds=0.1
    )
    stored = log.reply(accepted.message, reply, Opening(text, text, 0.1, "x", NOW))
    assert stored is not None
    assert stored.reply is not None
    assert stored.reply.review is not None
    log.vote(stored.id, "down", text)
    EntryBook(store).propose(NewEntry(review=stored.reply.review, question="Q", answer=text, answered=NOW))
    line = AuditLine(
        at=NOW, who="Maria", origin="shell", what="reply", subject=stored.reply.review, detail=text
    )
    TeamTables(store).record(line)
    with store.writing() as connection:
        add(
            connection,
            key=f"email:{stored.id}",
            kind="email",
            payload={"to": ANNA.email, "answer": text},
            conversation=conversation,
            review=stored.reply.review,
            now=NOW,
        )
    return conversation


def count(store: Store, table: sa.Table) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_a_person_is_found_by_contact_by_words_and_by_visitor(data: PersonalTables, store: Store) -> None:
    said = converse(store, "I am ANNA@mail.example!", "v")
    same_visitor = converse(store, "How long?", "v")
    left = converse(store, "Why?")
    Conversations(store).set_contact(left, "Anna@Mail.example")
    converse(store, "I am joanna@mail.example and anna@mail.example.au")
    converse(store, "I am anna_mail.example", "w")
    assert data.conversations_of(ANNA) == [said, same_visitor, left]
    assert data.conversations_of(Address("bert@mail.example")) == []


def test_all_rows_are_given_out_as_json(data: PersonalTables, store: Store) -> None:
    own = converse(store, "I am anna@mail.example")
    rows = json.loads(json.dumps(data.rows_of(ANNA, [own])))
    filled = {name for name, found in rows.items() if found}
    assert filled == {
        "votes",
        "tickets",
        "entries",
        "outbox",
        "changes",
        "reviews",
        "messages",
        "conversations",
        "audit",
    } - ({"tickets"} if not rows["tickets"] else set())
    assert rows["messages"][0]["text"] == "I am anna@mail.example"


def test_erasing_leaves_others_and_a_tombstone(data: PersonalTables, store: Store) -> None:
    other = converse(store, "I am bert@mail.example")
    own = converse(store, "I am anna@mail.example")
    assert data.search(ANNA).found
    line = AuditLine(at=NOW, who="Maria", origin="shell", what="forget customer", subject="a customer")
    with store.writing() as connection:
        # Bert's e-mail went to Anna: the effect names her.
        connection.execute(outbox.update().where(outbox.c.conversation == other).values(status="delivered"))
    erased = data.erase([own], ANNA, line)
    assert erased["messages"] == 2
    assert erased["outbox"] == 3
    assert count(store, conversations) == count(store, reviews) == count(store, entries) == 1
    assert count(store, messages) == 2
    details = [each.detail for each in TeamTables(store).audit(9, 0)]
    assert details == ["", TOMBSTONE, "I am bert@mail.example"]
    searched = data.search(ANNA)
    assert searched.found == ()
    assert searched.tables >= 12
    assert searched.rows >= 8


def test_retention_keeps_what_was_accepted(data: PersonalTables, store: Store) -> None:
    own = converse(store, "I am anna@mail.example")
    with store.writing() as connection:
        connection.execute(entries.update().values(status="accepted"))
        connection.execute(reviews.update().values(status="decided"))
    assert data.stale_conversations(NOW - timedelta(days=1)) == []
    assert data.stale_conversations(NOW + timedelta(days=1)) == [own]
    data.erase([own], None, None)
    assert count(store, conversations) == count(store, messages) == 0
    assert count(store, entries) == 1


def test_what_waits_for_a_person_is_never_stale(data: PersonalTables, store: Store) -> None:
    converse(store, "Why?")
    assert data.stale_conversations(NOW + timedelta(days=1)) == []


def test_what_is_kept_for_a_time_goes_when_it_is_over(data: PersonalTables, store: Store) -> None:
    converse(store, "Why?")
    with store.writing() as connection:
        connection.execute(entries.update().values(status="dismissed"))
        connection.execute(outbox.update().values(status="delivered", delivered=NOW))
    before, after = (
        KeepUntil(**dict.fromkeys(KeepUntil.model_fields, moment))
        for moment in (NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    )
    assert data.expire(before) == {}
    gone = data.expire(after)
    assert (gone["entries"], gone["audit"]) == (1, 1)
    assert gone["outbox"] >= 1
    assert data.expire(after) == {}
    with store.reading() as connection:
        assert set(connection.execute(sa.select(audit.c.detail)).scalars()) == {TOMBSTONE}


def test_a_foreign_table_is_searched_too(data: PersonalTables, store: Store) -> None:
    with store.writing() as connection:
        binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
        connection.exec_driver_sql(f"CREATE TABLE working_memory (held {binary})")
        statement = sa.text("INSERT INTO working_memory VALUES (:held)")
        connection.execute(statement, {"held": b"\xa5\x00to anna@mail.example\x01"})
    assert data.search(ANNA).found == ("table working_memory, column held",)
    assert data.search(Address("na@mail.example")).others == {"anna@mail.example"}


def test_a_customer_s_id_is_renamed_in_kept_reports_which_stay_whole(
    data: PersonalTables, store: Store
) -> None:
    ids = (ANNA.pseudonym, "17850", "117850", "c1")
    churn = EDITION.report.churn.model_copy(
        update={"customers": (AtRisk(customer_id="17850", probability=0.9, worth=17850, why="ordered once"),)}
    )
    kept = EDITION.model_copy(
        update={"at_risk": ids, "report": EDITION.report.model_copy(update={"churn": churn})}
    )
    table = EditionTable(store)
    table.keep(kept)
    assert data.naming([ANNA.pseudonym]) == {"editions": [{"id": "w-1", "column": "content"}]}
    assert data.search(ANNA).found == ("table editions, column content",)
    names = {ANNA.pseudonym: "p-" + "0" * 16, "17850": "p-" + "1" * 16}
    assert data.rename(names) == {"editions": 2}
    found = table.edition("w-1")
    assert found is not None
    assert found.at_risk == (*names.values(), "117850", "c1")
    [person] = found.report.churn.customers
    assert (person.customer_id, person.worth) == (names["17850"], 17850)
    assert data.naming(list(names)) == {}
    assert data.search(ANNA).found == ()
    assert data.rename(names) == {}
