"""Finds the evaluation data that lies beside a development checkout, and says plainly when it does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def missing(line: str) -> None:
    """Fails under CI=true and skips elsewhere, with a line that says what is missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{line}, but CI must have it", pytrace=False)
    pytest.skip(line)


def rag_set(name: str) -> Path:
    """The folder of one retrieval set (`docs/*.md`, `questions.jsonl`)."""
    folder = SHARED_DATA / "rag" / name
    if not (folder / "questions.jsonl").is_file():
        missing(f"the data set shared/data/rag/{name} is not here; a plain clone lacks it")
    return folder
