"""One person's data are given out, erased everywhere, and kept no longer than promised."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.domain import Decision
from agents.effects import Email
from agents.errors import BadInput
from agents.personal import Address
from agents.session import Session
from agents.team import AuditLine
from integrations import connect
from integrations.database.engine import Store
from integrations.database.personal import PersonalTables
from tests.business import import_into, rows_of, write_csv
from tests.desk import Desk, open_desk, write_documents
from tests.embedders import HashingEmbedder

ANNA = "anna.smith@mail.example"
JOANN = "jo" + ANNA  # another person, whose address holds Anna's
SECRET = "the samovar of my great-aunt Eudoxia"
WHO = {"by": "Maria Lopez", "origin": "shell"}
LONG_AGO = timedelta(days=731)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    docs = write_documents(tmp_path / "docs")
    (docs / "contact.md").write_text("# Contact\n\nWrite to help@shop.example.\n")
    opened = open_desk(tmp_path / "home", 0.3, [docs])
    yield opened
    opened.close()


def write_about(desk: Desk, address: str, visitor: str, text: str = SECRET) -> str:
    """A conversation that leaves traces wherever there is a place for them; gives its id."""
    session = desk.session
    reply = session.ask(f"Can you engrave {text} on a tin? I am {address.upper()}", visitor=visitor)
    assert reply.review is not None
    session.leave_contact(reply.conversation, address, visitor)
    answer = f"Dear Anna, we wrote to {address}: yes, {text}."
    session.decide(reply.review, Decision(verb="reply", text=answer, **WHO))
    session.rate(session.messages(reply.conversation)[-1].id, "up", f"call {address}")
    session.learning.propose(reply.review)
    entry = session.learning.proposals()[0].entry
    session.learning.accept(
        entry.id, "Can you engrave it?", f"Yes, {text}, {address}.", **WHO, not_personal=[address]
    )
    session.ask("And in red?", reply.conversation, visitor)
    desk.services.tickets.open(reply.review, f"{address} asks", datetime.now(UTC))
    desk.services.open_mailer().send(
        Email(key=reply.review, to=address, subject="Ütf", body=f"Grüße, {text} " * 9, at=datetime.now(UTC))
    )
    log = desk.home / "log" / "gtm.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("a") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S},000 ERROR gtm: no route to {address}\n")
    return reply.conversation


def files_with(home: Path, text: str) -> list[str]:
    """Every file with these bytes, the models aside."""
    wanted = text.lower().encode()
    # Chroma writes memory that it never filled into its vectors: what was there, only the address is blanked of.
    files = [file for file in home.rglob("*") if file.is_file() and file.name != "data_level0.bin"]
    return sorted(str(file.relative_to(home)) for file in files if wanted in file.read_bytes().lower())


def test_everything_is_given_out(desk: Desk) -> None:
    conversation = write_about(desk, ANNA, "v")
    earlier = desk.session.ask("How long do parcels to Canada take?", visitor="v").conversation
    exported = json.loads(json.dumps(desk.session.privacy.export(f" {ANNA.upper()} ")))
    database = exported["database"]
    assert exported["email"] == ANNA
    assert {row["id"] for row in database["conversations"]} == {conversation, earlier}
    assert any(SECRET in row["text"] for row in database["messages"])
    assert all(database[each] for each in ("votes", "reviews", "tickets", "entries", "outbox", "audit"))
    assert conversation in exported["checkpoints"]
    assert len(exported["files"]) == 2


def test_somebody_unknown_has_nothing(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    exported = desk.session.privacy.export("bert@mail.example")
    assert not any(exported["database"].values())
    assert (exported["checkpoints"], exported["files"]) == ({}, [])


def test_everything_is_erased_and_the_bytes_are_gone(desk: Desk) -> None:
    conversation = write_about(desk, ANNA, "v")
    assert {Path(file).name.split("-")[0] for file in files_with(desk.home, ANNA)} >= {
        "gtm.sqlite3",
        "gtm.log",
    }
    forgotten = desk.session.privacy.forget(ANNA, **WHO)
    assert forgotten.complete
    assert forgotten.conversations == 1
    assert forgotten.erased["messages"] >= 4
    assert forgotten.proof.tables >= 12
    assert forgotten.proof.files > 5
    assert forgotten.proof.bytes > 100_000
    assert files_with(desk.home, ANNA) == []
    assert files_with(desk.home, SECRET) == []
    assert not any(desk.session.privacy.export(ANNA)["database"].values())
    with pytest.raises(BadInput):
        desk.session.messages(conversation)
    assert desk.session.learning.entries() == []
    assert desk.session.status().documents == 3


def test_the_audit_keeps_who_did_what_and_none_of_the_words(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    before = desk.session.team.audit(99, 0)
    desk.session.privacy.forget(ANNA, **WHO)
    newest, *after = desk.session.team.audit(99, 0)
    assert (newest.what, newest.who, newest.detail) == ("forget customer", "Maria Lopez", "1 conversations")
    assert [(line.what, line.subject) for line in after] == [(line.what, line.subject) for line in before]
    assert not any(SECRET in line.detail or ANNA in line.detail for line in after)


def test_others_stay_also_those_whose_address_is_a_longer_one(desk: Desk) -> None:
    other = write_about(desk, JOANN, "w", "a brass kettle")
    write_about(desk, ANNA, "v")
    forgotten = desk.session.privacy.forget(ANNA, **WHO)
    assert forgotten.complete
    assert forgotten.proof.others == {JOANN}
    assert len(desk.session.messages(other)) >= 3
    assert [entry.answer for entry in desk.session.learning.entries()] == [f"Yes, a brass kettle, {JOANN}."]
    assert {"gtm.sqlite3", "index/catalog.sqlite3"} <= set(files_with(desk.home, "a brass kettle"))
    assert len(desk.session.privacy.export(JOANN)["files"]) == 2


def test_what_cannot_be_erased_is_named(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    (desk.home / "notes.txt").write_text(f"Ring {ANNA.upper()}!")
    with closing(sqlite3.connect(desk.home / "gtm.sqlite3")) as database, database:
        database.execute("CREATE TABLE legacy (note TEXT)")
        database.execute("INSERT INTO legacy VALUES (?)", (f"see\n{ANNA}",))
    forgotten = desk.session.privacy.forget(ANNA, **WHO)
    assert not forgotten.complete
    assert "table legacy, column note" in forgotten.proof.found
    assert f"file {desk.home / 'notes.txt'}" in forgotten.proof.found
    assert "table messages, column text" not in forgotten.proof.found


def test_forgetting_twice_is_fine_and_the_shops_own_address_is_refused(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    desk.session.privacy.forget(ANNA, **WHO)
    again = desk.session.privacy.forget(ANNA, **WHO)
    assert (again.complete, again.conversations) == (True, 0)
    with pytest.raises(BadInput, match="shop's own"):
        desk.session.privacy.forget("help@shop.example", **WHO)
    with pytest.raises(BadInput, match="no e-mail address"):
        desk.session.privacy.forget("everybody", **WHO)


def test_while_another_process_is_at_work_the_bytes_go_too(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    other = open_desk(desk.home, 0.3)
    other.session.ask("How long do parcels to Canada take?")
    assert desk.session.privacy.forget(ANNA, **WHO).complete
    assert files_with(desk.home, SECRET) == []
    assert other.session.ask("And to Mexico?").conversation
    other.close()


def test_texts_are_masked_for_where_they_go(desk: Desk) -> None:
    text = f"{ANNA}, TP-1234567, help@shop.example"
    assert desk.session.privacy.mask(text).text == "[e-mail], [order number], help@shop.example"
    assert desk.session.privacy.mask_for("model")(text) == "[e-mail], [order number], help@shop.example"
    assert desk.session.privacy.mask_for("slack")(text) == "[e-mail], TP-1234567, help@shop.example"


def test_old_conversations_are_erased_and_what_was_learned_stays(desk: Desk) -> None:
    conversation = write_about(desk, ANNA, "v")
    waiting = desk.session.ask("Can you sing?", visitor="w").conversation
    now = datetime.now(UTC)
    assert desk.session.privacy.retain(now) == {}
    erased = desk.session.privacy.retain(now + LONG_AGO)
    assert erased["conversations"] == 1
    assert erased["logs"] == 1
    assert erased["sent e-mails"] == 1
    with pytest.raises(BadInput):
        desk.session.messages(conversation)
    assert desk.session.messages(waiting)
    assert len(desk.session.learning.entries()) == 1
    assert not any(line.detail and line.detail != "(removed)" for line in desk.session.team.audit(99, 0))
    assert (desk.home / "log" / "gtm.log").read_text() == ""
    assert files_with(desk.home, "I am ANNA") == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"I am {ANNA}.", True),
        (f"{ANNA.upper()}, hello", True),
        (json.dumps({"text": f"me:\n{ANNA}\nbye"}), True),
        ("/find?q=anna.smith%40mail.example", True),
        (f"({ANNA})", True),
        (JOANN, False),
        (f"{ANNA}.au", False),
        ("anna.smith@mail.examples", False),
        (f"{ANNA}.Thanks", True),
    ],
)
def test_an_address_is_told_from_longer_ones(text: str, named: bool) -> None:
    assert Address(ANNA).is_in(text) == named


def test_an_index_that_cannot_follow_is_named(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    desk.close()
    services = connect(desk.settings)
    services.open_embedder = lambda: HashingEmbedder("hashing:2")
    session = Session(services)
    forgotten = session.privacy.forget(ANNA, **WHO)
    assert any("gtm ingest" in place for place in forgotten.proof.found)
    session.close()


def test_an_address_is_replaced_and_longer_ones_are_not() -> None:
    text = f"to {ANNA.upper()}, {JOANN} and me%40x"
    assert Address(ANNA).replaced_in(text, "[e-mail]") == f"to [e-mail], {JOANN} and me%40x"


class DiesBeforeTheRows(PersonalTables):
    """A process that ends just before the rows are erased."""

    def erase(
        self, conversations: Sequence[str], address: Address | None, line: AuditLine | None
    ) -> dict[str, int]:
        raise KeyboardInterrupt


def test_a_forgetting_that_was_cut_short_can_be_done_again(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    services = connect(desk.settings)
    services.open_embedder = HashingEmbedder
    store = Store(desk.settings.database)
    services.personal = DiesBeforeTheRows(store)
    cut_short = Session(services)
    with pytest.raises(KeyboardInterrupt):
        cut_short.privacy.forget(ANNA, **WHO)
    cut_short.close()
    store.close()
    forgotten = desk.session.privacy.forget(ANNA, **WHO)
    assert (forgotten.complete, forgotten.conversations) == (True, 1)
    assert files_with(desk.home, SECRET) == []


def test_orders_stay_for_their_sums_and_lead_to_nobody(desk: Desk, tmp_path: Path) -> None:
    orders = write_csv(
        tmp_path / "orders.csv",
        ("order_id", "date", "customer", "price"),
        (1, "2026-06-09", ANNA, "10"),
        (2, "2026-06-10", JOANN, "20"),
        (3, "nonsense", ANNA, "30"),
    )
    import_into(desk.settings, orders, "orders")
    exported = desk.session.privacy.export(ANNA)
    assert [row["order_id"] for row in exported["business"]["sales"]] == ["1"]
    assert exported["files"] == ["rejected/orders-rejected.csv"]
    forgotten = desk.session.privacy.forget(ANNA, **WHO)
    assert (forgotten.complete, forgotten.unnamed) == (True, {"sales": 1})
    assert forgotten.erased == {"rejected lines": 1}
    assert desk.session.privacy.export(ANNA)["business"] == {}
    assert [row["order_id"] for row in desk.session.privacy.export(JOANN)["business"]["sales"]] == ["2"]
    assert sum(net for (net,) in rows_of(desk.settings, "orders", "net")) == 3000
    assert files_with(desk.home, ANNA) == []


def test_business_data_that_cannot_be_reached_are_named_as_left(desk: Desk) -> None:
    write_about(desk, ANNA, "v")
    desk.settings.analytics_file.write_bytes(b"this is no database" * 1000)
    forgotten = desk.session.privacy.forget(ANNA, **WHO)
    assert forgotten.erased["messages"] >= 4, "the rest is erased all the same"
    assert not forgotten.complete
    assert any("business data" in place and "cannot be opened" in place for place in forgotten.proof.found)
