"""Sent e-mails, logs, and the bytes of every file of the home."""

from __future__ import annotations

import base64
import itertools
import os
import pickle
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.effects import Email
from agents.personal import Address, KeepUntil
from integrations import home_files
from integrations.home_files import HomeFiles
from integrations.mail_files import MailFiles

ANNA = Address("anna@mail.example")
NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def files(home: Path) -> HomeFiles:
    (home / "log").mkdir(parents=True)
    (home / "rejected").mkdir()
    return HomeFiles(
        home, home / "outbox", home / "log", home / "rejected", [home.parent / "elsewhere.sqlite3"]
    )


def send(home: Path, to: str, body: str) -> None:
    MailFiles(home / "outbox").send(Email(key=to + body[:9], to=to, subject="Re", body=body, at=NOW))


def until(moment: datetime) -> KeepUntil:
    return KeepUntil(**dict.fromkeys(KeepUntil.model_fields, moment))


def test_an_email_is_read_as_its_reader_reads_it(files: HomeFiles, home: Path) -> None:
    send(home, "bert@mail.example", f"Grüße, schreiben Sie bitte an {ANNA.email}. " + "ä" * 300)
    send(home, "bert@mail.example", "Nothing about her.")
    assert [ANNA.email.encode() in file.read_bytes() for file in (home / "outbox").iterdir()] == [
        False,
        False,
    ]
    assert len(files.names_of(ANNA)) == 1
    assert len(files.search(ANNA, ()).found) == 1
    assert files.erase(ANNA) == {"sent e-mails": 1}
    assert files.search(ANNA, ()).found == ()
    assert len(list((home / "outbox").iterdir())) == 1


def test_a_log_keeps_its_lines_without_the_address(files: HomeFiles, home: Path) -> None:
    log = home / "log" / "gtm.log"
    log.write_text("one Anna@mail.example\ntwo joanna@mail.example\nthree anna%40mail.example\n")
    assert files.erase(ANNA) == {"logs": 1}
    assert log.read_text() == "one [e-mail]\ntwo joanna@mail.example\nthree [e-mail]\n"


def test_a_longer_address_that_is_known_is_no_trace(files: HomeFiles, home: Path) -> None:
    (home / "notes.bin").write_bytes(b"\x00joanna@mail.example\x01")
    assert files.search(ANNA, ()).found == (f"file {home / 'notes.bin'}",)
    assert files.search(ANNA, ["joanna@mail.example"]).found == ()
    (home / "notes.bin").write_bytes(b"\x00joanna@mail.example\x01ANNA@mail.example")
    assert len(files.search(ANNA, ["joanna@mail.example"]).found) == 1


@pytest.mark.parametrize("shift", range(-18, 3))
def test_an_address_across_two_readings_is_found(files: HomeFiles, home: Path, shift: int) -> None:
    at = home_files._CHUNK + shift
    with (home / "large.bin").open("wb") as file:
        file.truncate(at)
        file.seek(at)
        file.write(ANNA.email.encode() + b"\x00" * 100)
    assert files.search(ANNA, ()).found == (f"file {home / 'large.bin'}",)


def test_a_database_elsewhere_is_compacted_and_searched(files: HomeFiles, home: Path) -> None:
    file = home.parent / "elsewhere.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE VIRTUAL TABLE words USING fts5 (body)")
        database.execute("CREATE TABLE t (note TEXT)")
        database.execute("INSERT INTO t VALUES (?)", (ANNA.email * 500,))
        database.execute("INSERT INTO words VALUES ('samovar')")
        database.commit()
        database.execute("DELETE FROM t")
        database.execute("DELETE FROM words")
        database.commit()
        assert files.search(ANNA, ()).found != ()
        files.compact()
        assert files.search(ANNA, ()).found == ()
        assert b"samovar" not in file.read_bytes() + Path(f"{file}-wal").read_bytes()


def test_a_search_outlives_files_that_vanish_under_it(files: HomeFiles, home: Path) -> None:
    """As an ingest's former states do: each time another one, with a database in it."""
    (home / "log" / "gtm.log").write_text(f"wrote to {ANNA.email}\n")
    done = threading.Event()

    def replace_states() -> None:
        for number in itertools.takewhile(lambda _: not done.is_set(), itertools.count()):
            state = home / "index" / "chroma" / f"state-{number}"
            state.mkdir(parents=True)
            with closing(sqlite3.connect(state / "chroma.sqlite3")) as database:
                database.execute("CREATE TABLE t (note TEXT)")
            shutil.rmtree(state)

    writer = threading.Thread(target=replace_states)
    writer.start()
    try:
        for _ in range(200):
            assert files.search(ANNA, ()).found == (f"file {home / 'log' / 'gtm.log'}",)
    finally:
        done.set()
        writer.join()


def test_old_mails_and_old_lines_go(files: HomeFiles, home: Path) -> None:
    send(home, "bert@mail.example", "Old.")
    old = (NOW - timedelta(days=40)).timestamp()
    os.utime(next((home / "outbox").iterdir()), (old, old))
    send(home, "bert@mail.example", "New.")
    log = home / "log" / "gtm.log"
    kept = f"{NOW:%Y-%m-%d} 08:00:00,000 ERROR new\nTraceback\n"
    log.write_text("2020-01-01 08:00:00,000 ERROR old\nTraceback\n" + kept)
    assert files.expire(until(NOW - timedelta(days=30))) == {"sent e-mails": 1, "logs": 1}
    assert log.read_text() == kept
    assert files.expire(until(NOW - timedelta(days=30))) == {}
    log.write_text("no date at all\n")
    assert files.expire(until(NOW + timedelta(days=1))) == {"sent e-mails": 1}


def test_what_a_job_has_written_in_base64_is_read(files: HomeFiles, home: Path) -> None:
    pickled = base64.b64encode(pickle.dumps({"reason": f"no route to {ANNA.email}"})).decode()
    with closing(sqlite3.connect(home / "jobs.sqlite3")) as database, database:
        database.execute("CREATE TABLE outputs (output TEXT)")
        database.execute("INSERT INTO outputs VALUES (?)", (pickled,))
    assert files.search(ANNA, ()).found == (f"file {home / 'jobs.sqlite3'}",)


def test_memory_that_the_vectors_file_never_filled_is_blanked(files: HomeFiles, home: Path) -> None:
    vectors = home / "index" / "chroma" / "state-1" / "data_level0.bin"
    vectors.parent.mkdir(parents=True)
    vectors.write_bytes(b"\x01\x02" + ANNA.email.upper().encode() + b"\x03")
    files.compact(ANNA)
    assert vectors.read_bytes() == b"\x01\x02" + bytes(len(ANNA.email)) + b"\x03"
    assert files.search(ANNA, ()).found == ()


def test_a_rejected_line_of_the_person_goes_and_the_others_stay(files: HomeFiles, home: Path) -> None:
    rejected = home / "rejected" / "orders-rejected.csv"
    rejected.write_text(
        'line_number,reason,email,note\n2,no date,anna@mail.example,"a\nb"\n3,no date,joanna@mail.example,\n'
    )
    alone = home / "rejected" / "more-rejected.csv"
    alone.write_text("line_number,reason,email\n2,cannot be read,Anna@mail.example\n")
    assert files.names_of(ANNA) == ["rejected/more-rejected.csv", "rejected/orders-rejected.csv"]
    assert files.erase(ANNA) == {"rejected lines": 2}
    assert not alone.exists()
    assert rejected.read_text().splitlines() == [
        "line_number,reason,email,note",
        "3,no date,joanna@mail.example,",
    ]
    assert files.erase(ANNA) == {}
    assert files.expire(until(NOW + timedelta(days=1))) == {"rejected files": 1}
