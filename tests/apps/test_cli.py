"""The command line: what is printed where, exit codes, and what a command pays for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from apps.cli import app
from apps.cli_edge import guarded
from integrations.settings import PREFIX, Settings
from tests.desk import write_documents

COMMANDS = [[], ["ingest"], ["ask"], ["eval"], ["eval", "support"], ["serve"], ["doctor"]]
COMMANDS += [["reviews"], ["decide"], ["conversations"], ["conversations", "show"], ["outbox"], ["worker"]]
COMMANDS += [["customer"], ["customer", "export"], ["customer", "forget"], ["entries"], ["entries", "accept"]]


@pytest.fixture(autouse=True)
def settings_of_the_test(monkeypatch: pytest.MonkeyPatch, models_folder: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.setenv("GTM_MODELS", str(models_folder))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    """A home with an index of two documents."""
    folder = tmp_path_factory.mktemp("cli")
    documents = write_documents(folder / "docs")
    environment = {"GTM_MODELS": str(models_folder)}
    result = CliRunner(env=environment).invoke(
        app, ["--home", str(folder / "home"), "ingest", str(documents)]
    )
    assert result.exit_code == 0, result.output
    return folder / "home"


def gtm(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="gtm")


def only_json(result: Result) -> dict[str, Any]:
    """What is on standard output, which must be one JSON object and nothing else."""
    assert result.stdout.count("\n") == 1
    loaded = json.loads(result.stdout)
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    result = gtm(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: gtm" in result.stdout


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["ask"], ["ingest"], ["eval", "support", "x"], ["serve", "--port", "x"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert gtm(*arguments).exit_code == 2


def test_ingest_reports_what_it_did_as_one_object(tmp_path: Path) -> None:
    documents = write_documents(tmp_path / "docs")
    (documents / "empty.md").write_text("")
    first = only_json(gtm("--home", tmp_path / "home", "ingest", documents, "--json"))
    assert list(first) == ["added", "changed", "removed", "unchanged", "chunks", "failed", "seconds"]
    assert (first["added"], first["chunks"]) == (2, 3)
    assert [list(each) for each in first["failed"]] == [["path", "reason"]]
    (documents / "shipping.md").unlink()
    second = only_json(gtm("ingest", documents, "--json", "--home", tmp_path / "home"))
    assert (second["removed"], second["unchanged"], second["chunks"]) == (1, 1, 2)


def test_ingest_of_nothing_exits_with_2(tmp_path: Path) -> None:
    result = gtm("--home", tmp_path / "home", "ingest", tmp_path / "nowhere", "--json")
    assert result.exit_code == 2
    assert "nowhere" in only_json(result)["error"]
    assert "nowhere" in result.stderr


def test_ask_prints_the_promised_fields(home: Path) -> None:
    reply = only_json(gtm("--home", home, "ask", "How long do parcels to Canada take?", "--json"))
    assert set(reply) == {
        "decision",
        "answer",
        "confidence",
        "citations",
        "retrieved",
        "conversation",
        "mode",
        "reason",
        "seconds",
        "review",
        "written_by",
        "trace",
        "options",
    }
    assert reply["review"] is None
    assert reply["options"] == []
    assert reply["mode"] == "offline"
    assert set(reply["retrieved"][0]) == {"document", "section", "score"}
    assert reply["retrieved"][0]["document"] == "shipping.md"
    for citation in reply["citations"]:
        assert set(citation) == {"document", "section", "anchor", "quote"}


def test_ask_goes_on_with_a_conversation(home: Path) -> None:
    first = only_json(gtm("--home", home, "ask", "How long do parcels to Canada take?", "--json"))
    going_on = ["--conversation", first["conversation"]]
    second = only_json(gtm("--home", home, "ask", "And customs?", *going_on, "--json"))
    assert second["conversation"] == first["conversation"]


def test_ask_for_people_shows_answer_and_how_to_go_on(home: Path) -> None:
    result = gtm("--home", home, "ask", "Hello!")
    assert result.exit_code == 0
    assert "What would you like to know?" in result.stdout
    assert "--conversation" in result.stdout


@pytest.mark.parametrize(
    ("question", "message"),
    [("", "type a question"), ("  ", "type a question"), ("x" * 100_000, "100000 characters")],
    ids=["empty", "spaces", "100,000 characters"],
)
def test_a_question_that_cannot_be_used_exits_with_2(home: Path, question: str, message: str) -> None:
    result = gtm("--home", home, "ask", question, "--json")
    assert result.exit_code == 2
    assert message in only_json(result)["error"]


def test_an_unknown_conversation_exits_with_2_and_says_what_to_do(home: Path) -> None:
    result = gtm("--home", home, "ask", "hello", "--conversation", "made-up", "--json")
    assert result.exit_code == 2
    assert "Leave it out" in only_json(result)["error"]


def test_ask_without_an_index_exits_with_1_and_names_the_remedy(tmp_path: Path) -> None:
    result = gtm("--home", tmp_path / "home", "ask", "Do you ship?", "--json")
    assert result.exit_code == 1
    assert "gtm ingest" in only_json(result)["error"]


def test_a_home_that_cannot_be_made_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = gtm("--home", tmp_path / "file" / "home", "ask", "Do you ship?")
    assert result.exit_code == 2
    assert "--home" in result.stderr


def test_a_policy_with_a_mistake_exits_with_2_and_names_file_and_key(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "support.yaml").write_text("thresholds: {answer: 2}\n")
    monkeypatch.setenv("GTM_POLICIES", str(tmp_path))
    result = gtm("--home", home, "ask", "Do you ship?")
    assert result.exit_code == 2
    assert "support.yaml" in result.stderr
    assert "thresholds.answer" in result.stderr


def test_a_misspelled_setting_is_warned_of_on_standard_error(home: Path) -> None:
    environment = {"GTM_CHROMA_URI": "http://x", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", "from apps.cli import main; main()", "--home", str(home), "doctor", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert "did you mean GTM_CHROMA_URL?" in done.stderr
    json.loads(done.stdout)


def test_an_unforeseen_error_is_logged_under_the_reference_that_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as end, guarded(tmp_path, as_json=True):
        raise ZeroDivisionError("details for the engineer")
    assert end.value.exit_code == 1
    shown = capsys.readouterr()
    assert "details for the engineer" not in shown.out + shown.err
    reference = json.loads(shown.out)["error"].split("Reference ")[1][:8]
    written = (tmp_path / "log" / "gtm.log").read_text("utf-8")
    assert f"Reference {reference}" in written
    assert "details for the engineer" in written


def test_doctor_says_of_each_part_how_it_is(home: Path) -> None:
    result = gtm("--home", home, "doctor", "--json")
    assert result.exit_code == 0
    parts = {part["name"]: part for part in only_json(result)["parts"]}
    assert parts["index"]["state"] == "ok"
    assert "2 documents, 3 passages" in parts["index"]["detail"]
    assert parts["embedding model"]["state"] == "ok"
    assert parts["chroma server"]["state"] == "off"
    assert set(parts["home"]) == {"name", "state", "detail", "remedy"}


def test_doctor_on_a_fresh_home_changes_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    result = gtm("--home", tmp_path / "home", "doctor", "--json")
    assert result.exit_code == 0
    parts = {part["name"]: part for part in only_json(result)["parts"]}
    assert parts["index"]["state"] == "off"
    assert "gtm ingest" in parts["index"]["remedy"]
    assert not (tmp_path / "home").exists()


def test_doctor_finds_what_is_broken(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_POLICIES", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GTM_CHROMA_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GTM_DATABASE_URL", f"sqlite:///{tmp_path / 'log.sqlite3'}")
    (tmp_path / "log.sqlite3").write_text("this is no database" * 100)
    broken_home = tmp_path / "home"
    broken_home.mkdir()
    (broken_home / "checkpoints.sqlite3").write_text("this is no database" * 100)
    (broken_home / "calibration.json").write_text("{}")
    result = gtm("--home", broken_home, "doctor", "--json")
    assert result.exit_code == 1
    found = only_json(result)
    assert found["ok"] is False
    broken = {part["name"]: part for part in found["parts"] if part["state"] == "broken"}
    assert {"policy", "chroma server", "database", "working memory", "confidence"} <= set(broken)
    assert all(part["detail"] and part["remedy"] for part in broken.values())


def test_doctor_prints_a_table_for_people(home: Path) -> None:
    result = gtm("--home", home, "doctor")
    assert result.exit_code == 0
    assert "embedding model" in result.stdout


def test_serve_on_a_taken_port_exits_with_2(home: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = gtm("--home", home, "serve", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert "--port" in result.stderr


HEAVY = (
    "torch",
    "gradio",
    "chromadb",
    "onnxruntime",
    "langgraph",
    "sentence_transformers",
    "pandas",
    "scipy",
)


@pytest.mark.parametrize(
    ("arguments", "unpaid"),
    [
        (["--help"], (*HEAVY, "sqlalchemy", "numpy", "yaml", "pydantic_settings")),
        (["ask", "--help"], (*HEAVY, "sqlalchemy", "numpy")),
        (["doctor", "--help"], (*HEAVY, "sqlalchemy", "numpy")),
        (["doctor", "--json"], (*HEAVY, "dbos")),
        (["reviews", "--json"], (*HEAVY, "dbos", "psycopg", "numpy")),
        (["users", "list", "--json"], (*HEAVY, "dbos", "psycopg", "numpy")),
        (["campaign", "list", "--json"], (*HEAVY, "dbos", "psycopg")),
        (["decide", "r-none", "approve", "--json"], (*HEAVY, "dbos", "psycopg")),
        (
            ["ask", "Hello!", "--json"],
            ("torch", "gradio", "chromadb", "onnxruntime", "sentence_transformers"),
        ),
        (["ask", "Do you ship to Canada?", "--json"], ("torch", "gradio", "sentence_transformers", "pandas")),
    ],
    ids=" ".join,
)
def test_a_command_imports_only_what_it_uses(
    home: Path, arguments: list[str], unpaid: tuple[str, ...]
) -> None:
    program = (
        "import sys\nfrom apps.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(' '.join(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--home", str(home), *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    loaded = set(done.stderr.splitlines()[-1].split())
    assert "apps.cli" in loaded
    assert [name for name in unpaid if name in loaded] == []


def test_json_stays_json_with_a_broken_surrogate_and_any_locale(home: Path, models_folder: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from apps.cli import main; main()",
            "--home",
            str(home),
            "ask",
            b"Hello \xff\xfe \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d, do you ship?",
            "--json",
        ],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        check=True,
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "GTM_MODELS": str(models_folder)},
    )
    assert json.loads(done.stdout)["conversation"]
