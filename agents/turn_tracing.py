"""What the trace of an answer tells of each node of the support graph: names and figures, no customer's words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar, cast

from agents.tracing import Fact, part

if TYPE_CHECKING:
    from agents.graphs.support import Ruling
    from agents.knowledge import Draft, Found
    from agents.rules import Verdict

Node = TypeVar("Node", bound=Callable[..., Mapping[str, object]])

NAMES: Final = {
    "apply_rules": "rules",
    "find_sources": "retrieval",
    "rewrite_query": "query",
    "draft_answer": "draft",
    "write_words": "words",
    "decide": "decision",
}
"""The nodes as people read them."""
MOST_SECTIONS: Final = 10


def traced(node: Node) -> Node:
    """The node, noted as a part of the trace with what it came to."""

    @functools.wraps(node)
    def run(state: Mapping[str, object]) -> Mapping[str, object]:
        with part(NAMES.get(node.__name__, node.__name__)) as doing:
            update = node(state)
            doing.note(**(_facts(update) if update else {"needed": False}))
            return update

    return cast("Node", run)


def _facts(update: Mapping[str, object]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, value in update.items():
        told = _TOLD.get(name)
        if told is not None and value is not None:
            facts |= told(value)
    return facts


def _verdict(verdict: Verdict) -> dict[str, Fact]:
    return {"rule": verdict.reason}


def _found(found: Found) -> dict[str, Fact]:
    hits = found.retrieval.hits[:MOST_SECTIONS]
    chosen: dict[str, Fact] = {"chosen by the customer": True} if found.chosen else {}
    return chosen | {
        "passages": len(found.retrieval.hits),
        "sections": tuple(_place(hit.chunk.document, hit.chunk.section or hit.chunk.heading) for hit in hits),
        "scores": tuple(round(float(hit.score), 4) for hit in hits),
    }


def _place(document: str, section: str) -> str:
    return f"{document}, {section}" if section else document


def _draft(draft: Draft) -> dict[str, Fact]:
    signs = {f"sign.{name}": round(value, 4) for name, value in draft.evidence.items()}
    whole: dict[str, Fact] = {
        "confidence": round(draft.confidence, 4),
        "words": len(draft.text.split()),
        "citations": len(draft.citations),
        "written by": draft.written_by or "the documents",
    }
    return whole | signs


def _ruling(ruling: Ruling) -> dict[str, Fact]:
    return {"decision": ruling.decision, "reason": ruling.reason, "by rule": ruling.by_rule}


_TOLD: Final[dict[str, Callable[..., dict[str, Fact]]]] = {
    "verdict": _verdict,
    "small_talk": lambda _: {"small talk": True},
    "found": _found,
    "draft": _draft,
    "ruling": _ruling,
}
