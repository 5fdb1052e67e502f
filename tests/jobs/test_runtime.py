"""The durable jobs on a real desk: delivered once, late but never lost, taken over from the dead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from agents.effects import Effect, Email, Worker
from agents.errors import BadInput, Permanent, Transient
from agents.policy import Delivery
from integrations.smtp import SmtpMailer
from jobs.runtime import Jobs
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import FAST, answer, escalate, pending, running, wait_until
from tests.mail_server import free_port, mail_server
from tests.postgres import SERVER, own_database

IMPATIENT = Delivery(attempts=20, first_pause_seconds=0.2, longest_pause_seconds=0.2)


@pytest.fixture
def small_desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "home", 0.1, [write_documents(tmp_path / "docs")])
    opened.services.policy = opened.services.policy.model_copy(update={"delivery": IMPATIENT})
    yield opened
    opened.close()


def mails(desk: Desk) -> list[Path]:
    return sorted(desk.settings.mail_folder.glob("*.eml"))


def ticket_states(desk: Desk) -> list[str]:
    engine = sa.create_engine(desk.settings.database)
    with engine.connect() as connection:
        states = list(connection.execute(sa.text("SELECT status FROM tickets ORDER BY id")).scalars())
    engine.dispose()
    return states


def test_an_answer_after_the_customer_has_left_goes_out_by_mail(desk: Desk) -> None:
    conversation, review = escalate(desk)
    with running(desk):
        wait_until(lambda: ticket_states(desk) == ["open"])
        answer(desk, review)
        wait_until(lambda: pending(desk) == 0)
    assert [m.text for m in desk.session.messages(conversation) if m.role == "person"] == ["Yes, we can."]
    [mail] = mails(desk)
    assert b"To: jane@example.com" in mail.read_bytes()
    assert ticket_states(desk) == ["closed"]


def test_jobs_may_be_started_and_stopped_in_turn(desk: Desk) -> None:
    threads = []
    for number in range(3):
        _, review = escalate(desk)
        answer(desk, review)
        with running(desk):
            wait_until(lambda: pending(desk) == 0)
        assert len(mails(desk)) == number + 1
        threads.append(threading.active_count())
    assert threads[-1] <= threads[0] + 2  # none are left behind with each start


def test_what_was_decided_while_no_jobs_ran_is_done_when_they_do(desk: Desk) -> None:
    for _ in range(5):
        _, review = escalate(desk)
        answer(desk, review)
    assert mails(desk) == []
    with running(desk):
        wait_until(lambda: pending(desk) == 0)
    assert len(mails(desk)) == 5


def test_a_mail_server_that_is_down_delays_and_never_loses(small_desk: Desk) -> None:
    port = free_port()
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "help@shop.example", timeout=2)
    small_desk.services.open_mailer = lambda: mailer
    for _ in range(3):
        _, review = escalate(small_desk)
        answer(small_desk, review)
    with running(small_desk):
        wait_until(
            lambda: all(e.attempts >= 2 for e in small_desk.session.effects("pending") if e.kind == "email")
        )
        with mail_server(port) as server:
            wait_until(lambda: pending(small_desk) == 0)
    assert len({message["Message-ID"] for message in server.messages}) == len(server.messages) == 3


def test_a_refused_mail_is_shown_and_tried_again_by_hand(small_desk: Desk) -> None:
    with mail_server() as server:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{server.port}", "help@shop.example", timeout=2)
        small_desk.services.open_mailer = lambda: mailer
        server.refusing = "550 5.7.1 We take no mail from you"
        _, review = escalate(small_desk)
        answer(small_desk, review)
        with running(small_desk):
            wait_until(lambda: len(small_desk.session.effects("failed")) == 1)
            [failed] = small_desk.session.effects("failed")
            assert "We take no mail from you" in (failed.reason or "")
            assert failed.attempts == 1
            server.refusing = None
            small_desk.session.retry(failed.id)
            wait_until(lambda: small_desk.session.effects("failed") == [] and pending(small_desk) == 0)
        assert len(server.messages) == 1
    with pytest.raises(BadInput, match="gtm outbox"):
        small_desk.session.retry(failed.id)


def test_an_effect_of_a_kind_unknown_here_waits_for_a_process_that_knows_it(small_desk: Desk) -> None:
    _, review = escalate(small_desk)
    answer(small_desk, review)
    done: list[str] = []
    with running(small_desk, handlers={"ticket": lambda effect: done.append(effect.key)}):
        wait_until(lambda: len(done) == 2)
    assert {"email", "resume"} <= {each.kind for each in small_desk.session.effects("pending")}


def test_a_slow_delivery_is_done_once_though_it_outlasts_its_hold(small_desk: Desk) -> None:
    _, review = escalate(small_desk)
    answer(small_desk, review)
    begun: list[str] = []

    def slow(effect: Effect) -> None:
        begun.append(effect.key)
        time.sleep(FAST.hold * 2.5)

    with running(small_desk, handlers={"email": slow}):
        wait_until(lambda: [e.kind for e in small_desk.session.effects("delivered")].count("email") == 1)
    assert len(begun) == 1


def test_what_is_under_way_when_the_process_stops_is_done_by_the_next(small_desk: Desk) -> None:
    _, review = escalate(small_desk)
    answer(small_desk, review)
    begun, sent = threading.Event(), []

    def too_slow(effect: Effect) -> None:
        begun.set()
        time.sleep(FAST.grace * 2)
        raise Transient("the process has gone")

    with running(small_desk, handlers={"email": too_slow}):
        assert begun.wait(20)
    with running(small_desk, handlers={"email": lambda effect: sent.append(effect.key)}):
        wait_until(lambda: len(sent) == 1)
        time.sleep(FAST.hold * 2)
    assert len(sent) == 1


def test_a_database_that_breaks_off_delays_and_never_loses(tmp_path: Path) -> None:
    with own_database() as url:
        desk = open_desk(tmp_path / "home", 0.1, [write_documents(tmp_path / "docs")], database_url=url)
        for _ in range(4):
            _, review = escalate(desk)
            answer(desk, review)
        engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        everybody = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with running(desk), engine.connect() as server:
            for _ in range(4):
                time.sleep(0.3)
                server.execute(everybody, {"name": sa.make_url(url).database})
            wait_until(lambda: pending(desk) == 0, 100)
        engine.dispose()
        assert len(mails(desk)) == 4
        desk.close()


def test_a_lost_file_of_jobs_loses_no_effect(small_desk: Desk) -> None:
    _, review = escalate(small_desk)
    answer(small_desk, review)
    small_desk.settings.jobs_file.write_text("this is no database" * 100)
    with pytest.raises(Permanent, match="stands in the outbox"), running(small_desk):
        pass
    small_desk.settings.jobs_file.unlink()
    with running(small_desk):
        wait_until(lambda: pending(small_desk) == 0)
    assert len(mails(small_desk)) == 1


def test_jobs_that_could_not_start_may_be_started_again(small_desk: Desk) -> None:
    nowhere = f"sqlite:///{small_desk.home / 'nowhere' / 'jobs.sqlite3'}"
    with pytest.raises(OperationalError):
        Jobs(small_desk.session, small_desk.services, nowhere).start()
    with running(small_desk):
        wait_until(lambda: pending(small_desk) == 0)


def test_a_dead_worker_is_forgotten_and_a_living_one_is_known(small_desk: Desk) -> None:
    now = small_desk.services.now()
    dead = Worker(id="dead", host="elsewhere", pid=1, started=now, beat=now - timedelta(hours=1))
    small_desk.services.workers.beat(dead)
    with running(small_desk):
        wait_until(lambda: "dead" not in {worker.id for worker in small_desk.services.workers.all()})
        [me] = small_desk.services.workers.all()
        wait_until(lambda: small_desk.services.workers.all()[0].beat > me.beat)
    [left] = small_desk.services.workers.all()
    assert not FAST.alive(left, small_desk.services.now())


def test_daily_work_is_done_once_a_day_however_often_the_jobs_start(small_desk: Desk) -> None:
    done: list[datetime] = []
    for _ in range(2):
        with running(small_desk, daily={"tidy": done.append}):
            wait_until(lambda: len(done) == 1)
            time.sleep(0.3)
    assert len(done) == 1


def test_finished_jobs_are_let_go_of_after_a_week(small_desk: Desk) -> None:
    from dbos import DBOS

    _, review = escalate(small_desk)
    answer(small_desk, review)
    with running(small_desk) as jobs:
        wait_until(lambda: pending(small_desk) == 0)
        wait_until(lambda: len(DBOS.list_workflows(status="SUCCESS")) >= 3)  # mail, what is done at home, day
        jobs.remove_finished(small_desk.services.now() + timedelta(days=6))
        assert len(DBOS.list_workflows(status="SUCCESS")) >= 3
        jobs.remove_finished(small_desk.services.now() + timedelta(days=8))
        assert DBOS.list_workflows(status="SUCCESS") == []


def test_promises_are_kept_while_jobs_run(small_desk: Desk) -> None:
    conversation, _ = escalate(small_desk)
    real = small_desk.services.now
    small_desk.services.now = lambda: real() + timedelta(days=14)
    late = small_desk.session.policy.texts.late
    with running(small_desk):
        wait_until(lambda: late in [m.text for m in small_desk.session.messages(conversation)])


def test_a_mailer_that_cannot_be_used_stops_the_start(small_desk: Desk) -> None:
    def refuse() -> SmtpMailer:
        return SmtpMailer("smtp://localhost", None)

    small_desk.services.open_mailer = refuse
    with pytest.raises(BadInput, match="GTM_MAIL_FROM"), running(small_desk):
        pass
    small_desk.services.open_mailer = _Silent
    with running(small_desk):
        pass


class _Silent:
    """A mailer that keeps everything to itself."""

    def send(self, email: Email) -> None:
        """Nothing."""

    def describe(self) -> str:
        """Nowhere."""
        return "nowhere"

    def check(self) -> None:
        """Always well."""
