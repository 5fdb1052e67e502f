"""The people's verbs on the command line: reviews, decide, conversations, outbox, worker."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from apps.cli import app
from integrations.database.engine import Store
from integrations.database.tables import outbox
from integrations.settings import PREFIX, Settings
from tests.apps.conftest import GTM
from tests.desk import open_desk, write_documents
from tests.jobs.steps import wait_until

ANSWER = "Yes, for two dollars more."


@pytest.fixture(autouse=True)
def settings_of_the_test(monkeypatch: pytest.MonkeyPatch, models_folder: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.setenv("GTM_MODELS", str(models_folder))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which one customer waits for a person, with an address left."""
    desk = open_desk(tmp_path / "home", 0.1, [write_documents(tmp_path / "docs")])
    reply = desk.session.ask("Can you engrave a name on the tin?")
    desk.session.leave_contact(reply.conversation, "jane@example.com")
    desk.close()
    return tmp_path / "home"


def gtm(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *arguments], prog_name="gtm")


def read(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def waiting(home: Path) -> dict[str, Any]:
    [review] = read(gtm(home, "reviews", "--json"))
    assert isinstance(review, dict)
    return review


def test_reviews_are_an_array_with_the_promised_fields(home: Path) -> None:
    review = waiting(home)
    assert list(review) == [
        "review",
        "kind",
        "conversation",
        "question",
        "draft",
        "confidence",
        "reason",
        "status",
        "waiting_seconds",
    ]
    assert (review["kind"], review["status"]) == ("escalation", "pending")
    assert review["question"] == "Can you engrave a name on the tin?"
    assert review["waiting_seconds"] >= 0
    assert read(gtm(home, "reviews", "--status", "decided", "--json")) == []


def test_a_decision_is_told_to_whoever_comes_second(home: Path) -> None:
    review = waiting(home)["review"]
    first = read(gtm(home, "decide", review, "reply", "--text", ANSWER, "--by", "Mia Weber", "--json"))
    assert first == {"review": review, "status": "done", "by": "Mia Weber", "text": ANSWER}
    second = gtm(home, "decide", review, "approve", "--by", "Ben", "--json")
    assert read(second, code=1) == {**first, "status": "already_decided"}
    for_people = gtm(home, "decide", review, "approve", "--by", "Ben")
    assert for_people.exit_code == 1
    assert "Mia Weber was first" in for_people.stdout
    assert read(gtm(home, "reviews", "--json")) == []


def test_whoever_decides_is_the_user_of_the_shell_unless_named(home: Path) -> None:
    decided = read(gtm(home, "decide", waiting(home)["review"], "approve", "--json"))
    assert decided["by"] == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize(
    ("verb", "text", "hint"),
    [
        ("aprove", None, "did you mean approve?"),
        ("takeover", None, "did you mean take-over?"),
        ("zzz", None, "approve, edit, reply, reject, take-over, hand-back"),
        ("reply", None, "--text"),
        ("edit", "  ", "--text"),
        ("hand-back", None, "Nobody is in this conversation"),
    ],
)
def test_a_decision_that_cannot_be_says_what_to_do(
    home: Path, verb: str, text: str | None, hint: str
) -> None:
    given = [] if text is None else ["--text", text]
    refused = gtm(home, "decide", waiting(home)["review"], verb, *given, "--json")
    assert hint in read(refused, code=2)["error"]
    assert waiting(home)["status"] == "pending"


def test_an_unknown_review_is_refused_with_those_like_it(home: Path) -> None:
    review = waiting(home)["review"]
    wrong = review[:-1] + ("a" if review[-1] != "a" else "b")
    assert f"Did you mean {review}?" in read(gtm(home, "decide", wrong, "approve", "--json"), code=2)["error"]
    assert "gtm reviews" in read(gtm(home, "decide", "zzz", "approve", "--json"), code=2)["error"]


def test_a_conversation_is_found_and_shown(home: Path) -> None:
    review = waiting(home)
    gtm(home, "decide", review["review"], "reply", "--text", ANSWER, "--by", "Mia Weber")
    [found] = read(gtm(home, "conversations", "--find", "dollars", "--state", "person", "--json"))
    assert found["id"] == review["conversation"]
    assert read(gtm(home, "conversations", "--find", "elephant", "--json")) == []
    messages = read(gtm(home, "conversations", "show", found["id"], "--json"))
    assert [list(message) for message in messages] == [["role", "text", "at", "by"]] * len(messages)
    assert [message["role"] for message in messages] == ["customer", "bot", "system", "person"]
    assert (messages[-1]["text"], messages[-1]["by"]) == (ANSWER, "Mia Weber")


def test_a_conversation_whose_id_begins_with_a_hyphen_can_be_named(home: Path) -> None:
    refused = gtm(home, "conversations", "show", "-vX_made-up", "--json")
    assert "-vX_made-up" in read(refused, code=2)["error"]


@pytest.mark.parametrize("option", ["--state", "--decision", "--vote"])
def test_a_filter_that_means_nothing_says_what_there_is(home: Path, option: str) -> None:
    assert "there are" in read(gtm(home, "conversations", option, "zzz", "--json"), code=2)["error"]


def test_people_read_tables(home: Path) -> None:
    review = waiting(home)
    assert review["review"] in gtm(home, "reviews").stdout
    assert review["conversation"] in gtm(home, "conversations").stdout
    assert "customer" in gtm(home, "conversations", "show", review["conversation"]).stdout
    assert "ticket" in gtm(home, "outbox", "--status", "pending").stdout
    assert "Nothing is failed" in gtm(home, "outbox").stdout


def test_what_has_not_failed_cannot_be_tried_again(home: Path) -> None:
    refused = gtm(home, "outbox", "--retry", "12345", "--json")
    assert "gtm outbox" in read(refused, code=2)["error"]


def test_a_worker_delivers_what_a_command_decided_and_stops_when_told(home: Path) -> None:
    gtm(home, "decide", waiting(home)["review"], "reply", "--text", ANSWER, "--by", "Mia Weber")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    worker = subprocess.Popen(
        [GTM, "--home", home, "worker"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert worker.stdout is not None
        assert "The jobs run" in worker.stdout.readline()
        wait_until(lambda: len(list((home / "outbox").glob("*.eml"))) == 1)
        wait_until(lambda: read(gtm(home, "outbox", "--status", "pending", "--json")) == [])
        # The index of these tests is another model's, so not all is well.
        parts = {part["name"]: part for part in read(gtm(home, "doctor", "--json"), code=1)["parts"]}
        assert parts["jobs"]["state"] == "ok"
        assert "5 delivered" in parts["outbox"]["detail"]
    finally:
        worker.send_signal(signal.SIGINT)
        _, complaints = worker.communicate(timeout=60)
    assert (worker.returncode, complaints) == (0, "")
    assert ANSWER in next((home / "outbox").glob("*.eml")).read_text("utf-8")


def test_the_doctor_says_when_nobody_does_the_jobs(home: Path) -> None:
    store = Store(Settings(home=home).database)
    with store.writing() as connection:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        connection.execute(outbox.update().values(next_attempt=long_ago))
    store.close()
    parts = {part["name"]: part for part in read(gtm(home, "doctor", "--json"), code=1)["parts"]}
    assert parts["jobs"]["state"] == "broken"
    assert "gtm worker" in parts["jobs"]["remedy"]
    assert parts["mail"] == {**parts["mail"], "state": "ok", "detail": f"files in {home / 'outbox'}"}


def test_the_doctor_finds_a_mail_server_that_is_away_and_an_effect_that_failed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GTM_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("GTM_MAIL_FROM", "help@shop.example")
    store = Store(Settings(home=home).database)
    with store.writing() as connection:
        connection.execute(outbox.update().values(status="failed", reason="no such address"))
    store.close()
    parts = {part["name"]: part for part in read(gtm(home, "doctor", "--json"), code=1)["parts"]}
    assert parts["mail"]["state"] == "broken"
    assert parts["outbox"]["state"] == "broken"
    assert "no such address" in parts["outbox"]["detail"]
    [failed] = read(gtm(home, "outbox", "--json"))
    assert [each["id"] for each in read(gtm(home, "outbox", "--retry", str(failed["id"]), "--json"))] == [
        failed["id"]
    ]
