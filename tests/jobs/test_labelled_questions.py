"""Reading a set of labelled questions, and what its author is told about mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.errors import BadInput
from jobs.labelled_questions import load_set
from tests.shared_data import rag_set

ROW = {"id": "a", "question": "Is it so?", "answerable": True, "gold": ["d.md"]}


def write(folder: Path, *lines: str) -> Path:
    (folder / "docs").mkdir()
    (folder / "docs" / "d.md").write_text("# D\n\nIt is so.\n")
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_a_set_is_read_with_its_history_in_the_desks_words(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Hm?"}, {"role": "assistant", "content": "Ah."}]
    labelled = load_set(write(tmp_path, json.dumps({**ROW, "history": turns, "kind": "partial"})))
    assert labelled.name == tmp_path.name
    assert labelled.questions[0].said_before == [("customer", "Hm?"), ("bot", "Ah.")]
    assert labelled.questions[0].gold == ("d.md",)


def test_blank_lines_and_missing_optional_keys_are_no_mistake(tmp_path: Path) -> None:
    labelled = load_set(
        write(tmp_path, "", json.dumps({"id": "a", "question": "?", "answerable": False}), " ")
    )
    assert len(labelled.questions) == 1
    assert labelled.questions[0].gold == ()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([json.dumps(ROW), "{not json"], r"line 2: not JSON"),
        ([json.dumps({**ROW, "answerable": "perhaps"})], r"line 1: answerable"),
        ([json.dumps({"id": "a"})], r"line 1: question: Field required"),
        (["[1, 2]"], r"line 1: the row"),
        ([json.dumps({**ROW, "history": ["hello"]})], r"line 1: history\.0"),
        ([json.dumps(ROW), json.dumps(ROW)], r"the id 'a' occurs twice"),
        ([""], r"has no questions"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load_set(write(tmp_path, *lines))


def test_a_folder_without_documents_or_questions_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="docs"):
        load_set(tmp_path)
    (write(tmp_path, json.dumps(ROW)) / "questions.jsonl").unlink()
    with pytest.raises(BadInput, match=r"questions\.jsonl"):
        load_set(tmp_path)


@pytest.mark.parametrize("name", ["clapnq", "mtragun-fiqa", "mtragun-govt"])
def test_the_evaluation_sets_can_be_read(name: str) -> None:
    assert len(load_set(rag_set(name)).questions) > 70
