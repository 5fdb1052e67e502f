"""`gtm eval support`: asks labelled questions against an index of their documents, and judges the answers."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from agents.domain import Mode
from agents.errors import BadInput
from agents.knowledge import translated
from agents.ports import Services
from agents.session import Session
from ingest.pipeline import ingest
from jobs.figures import Figures, Row, judge
from jobs.labelled_questions import LabelledQuestion, LabelledSet, load_set

log = logging.getLogger(__name__)

RANKED = 10  # documents that a row names

OpenHome = Callable[[Path], Services]

Tell = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The rows of every set, and the figures of each set and of all together."""

    rows: tuple[Row, ...]
    by_set: dict[str, Figures]
    pooled: Figures


def evaluate(
    open_home: OpenHome, folders: Sequence[Path], out: Path, tell: Tell, mode: Mode = "offline"
) -> Evaluation:
    """Ask every question of every set, write a line a question to `out`, and judge the answers.

    `open_home` gives the services of an empty folder; each set gets one, which is removed afterwards. In mode
    `model` the models of those services word the answers.
    """
    sets = [load_set(folder) for folder in folders]
    names = [each.name for each in sets]
    if len(set(names)) < len(names):
        raise BadInput(
            f"Two sets have the same name: {', '.join(names)}. Give each folder a name of its own."
        )
    rows: list[Row] = []
    with _open_for_writing(out) as file:
        for each in sets:
            for row in _ask_all(open_home, each, tell, mode):
                rows.append(row)
                file.write(json.dumps(_line(row, pooled=len(sets) > 1), ensure_ascii=False) + "\n")
    by_set = {name: judge([row for row in rows if row.set == name]) for name in names}
    return Evaluation(tuple(rows), by_set, judge(rows))


def _ask_all(open_home: OpenHome, labelled: LabelledSet, tell: Tell, mode: Mode) -> Iterator[Row]:
    """Each question, decided as in the chat but recorded nowhere."""
    with tempfile.TemporaryDirectory(prefix="gtm-eval-") as folder:
        services = open_home(Path(folder))
        session = Session(services)
        try:
            _ingest(services, labelled.documents, tell)
            session.warm()
            for done, question in enumerate(labelled.questions):
                tell("asking", done, len(labelled.questions))
                yield _ask(session, labelled.name, question, mode)
        finally:
            session.close()


def _ingest(services: Services, documents: Path, tell: Tell) -> None:
    embedder = services.open_embedder()
    with translated():
        index = services.open_index(embedder)
        report = ingest([documents], index, embedder, tell)
    if report.failed:
        first = report.failed[0]
        log.warning("%d documents not read, first %s: %s", len(report.failed), first.path, first.reason)


def _ask(session: Session, name: str, question: LabelledQuestion, mode: Mode) -> Row:
    rehearsal = session.rehearse(question.question, question.said_before, mode)
    draft, ruling = rehearsal.draft, rehearsal.outcome.ruling
    wording = draft.wording or {}
    return Row(
        set=name,
        id=question.id,
        answerable=question.answerable,
        gold=question.gold,
        decision=ruling.decision,
        confidence=rehearsal.outcome.confidence,
        retrieved=tuple(dict.fromkeys(source.document for source in draft.sources))[:RANKED],
        answer=draft.text,
        citations=draft.citations,
        seconds=round(rehearsal.seconds, 5),
        reason=ruling.reason,
        by_rule=ruling.by_rule,
        evidence=draft.evidence if mode == "offline" else wording,
        mode="model" if wording else "offline",
    )


def _line(row: Row, *, pooled: bool) -> dict[str, object]:
    line: dict[str, object] = {
        "id": row.id,
        "decision": row.decision,
        "confidence": row.confidence,
        "retrieved": list(row.retrieved),
        "answer": row.answer,
        "citations": [citation.model_dump() for citation in row.citations],
        "seconds": row.seconds,
        "mode": row.mode,
    }
    return {"set": row.set, **line} if pooled else line


def _open_for_writing(out: Path) -> TextIO:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return out.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error}. Give another file with --out.") from error
