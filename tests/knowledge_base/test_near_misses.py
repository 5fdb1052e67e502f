"""Checks of the near-miss question sets: a wrong label would teach the confidence something untrue."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

FOLDERS = sorted(
    file.parent for file in (Path(__file__).parents[1] / "data" / "near_misses").glob("*/questions.jsonl")
)
KEYS = ["id", "question", "history", "answerable", "kind", "gold", "answer"]


def test_there_are_eight_sets() -> None:
    assert len(FOLDERS) == 8


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_label_names_what_is_there(folder: Path) -> None:
    documents = {file.name for file in (folder / "docs").glob("*.md")}
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    assert len(documents) == 20
    assert Counter(row["kind"] for row in rows) == {
        "answerable": 80,
        "unanswerable": 64,
        "underspecified": 16,
    }
    assert [row["id"] for row in rows] == [f"{folder.name}-{number}" for number in range(len(rows))]
    assert len({row["question"] for row in rows}) == len(rows)
    for row in rows:
        assert sorted(row) == sorted(KEYS), row["id"]
        assert row["answerable"] == (row["kind"] == "answerable") == bool(row["gold"]) == bool(row["answer"])
        assert documents.issuperset(row["gold"]), row["id"]
        roles = [turn["role"] for turn in row["history"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2), row["id"]
