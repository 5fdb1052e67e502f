"""Processes that answer for the server: as if it answered itself, and what becomes of questions when one ends."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
import yaml

from agents.asking import Audience
from agents.policy import SHIPPED
from apps.answering import Question
from apps.answering_messages import Done, Left, Piece, Put, Ready, line, said, told
from apps.answering_pool import AnsweringPool, answerers_for
from tests.apps.chat_client import ask, call
from tests.apps.conftest import Desk, wait_until
from tests.apps.model_desk import QUESTION, SENTENCES, WHOLE, slowly
from tests.desk import write_documents
from tests.model_server import ModelServer, Turn, model_server

LINES = {"accept": "application/x-ndjson"}
ANSWERERS = 2


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    with model_server() as models:
        yield models


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, models_folder: Path, models: ModelServer
) -> Iterator[Desk]:
    """A desk with two processes that answer, whose words come from a scripted model and are never kept."""
    home = tmp_path_factory.mktemp("pool")
    more = {"GTM_ANSWERERS": str(ANSWERERS), "OPENAI_API_KEY": "key", "OPENAI_BASE_URL": models.url}
    desk = Desk(home / "home", models_folder, _policies(home / "policies"), more=more)
    desk.home.mkdir()
    desk.gtm("ingest", str(write_documents(home / "docs")))
    desk.start()
    yield desk
    desk.stop()


def _policies(folder: Path) -> Path:
    """The shipped policies, but everything is answered, and no words are found again."""
    shutil.copytree(SHIPPED, folder)
    support = yaml.safe_load((folder / "support.yaml").read_text("utf-8"))
    support["thresholds"] = {"answer": 0.0, "clarify": 0.0}
    (folder / "support.yaml").write_text(yaml.safe_dump(support, allow_unicode=True), "utf-8")
    models = yaml.safe_load((folder / "models.yaml").read_text("utf-8"))
    models["specialists"]["support"]["cache"] = False
    models["deadline_seconds"] = 60
    models["specialists"]["support"]["timeout_seconds"] = 60
    (folder / "models.yaml").write_text(yaml.safe_dump(models, allow_unicode=True), "utf-8")
    return folder


def answering(desk: Desk) -> list[psutil.Process]:
    """The processes that answer for a desk."""
    children: list[psutil.Process] = psutil.Process(desk.pid).children()
    return [each for each in children if "apps.answering_process" in each.cmdline()]


def log_of(client: Any) -> list[tuple[str, str]]:
    """Who said what, as the page shows it."""
    return [(each["role"], each.get("text") or each["html"]) for each in call(client, "open")["messages"]]


def test_a_question_is_answered_as_if_by_the_server_itself(desk: Desk, models: ModelServer) -> None:
    models.say(slowly(WHOLE))
    assert len(answering(desk)) == ANSWERERS
    with desk.visitor() as client:
        with client.stream("POST", "/chat/ask", json={"text": QUESTION}, headers=LINES) as response:
            *parts, last = [json.loads(each) for each in response.iter_lines()]
        assert [part["part"] for part in parts] == [f"<p>{' '.join(SENTENCES[:n])}</p>\n" for n in (1, 2)]
        assert last["message"]["sources"][0]["title"] == "Returns"
        assert "begun" not in last
        assert log_of(client) == [("customer", QUESTION), ("bot", last["message"]["html"])]
        assert ask(client, "I want to talk to a person")["standing"]["state"] == "waiting"
        assert ask(client, "Hello?")["message"] is None


@pytest.mark.parametrize(
    ("text", "kind"), [(None, "refused"), (7, "refused"), (["x"], "refused"), ("x" * 100_000, "too_long")]
)
def test_what_is_no_message_is_refused_by_a_sentence(desk: Desk, text: object, kind: str) -> None:
    with desk.visitor() as client:
        assert ask(client, text)["kind"] == kind


def test_half_a_surrogate_pair_passes(desk: Desk, models: ModelServer) -> None:
    models.say(Turn(value=WHOLE))
    with desk.visitor() as client:
        response = client.post("/chat/ask", content=b'{"text": "Can tins \\ud83c come back?"}')
        assert response.json()["message"]["role"] == "bot"


def test_a_page_that_leaves_cuts_the_model_off_and_finds_the_answer_later(
    desk: Desk, models: ModelServer
) -> None:
    models.say(slowly(WHOLE, pause=0.2))
    with desk.visitor() as client:
        with client.stream("POST", "/chat/ask", json={"text": QUESTION}, headers=LINES) as response:
            next(response.iter_lines())
        assert models.left.acquire(timeout=20)
        wait_until(lambda: len(log_of(client)) == 2)


def test_questions_of_a_killed_process_are_answered_once_by_another(desk: Desk, models: ModelServer) -> None:
    """Both processes have questions, stored and not yet answered, when one is killed."""
    held, crowd = [], 4

    def hold(body: dict[str, Any]) -> Turn:
        held.append(body)
        return Turn(value=WHOLE, delay=30) if len(held) <= crowd else Turn(value=WHOLE)

    models.say(hold)

    def visit(_: int) -> list[tuple[str, str]]:
        with desk.visitor() as client:
            ask(client, QUESTION)
            return log_of(client)

    before = answering(desk)
    with ThreadPoolExecutor(crowd) as pool:
        visits = [pool.submit(visit, n) for n in range(crowd)]
        wait_until(lambda: len(held) == crowd)
        for each in before:
            each.kill()
        logs = [visit.result(120) for visit in visits]
    assert logs == [[("customer", QUESTION), ("bot", f"<p>{' '.join(SENTENCES)}</p>\n")]] * crowd
    wait_until(lambda: len(answering(desk)) == ANSWERERS)
    assert not set(before) & set(answering(desk))
    assert "An answering process has ended (-9)" in (desk.home / "serve.log").read_text()


def test_no_process_outlives_the_server(desk: Desk) -> None:
    """Told to stop as a service is, with a signal to every process at once, and killed."""
    for how, code in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
        wait_until(lambda: len(answering(desk)) == ANSWERERS)
        processes = answering(desk)
        for each in processes:
            each.send_signal(signal.SIGTERM)
        os.kill(desk.pid, how)
        _, alive = psutil.wait_procs(processes, timeout=20)
        assert alive == []
        assert desk.wait() == code
        if code == 0:
            desk.start()


def test_without_any_process_the_server_answers_itself(tmp_path: Path) -> None:
    async def scene() -> None:
        pool = AnsweringPool({**os.environ, "GTM_HOME": str(tmp_path), "GTM_PORT": "soon"}, 1)
        pool.begin()
        await pool.ready()
        assert await pool.answer(Question("anna", QUESTION), Audience()) is None
        await pool.stop()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(scene())).result()


@pytest.mark.parametrize(
    "message",
    [Put(number=1, visitor="anna", text="a\n\ud83c", aloud=True, broken_off=None), Left(number=2)],
)
def test_what_a_process_is_told_arrives_as_one_line(message: Put | Left) -> None:
    assert line(message).count(b"\n") == 1
    assert told(line(message)) == message


@pytest.mark.parametrize(
    "message", [Ready(), Piece(number=1, text="a\nb"), Done(number=1, reply={"message": {"id": 1}})]
)
def test_what_a_process_says_arrives_as_one_line(message: Ready | Piece | Done) -> None:
    assert line(message).count(b"\n") == 1
    assert said(line(message)) == message


@pytest.mark.parametrize(("cores", "count"), [(0.5, 0), (1, 0), (2, 2), (3.5, 3), (64, 6)])
def test_there_are_as_many_processes_as_the_cores_allow(cores: float, count: int) -> None:
    assert answerers_for(cores) == count
