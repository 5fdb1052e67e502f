"""A set of labelled questions: a folder with `docs/` and `questions.jsonl`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.errors import BadInput


class Turn(BaseModel):
    """One earlier message."""

    model_config = ConfigDict(frozen=True)

    role: str
    content: str


class LabelledQuestion(BaseModel):
    """A question with the documents that answer it; other keys of a row are left alone."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    answerable: bool
    gold: tuple[str, ...] = ()

    @property
    def said_before(self) -> list[tuple[str, str]]:
        """The history as the desk takes it."""
        return [
            ("customer" if turn.role in ("user", "customer") else "bot", turn.content)
            for turn in self.history
        ]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Documents, and questions about them."""

    name: str
    documents: Path
    questions: tuple[LabelledQuestion, ...]


def load_set(folder: Path) -> LabelledSet:
    """Read a set. Whatever is missing or malformed raises `BadInput` that names file and line."""
    documents, file = folder / "docs", folder / "questions.jsonl"
    if not documents.is_dir() or not any(documents.iterdir()):
        raise BadInput(f"{documents} has no documents. A set is a folder with docs/ and questions.jsonl.")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}. It must have one JSON object a line.") from error
    questions = [_row(line, f"{file}, line {n}") for n, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise BadInput(f"{file} has no questions.")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise BadInput(f"{file}: the id {question.id!r} occurs twice; ids must be unique.")
        seen.add(question.id)
    return LabelledSet(folder.resolve().name, documents, tuple(questions))


def _row(line: str, where: str) -> LabelledQuestion:
    try:
        return LabelledQuestion.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise BadInput(f"{where}: not JSON ({error.msg} at column {error.colno}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the row"
        needed = "id, question, answerable; history (role, content) and gold (file names) if there are any"
        raise BadInput(f"{where}: {key}: {first['msg']}. A row has {needed}.") from error
