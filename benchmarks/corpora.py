"""Documents and questions for benchmarks: the shared sets where they are, else the sample knowledge base."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "rag"
SAMPLE = ROOT / "knowledge_base" / "documents"


def document_files(limit: int) -> list[Path]:
    """At most `limit` Markdown files, the same ones in every run."""
    files = sorted(SHARED.glob("*/docs/*.md")) or sorted(SAMPLE.glob("*.md"))
    step = max(len(files) // limit, 1)
    return files[::step][:limit]


def questions(limit: int) -> list[str]:
    """At most `limit` questions people asked; without the shared sets, the headings of the sample documents."""
    rows = [
        row
        for file in sorted(SHARED.glob("*/questions.jsonl"))
        for row in file.read_text("utf-8").splitlines()
    ]
    asked = [str(json.loads(row)["question"]) for row in rows]
    if not asked:
        text = "\n".join(file.read_text("utf-8") for file in sorted(SAMPLE.glob("*.md")))
        asked = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    step = max(len(asked) // limit, 1)
    return asked[::step][:limit]


def sentences() -> list[str]:
    """Sentences of six to thirty words, each once."""
    text = "\n".join(file.read_text("utf-8") for file in document_files(10_000))
    found = re.findall(r"[A-Z][^.!?\n#|*]{30,220}[.!?]", text)
    return [each for each in dict.fromkeys(found) if 6 <= len(each.split()) <= 30]


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of `values` lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]
