"""Every command of the README does what it says, from a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared_data import missing

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent


def commands() -> list[str]:
    """The lines of the README's shell blocks, in order."""
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> dict[str, str]:
    """A new home, and `gtm` on the path as after activating the environment."""
    return {
        **os.environ,
        "GTM_HOME": str(tmp_path_factory.mktemp("home")),
        "GTM_MODELS": str(models_folder),
        "GTM_PORT": str(free_port()),
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
    }


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is stopped, children included, when the block ends."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=30)


def first_review(environment: dict[str, str]) -> str:
    """What a reader would write for REVIEW."""
    listed = subprocess.run(["gtm", "reviews", "--json"], env=environment, capture_output=True, check=True)
    return str(json.loads(listed.stdout)[0]["review"])


def wait_until_served(address: str, process: subprocess.Popen[str]) -> bytes:
    """The page at an address, once it is there; fails when the process ends before."""
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as page:
            return bytes(page.read())
        time.sleep(0.5)
    pytest.fail(f"nothing answered at {address}")


SERVERS = [
    line for line in commands() if line in ("make run", "make slack-demo") or line.startswith("gtm serve")
]
WORKER = "gtm worker"
FINITE = [line for line in commands() if line.startswith("gtm ") and line not in (*SERVERS, WORKER)]
OTHERS = [line for line in commands() if line not in (*SERVERS, *FINITE, WORKER)]


def test_the_readme_shows_the_commands_that_matter() -> None:
    assert {"make run", "make test"} <= set(commands())
    assert any(line.startswith("gtm ingest") for line in FINITE)
    assert OTHERS == ["make test"], "a command of the README that no test runs"


def test_the_commands_run_in_the_order_shown(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "knowledge_base").symlink_to(ROOT / "knowledge_base")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    for line in FINITE:
        if "REVIEW" in line:
            line = line.replace("REVIEW", first_review(environment))  # noqa: PLW2901 - as a reader would
        done = subprocess.run(
            shlex.split(line), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.strip(), f"{line} printed nothing"


@pytest.mark.parametrize("line", SERVERS)
def test_a_command_that_serves_says_where_and_answers_there(line: str, environment: dict[str, str]) -> None:
    if "slack" in line and shutil.which("npm") is None:
        missing("npm is missing, and with it the local counterpart of Slack")
    port = free_port()
    command = shlex.split(line)
    if "--port" in command:
        command[command.index("--port") + 1] = str(port)
    with running(command, {**environment, "GTM_PORT": str(port)}, ROOT) as process:
        assert b"<html" in wait_until_served(f"http://127.0.0.1:{port}/", process)
        os.killpg(process.pid, signal.SIGTERM)
        printed = process.communicate(timeout=30)[0]
    assert f"http://127.0.0.1:{port}" in printed


def test_a_worker_says_that_it_works_and_stops_when_told(environment: dict[str, str]) -> None:
    assert WORKER in commands()
    with running(shlex.split(WORKER), environment, ROOT) as process:
        assert process.stdout is not None
        assert "The jobs run" in process.stdout.readline()
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(timeout=30) == 0
