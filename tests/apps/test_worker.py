"""Who does the jobs: the server, or a worker beside it; both end cleanly when told."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.settings import PREFIX
from tests.apps.conftest import GTM
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import answer, escalate, pending, wait_until


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "home", 0.1, [write_documents(tmp_path / "docs")])
    yield opened
    opened.close()


@contextmanager
def program(desk: Desk, models: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`gtm` with arguments, once it has said that it is there; stopped at the end, which must be a clean one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    process = subprocess.Popen(
        [GTM, "--home", desk.home, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**environment, "GTM_MODELS": str(models), **settings},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def worker_ids(desk: Desk) -> set[str]:
    return {worker.id for worker in desk.services.workers.all()}


def test_the_server_does_the_jobs_too_and_leaves_nothing_undone_when_told_to_stop(
    desk: Desk, models_folder: Path
) -> None:
    with program(desk, models_folder, "serve", "--port", "0"):
        _, review = escalate(desk)
        answer(desk, review)
        wait_until(lambda: pending(desk) == 0)
    assert len(list(desk.settings.mail_folder.glob("*.eml"))) == 1
    [stopped] = desk.services.workers.all()
    assert (desk.services.now() - stopped.beat).total_seconds() > 25


def test_without_jobs_the_server_leaves_them_to_a_worker(desk: Desk, models_folder: Path) -> None:
    _, review = escalate(desk)
    answer(desk, review)
    with program(desk, models_folder, "serve", "--port", "0", GTM_JOBS="off"):
        time.sleep(3)
        assert worker_ids(desk) == set()
        assert pending(desk) > 0
        with program(desk, models_folder, "worker"), program(desk, models_folder, "worker"):
            wait_until(lambda: pending(desk) == 0)
            assert len(worker_ids(desk)) == 2
    assert len(list(desk.settings.mail_folder.glob("*.eml"))) == 1


def test_a_decision_needs_no_jobs(desk: Desk, models_folder: Path) -> None:
    conversation, review = escalate(desk)
    with program(desk, models_folder, "decide", review, "reply", "--text", "Yes.", "--by", "Mia") as decided:
        decided.wait(60)
    assert [m.text for m in desk.session.messages(conversation) if m.role == "person"] == ["Yes."]
    assert worker_ids(desk) == set()
    assert not (desk.home / "jobs.sqlite3").exists()
