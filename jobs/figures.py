"""The figures by which answers are judged, from the rows of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.domain import Citation, Mode, ReplyDecision
from knowledge_base import metrics

FIGURES = (
    "hit@1",
    "hit@5",
    "ndcg@5",
    "auroc",
    "aurc",
    "ece",
    "answered_share",
    "wrong_answer_rate",
    "p50_seconds",
    "p95_seconds",
)
NO_GOLD = "no question names a gold document"
ONE_KIND = "needs both answerable and unanswerable questions"
NO_ANSWER = "no answer was given"


@dataclass(frozen=True, slots=True)
class Row:
    """One question as it was decided; `answer` and `citations` are the draft's, given or not."""

    set: str
    id: str
    answerable: bool
    gold: tuple[str, ...]
    decision: ReplyDecision
    confidence: float
    retrieved: tuple[str, ...]
    answer: str
    citations: tuple[Citation, ...]
    seconds: float
    reason: str
    by_rule: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)
    """What the confidence was computed from; in mode `model`, what speaks for the model's words or verdict."""
    mode: Mode = "offline"
    """Whether a model was heard."""

    @property
    def right(self) -> bool:
        """Whether the draft cites a document that answers the question."""
        return any(citation.document in self.gold for citation in self.citations)


@dataclass(frozen=True, slots=True)
class Figures:
    """Values by the names in FIGURES; where one is None, `reasons` says why."""

    questions: int
    values: dict[str, float | None]
    reasons: dict[str, str]

    def as_json(self) -> dict[str, object]:
        """One object: the number of questions, each figure, and the reasons of those that are None."""
        return {"questions": self.questions, **self.values, "reasons": self.reasons}


def judge(rows: Sequence[Row]) -> Figures:
    """The figures of these rows.

    hit@k and nDCG@5 are means over questions with gold documents; AUROC sets confidence against answerable;
    AURC and ECE set it against right: the draft cites a gold document. The wrong-answer rate is the share of the
    given answers that cite none.
    """
    with_gold = [row for row in rows if row.gold]
    given = [row for row in rows if row.decision == "answer"]
    confidence = [row.confidence for row in rows]
    right = [row.right for row in rows]
    seconds = [row.seconds for row in rows]
    values: dict[str, float | None] = {
        "hit@1": _mean([metrics.hit_at(1, row.retrieved, row.gold) for row in with_gold]),
        "hit@5": _mean([metrics.hit_at(5, row.retrieved, row.gold) for row in with_gold]),
        "ndcg@5": _mean([metrics.ndcg_at(5, row.retrieved, row.gold) for row in with_gold]),
        "auroc": metrics.auroc(confidence, [row.answerable for row in rows]),
        "aurc": metrics.aurc(confidence, right) if with_gold else None,
        "ece": metrics.ece(confidence, right) if with_gold else None,
        "answered_share": _mean([float(row.decision == "answer") for row in rows]),
        "wrong_answer_rate": _mean([float(not row.right) for row in given]) if with_gold else None,
        "p50_seconds": metrics.percentile(seconds, 0.5),
        "p95_seconds": metrics.percentile(seconds, 0.95),
    }
    values = {name: None if value is None else round(value, 4) for name, value in values.items()}
    reasons = dict.fromkeys(("hit@1", "hit@5", "ndcg@5", "aurc", "ece", "wrong_answer_rate"), NO_GOLD)
    if with_gold:
        reasons = {"wrong_answer_rate": NO_ANSWER}
    reasons["auroc"] = ONE_KIND
    return Figures(len(rows), values, {name: why for name, why in reasons.items() if values[name] is None})


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
