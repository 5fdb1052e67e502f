"""A change that makes answers worse fails here: samples of labelled sets, run as a user would run them.

The floors lie a little under what was reached when they were set; `python -m benchmarks.answers` gives the figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.policy import load_policy
from tests.shared_data import rag_set

ROOT = Path(__file__).resolve().parents[1]
GTM = Path(sys.executable).with_name("gtm")


def evaluate(folder: Path, every: int, tmp_path: Path, models_folder: Path) -> dict[str, Any]:
    """The figures of each `every`-th question of a set, against all of its documents."""
    sample = tmp_path / "sample"
    sample.mkdir()
    (sample / "docs").symlink_to((folder / "docs").resolve())
    rows = (folder / "questions.jsonl").read_text("utf-8").splitlines()[::every]
    (sample / "questions.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    out = tmp_path / "answers.jsonl"
    done = subprocess.run(
        [GTM, "--home", tmp_path / "home", "eval", "support", sample, "--out", out, "--json"],
        env={**os.environ, "GTM_MODELS": str(models_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(out.read_text("utf-8").splitlines()) == len(rows)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def assert_reached(figures: Mapping[str, Any], floors: Mapping[str, float], most_wrong: float) -> None:
    """Names every figure below its floor at once."""
    below = {name: figures[name] for name, floor in floors.items() if figures[name] < floor}
    assert not below, f"below {floors}: {below}"
    assert figures["wrong_answer_rate"] <= most_wrong, figures


def test_the_sample_shop_is_answered(tmp_path: Path, models_folder: Path) -> None:
    figures = evaluate(ROOT / "tests" / "data" / "two_peaks", 1, tmp_path, models_folder)
    assert_reached(figures, {"hit@1": 0.87, "hit@5": 0.97, "ndcg@5": 0.92, "auroc": 0.87}, most_wrong=0.12)


def test_questions_that_only_reading_tells_apart_are_seen_through_sometimes(
    tmp_path: Path, models_folder: Path
) -> None:
    figures = evaluate(ROOT / "tests" / "data" / "near_misses" / "university", 1, tmp_path, models_folder)
    assert_reached(figures, {"hit@1": 0.73, "hit@5": 0.9, "ndcg@5": 0.82, "auroc": 0.62}, most_wrong=0.42)


@pytest.mark.parametrize(
    ("name", "every", "floors", "most_wrong"),
    [
        ("clapnq", 4, {"hit@1": 0.93, "hit@5": 0.98, "ndcg@5": 0.96, "auroc": 0.84}, 0.28),
        ("mtragun-fiqa", 1, {"hit@1": 0.87, "hit@5": 0.95, "ndcg@5": 0.86, "auroc": 0.83}, 0.16),
    ],
)
def test_public_questions_are_answered(
    name: str, every: int, floors: dict[str, float], most_wrong: float, tmp_path: Path, models_folder: Path
) -> None:
    assert_reached(evaluate(rag_set(name), every, tmp_path, models_folder), floors, most_wrong)


def test_every_example_question_of_the_page_is_answered(tmp_path: Path, models_folder: Path) -> None:
    environment = {**os.environ, "GTM_MODELS": str(models_folder), "GTM_HOME": str(tmp_path / "home")}
    documents = ROOT / "knowledge_base" / "documents"
    subprocess.run([GTM, "ingest", documents], env=environment, check=True, capture_output=True)
    for question in load_policy().brand.examples:
        done = subprocess.run(
            [GTM, "ask", question, "--json"], env=environment, check=True, capture_output=True, text=True
        )
        reply = json.loads(done.stdout)
        assert reply["decision"] == "answer", (question, reply["reason"])
