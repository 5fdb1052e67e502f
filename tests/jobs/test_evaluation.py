"""`gtm eval support` end to end, with the real model on the sample questions."""

from __future__ import annotations

import json
import shutil
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from apps.cli import app
from jobs.figures import FIGURES
from tests.desk import write_documents
from tests.shared_data import rag_set

SAMPLE = Path(__file__).parents[1] / "data" / "two_peaks"


def take(source: Path, target: Path, rows: int) -> Path:
    shutil.copytree(source / "docs", target / "docs")
    lines = (source / "questions.jsonl").read_text("utf-8").splitlines(keepends=True)
    (target / "questions.jsonl").write_text("".join(islice(lines, rows)), "utf-8")
    return target


def tiny(folder: Path) -> Path:
    """Two short documents and a few questions about them."""
    write_documents(folder / "docs")
    questions = [
        ("May unopened tins come back?", "returns.md"),
        ("How long do parcels to Canada take?", "shipping.md"),
    ]
    rows = [
        {"id": str(n), "question": question, "answerable": True, "gold": [gold]}
        for n, (question, gold) in enumerate(questions)
    ]
    rows.append({"id": "x", "question": "Who built the pyramids?", "answerable": False, "gold": []})
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder


def evaluate(home: Path, models_folder: Path, *arguments: str | Path) -> Result:
    runner = CliRunner(env={"GTM_MODELS": str(models_folder)})
    return runner.invoke(app, ["--home", str(home), "eval", "support", *map(str, arguments)])


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_line_a_question_and_the_figures(tmp_path: Path, models_folder: Path) -> None:
    part = take(SAMPLE, tmp_path / "part", 40)
    out = tmp_path / "new" / "out.jsonl"
    result = evaluate(tmp_path / "home", models_folder, part, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["questions"] == 40
    assert set(FIGURES) <= set(figures)
    assert figures["hit@5"] > 0.8
    lines = lines_of(out)
    assert [line["id"] for line in lines] == [f"two-peaks-{n}" for n in range(40)]
    for line in lines:
        keys = ["id", "decision", "confidence", "retrieved", "answer", "citations", "seconds", "mode"]
        assert list(line) == keys
        assert line["mode"] == "offline"
        assert line["decision"] in ("answer", "clarify", "escalate")
        assert 0 <= line["confidence"] <= 1
        assert len(line["retrieved"]) == len(set(line["retrieved"])) == 10
        assert all((part / "docs" / name).is_file() for name in line["retrieved"])


def test_nothing_of_an_evaluation_is_left_behind(
    tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, scratch, out = tiny(tmp_path / "part"), tmp_path / "scratch", tmp_path / "out.jsonl"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert evaluate(tmp_path / "home", models_folder, part, "--out", out).exit_code == 0
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "home").exists()


def test_several_sets_are_judged_apart_and_together(tmp_path: Path, models_folder: Path) -> None:
    sets = [tiny(tmp_path / name) for name in ("one", "two")]
    out = tmp_path / "out.jsonl"
    result = evaluate(tmp_path / "home", models_folder, *sets, "--out", out, "--json")
    figures = json.loads(result.stdout)
    assert figures["questions"] == 6
    assert {name: each["questions"] for name, each in figures["sets"].items()} == {"one": 3, "two": 3}
    assert [line["set"] for line in lines_of(out)] == ["one"] * 3 + ["two"] * 3


def test_a_fit_is_saved_in_the_home_and_judged_by_cross_validation(
    tmp_path: Path, models_folder: Path
) -> None:
    home = tmp_path / "home"
    part = take(SAMPLE, tmp_path / "part", 80)
    result = evaluate(home, models_folder, part, "--out", tmp_path / "out.jsonl", "--fit", "--json")
    assert result.exit_code == 0, result.output
    fit = json.loads(result.stdout)["fit"]
    assert fit["in_sample"]["questions"] == fit["cross_validated"]["questions"] == 80
    assert fit["cross_validated"]["ece"] is not None
    assert Path(fit["saved"]) == home / "calibration.json"
    doctor = CliRunner(env={"GTM_MODELS": str(models_folder)}).invoke(
        app, ["--home", str(home), "doctor", "--json"]
    )
    [confidence] = [part for part in json.loads(doctor.stdout)["parts"] if part["name"] == "confidence"]
    assert confidence["detail"] == "fitted here, on 80 questions of part"


def test_too_few_questions_for_a_fit_exit_with_2(tmp_path: Path, models_folder: Path) -> None:
    part = tiny(tmp_path / "part")
    result = evaluate(tmp_path / "home", models_folder, part, "--out", tmp_path / "out.jsonl", "--fit")
    assert result.exit_code == 2
    assert "too few" in result.stderr
    assert not (tmp_path / "home" / "calibration.json").exists()


def test_figures_are_shown_to_people_as_a_table(tmp_path: Path, models_folder: Path) -> None:
    part = tiny(tmp_path / "part")
    result = evaluate(tmp_path / "home", models_folder, part, "--out", tmp_path / "out.jsonl")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in FIGURES)


def test_two_sets_of_one_name_are_refused(tmp_path: Path, models_folder: Path) -> None:
    part = tiny(tmp_path / "part")
    result = evaluate(tmp_path / "home", models_folder, part, part, "--out", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert "same name" in result.stderr


def test_a_missing_set_and_a_file_that_cannot_be_written_exit_with_2(
    tmp_path: Path, models_folder: Path
) -> None:
    part = tiny(tmp_path / "part")
    missing = evaluate(tmp_path / "home", models_folder, tmp_path / "none", "--out", tmp_path / "out.jsonl")
    assert missing.exit_code == 2
    unwritable = evaluate(tmp_path / "home", models_folder, part, "--out", tmp_path)
    assert unwritable.exit_code == 2
    assert "--out" in unwritable.stderr


def test_a_set_with_conversations_is_asked_with_its_history(tmp_path: Path, models_folder: Path) -> None:
    part = take(rag_set("mtragun-fiqa"), tmp_path / "part", 20)
    result = evaluate(tmp_path / "home", models_folder, part, "--out", tmp_path / "out.jsonl", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["hit@5"] > 0.8
