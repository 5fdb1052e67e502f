"""Processes that are killed at every step from a decision to its delivery, and several that work at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

from tests.desk import Desk
from tests.jobs.steps import answer, escalate, pending, running, wait_until

DECIDING = 12  # statements with which a reply changes the database
DELIVERING = 16  # with which its effects are made jobs and delivered, before they repeat themselves


def program(point: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.jobs.killed_process", point, *arguments]


def decide_by_command(desk: Desk, review: str, point: str) -> int:
    """The real `gtm decide`, killed at a point; gives how it ended."""
    options = ["--home", str(desk.home), "decide", review, "reply", "--text", "Yes, we can.", "--by", "Mia"]
    environment = {"GTM_DATABASE_URL": desk.settings.database_url or f"sqlite:///{desk.home / 'gtm.sqlite3'}"}
    done = subprocess.run(program(point, "gtm", *options), env=environment, capture_output=True, check=False)
    return done.returncode


def start_jobs(desk: Desk, point: str = "never") -> subprocess.Popen[str]:
    where = [str(desk.home)] + ([desk.settings.database_url] if desk.settings.database_url else [])
    return subprocess.Popen(
        program(point, "jobs", *where), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=60)
    return process.returncode


def deliver_killed(desk: Desk, point: str) -> bool:
    """Jobs in a process that dies at a point; False where there was not so much to do."""
    process = start_jobs(desk, point)
    wait_until(lambda: process.poll() is not None or pending(desk) == 0)
    ended = end(process)
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


def every(desk: Desk, steps: list[int]) -> list[int]:
    """All steps on SQLite; on PostgreSQL, which is slower to set up, some of them."""
    return steps if desk.settings.database_url is None else steps[::4]


def freeze(desk: Desk, process: subprocess.Popen[str]) -> None:
    """Stop a process where it does not happen to hold a SQLite file, which would stop all others too."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # until then its threads go on
        try:
            for file in (desk.home / "gtm.sqlite3", desk.settings.jobs_file):
                if desk.settings.database_url is None:
                    with closing(sqlite3.connect(file, timeout=0.2)) as connection:
                        connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
        else:
            return


def sent(desk: Desk) -> Counter[str]:
    """How often each message was sent."""
    log = desk.home / "sent.log"
    return Counter(log.read_text("utf-8").split()) if log.exists() else Counter()


def check_one_answer_each(desk: Desk, waiting: dict[str, str]) -> None:
    """Of each conversation and its review: one answer, one e-mail, nothing open, no graph that waits."""
    for conversation, review in waiting.items():
        said = [m.text for m in desk.session.messages(conversation) if m.role == "person"]
        assert said == ["Yes, we can."]
        assert desk.services.reviews.interrupt(review) is None
    effects = desk.session.effects("delivered", 10_000)
    assert Counter(e.review for e in effects if e.kind == "email") == Counter(waiting.values())
    assert len(list(desk.settings.mail_folder.glob("*.eml"))) == len(waiting)
    assert desk.session.effects("failed") == []
    assert desk.session.reviews() == []


def test_killed_at_every_step_of_a_decision_there_is_one_answer_after_the_restart(desk: Desk) -> None:
    waiting = {}
    for number in every(desk, list(range(1, DECIDING + 2))):
        conversation, review = escalate(desk)
        waiting[conversation] = review
        killed = decide_by_command(desk, review, f"write:{number}") == -signal.SIGKILL
        assert killed == (number <= DECIDING)
        assert answer(desk, review) == ("done" if killed else "already_decided")
    for number in (1, 2):
        conversation, review = escalate(desk)
        waiting[conversation] = review
        decide_by_command(desk, review, f"commit:{number}")
        answer(desk, review)
    with running(desk):
        wait_until(lambda: pending(desk) == 0, 60)
    check_one_answer_each(desk, waiting)


def test_killed_at_every_step_of_delivery_there_is_one_answer_after_the_restart(desk: Desk) -> None:
    waiting, killed = {}, []
    points = [f"write:{number}" for number in every(desk, list(range(1, DELIVERING + 1)))]
    for point in [*points, "commit:1", "commit:3", "commit:5", "sent:1"]:
        conversation, review = escalate(desk)
        waiting[conversation] = review
        answer(desk, review)
        killed.append(deliver_killed(desk, point))
    assert all(killed)
    with running(desk):
        wait_until(lambda: pending(desk) == 0, 60)
    check_one_answer_each(desk, waiting)


def test_killed_after_sending_the_same_message_is_sent_again(desk: Desk) -> None:
    conversation, review = escalate(desk)
    answer(desk, review)
    deliver_killed(desk, "sent:1")
    assert list(sent(desk).values()) == [1]
    process = start_jobs(desk)
    wait_until(lambda: pending(desk) == 0)
    assert end(process) == 0
    assert list(sent(desk).values()) == [2]
    check_one_answer_each(desk, {conversation: review})


def test_two_processes_deliver_each_effect_once(desk: Desk) -> None:
    waiting = dict(escalate(desk) for _ in range(30))
    processes = [start_jobs(desk), start_jobs(desk)]
    for review in waiting.values():
        answer(desk, review)
    wait_until(lambda: pending(desk) == 0, 60)
    assert [end(process) for process in processes] == [0, 0]
    assert set(sent(desk).values()) == {1}
    check_one_answer_each(desk, waiting)


def test_a_process_thought_dead_that_comes_back_changes_nothing(desk: Desk) -> None:
    conversation, review = escalate(desk)
    sleeper = start_jobs(desk)
    assert sleeper.stdout is not None
    assert sleeper.stdout.readline() == "started\n"
    freeze(desk, sleeper)
    answer(desk, review)
    other = start_jobs(desk)
    wait_until(lambda: pending(desk) == 0)
    sleeper.send_signal(signal.SIGCONT)
    time.sleep(1)
    assert [end(sleeper), end(other)] == [0, 0]
    assert list(sent(desk).values()) == [1]
    check_one_answer_each(desk, {conversation: review})
