"""`gtm status` and `gtm trace` as they are run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import open_desk, write_documents

GTM = Path(sys.executable).with_name("gtm")


def gtm(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "GTM_"))
    }
    command = [str(GTM), "--home", str(home), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def trace(home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    desk = open_desk(home, documents=[write_documents(tmp_path_factory.mktemp("documents"))])
    reply = desk.session.ask("Can unopened tins come back?")
    desk.close()
    return reply.trace or ""


def test_status_says_first_what_one_should_know(home: Path, trace: str) -> None:
    done = gtm(home, "status")
    assert done.returncode == 0, done.stderr
    assert "No language model is set: every answer is quoted from the documents." in " ".join(
        done.stdout.split()
    )
    assert "gtm worker" in done.stdout
    assert "1 answers" in done.stdout


def test_status_is_one_json_object(home: Path, trace: str) -> None:
    done = gtm(home, "status", "--json")
    status = json.loads(done.stdout)
    assert (done.returncode, status["models_on"], status["day"]["answers"]["answers"]) == (0, False, 1)
    assert {"notices", "work", "budget", "models", "day", "month"} <= set(status)


def test_status_of_an_empty_home_is_told_too(tmp_path: Path) -> None:
    done = gtm(tmp_path / "new", "status")
    assert (done.returncode, "gtm ingest" in done.stdout) == (0, True)


def test_a_trace_is_shown_part_by_part(home: Path, trace: str) -> None:
    done = gtm(home, "trace", trace)
    assert done.returncode == 0, done.stderr
    for word in ("rules", "retrieval", "returns.md", "decision answer", "gtm conversations show"):
        assert word in done.stdout
    assert json.loads(gtm(home, "trace", trace, "--json").stdout)["id"] == trace


def test_an_unknown_trace_is_bad_input(home: Path, trace: str) -> None:
    done = gtm(home, "trace", "0123")
    assert (done.returncode, "0123" in done.stderr) == (2, True)
