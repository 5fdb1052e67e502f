"""`gtm ask` at a terminal shows sentences while they are written, and ends at once when told to."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.conftest import GTM
from tests.apps.model_desk import QUESTION, QUOTE, SENTENCES
from tests.desk import write_documents
from tests.model_server import ModelServer, Turn, model_server


@pytest.fixture
def models() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def environment(tmp_path: Path, models_folder: Path, models: ModelServer) -> dict[str, str]:
    """A home with two documents, whose desk answers everything, and a host of models."""
    import shutil

    import yaml

    from agents.policy import SHIPPED

    shutil.copytree(SHIPPED, tmp_path / "policies")
    file = tmp_path / "policies" / "support.yaml"
    policy = yaml.safe_load(file.read_text("utf-8"))
    policy["thresholds"] = {"answer": 0.0, "clarify": 0.0}
    file.write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    found = {
        **os.environ,
        "GTM_HOME": str(tmp_path / "home"),
        "GTM_MODELS": str(models_folder),
        "GTM_POLICIES": str(tmp_path / "policies"),
        "OPENAI_API_KEY": "key",
        "OPENAI_BASE_URL": models.url,
    }
    subprocess.run(
        [GTM, "ingest", str(write_documents(tmp_path / "docs"))], env=found, check=True, capture_output=True
    )
    return found


def heed_control_c() -> None:
    """As at a terminal: what a shell starts in the background ignores it, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def at_terminal(environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """The command at a terminal of its own, and the other end of that."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [GTM, "ask", QUESTION],
        env=environment,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=heed_control_c,  # noqa: PLW1509
    )
    os.close(theirs)
    return process, ours


def read_until(terminal: int, words: str) -> str:
    """What a person sees until these words come, or the end."""
    seen = b""
    while words.encode() not in seen:
        try:
            came = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not came:
            break
        seen += came
    return seen.decode("utf-8", "replace")


def test_sentences_come_one_after_another_and_control_c_ends_it_at_once(
    environment: dict[str, str], models: ModelServer
) -> None:
    answer = {"sufficient": True, "quotes": [QUOTE], "answer": " ".join(SENTENCES)}
    whole = Turn(value=answer).words()
    cut = whole.index(SENTENCES[2]) + 9
    models.say(Turn(pieces=[whole[:cut], whole[cut : cut + 9], *[" "] * 40], pause=0.4))
    process, terminal = at_terminal(environment)
    try:
        assert SENTENCES[0] in read_until(terminal, SENTENCES[0])
        process.send_signal(signal.SIGINT)
        assert models.left.acquire(timeout=20)
        assert process.wait(timeout=20) != 0
    finally:
        process.kill()
        os.close(terminal)
