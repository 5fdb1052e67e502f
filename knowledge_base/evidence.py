"""What speaks for an answer: the features that the calibrated confidence is computed from."""

from __future__ import annotations

import re

import numpy as np

from knowledge_base.answer import Extract
from knowledge_base.query import Kind, Query
from knowledge_base.search import Hit, Retrieval
from knowledge_base.terms import coverage, stem, stems

SIGNS: dict[str, int] = {
    "answer_similarity": 1,
    "unit_lead": 1,
    "lexical_lead": 1,
    "crowding": -1,
    "answer_coverage": 1,
    "expected_kind": 1,
    "confirmation": -1,
}
"""How the probability may move as each feature grows: up (1) or down (-1)."""

FEATURES = tuple(SIGNS)
"""The names of all features, in order."""

_NEUTRAL_COVERAGE = 0.6  # about the mean over answered questions, for one whose every word is in the heading
_CROWD = 5
_EXPECTED: dict[Kind, re.Pattern[str]] = {
    "number": re.compile(r"\d"),
    "time": re.compile(
        r"\b1\d{3}\b|\b20\d{2}\b|\d\s*(am|pm|a\.m)|\b(hour|day|week|month|year)|day\b"
        r"|\b(january|february|march|april|may|june|july|august|september|october|november|december)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"[a-z,] [A-Z]\w+ [A-Z]\w+"),
    "reason": re.compile(r"\b(because|due to|since|reason|cause|so that|result)", re.IGNORECASE),
}


def evidence(query: Query, retrieval: Retrieval, extract: Extract) -> dict[str, float]:
    """The features of an answer by name, all finite; all 0 where nothing was found.

    - answer_similarity: mean cosine of the query with the units shown of the best section
    - unit_lead: how far the best unit's cosine lies above those of ranks 6 to 20 among the hits examined
    - lexical_lead: how far the best BM25 score lies above the mean from rank 11 on, as a share of it
    - crowding: how many documents the best five hits come from
    - answer_coverage: the share, by rarity, of the question's words beyond the heading that the answer has
    - expected_kind: 0 where a question asks for a number, time, person or reason and the section has none
    - confirmation: 1 for a question to be answered with yes or no, which documents seldom say outright
    """
    if not retrieval.hits or not extract.passages:
        return dict.fromkeys(FEATURES, 0.0)
    best = retrieval.hits[0]
    return {
        "answer_similarity": _answer_similarity(best, extract),
        "unit_lead": _unit_lead(retrieval),
        "lexical_lead": _lexical_lead(retrieval),
        "crowding": float(len({hit.chunk.document for hit in retrieval.hits[:_CROWD]})),
        "answer_coverage": _answer_coverage(query, retrieval, extract),
        "expected_kind": _expected_kind(query, best),
        "confirmation": float(query.kind == "confirmation"),
    }


def _answer_similarity(best: Hit, extract: Extract) -> float:
    mine = [passage for passage in extract.passages if passage.chunk == best.chunk]
    shown = {unit for passage in mine for unit in passage.units}
    whole = any(not passage.complete for passage in mine)  # the customer is sent to the section as it stands
    pairs = zip(best.units, best.unit_scores, strict=True)
    scores = [score for unit, score in pairs if whole or unit in shown]
    return float(np.mean(scores)) if scores else 0.0


def _unit_lead(retrieval: Retrieval) -> float:
    scores = np.sort(np.concatenate([hit.unit_scores for hit in retrieval.hits]))[::-1]
    rest = scores[5:20] if len(scores) > 5 else scores[1:]
    return float(scores[0] - rest.mean()) if len(rest) else 0.0


def _lexical_lead(retrieval: Retrieval) -> float:
    scores = retrieval.lexical
    if len(scores) <= 12 or scores[0] <= 0:
        return 0.5 if len(scores) else 0.0
    return float((scores[0] - scores[10:].mean()) / scores[0])


def _answer_coverage(query: Query, retrieval: Retrieval, extract: Extract) -> float:
    heading = frozenset(stems(retrieval.hits[0].chunk.context))
    beyond = [term for term in query.terms if stem(term) not in heading]
    texts = (p.quote if p.complete else p.chunk.text for p in extract.passages)
    shown = frozenset(word for text in texts for word in stems(text))
    return coverage(beyond, retrieval.rarity, shown) if beyond else _NEUTRAL_COVERAGE


def _expected_kind(query: Query, best: Hit) -> float:
    pattern = _EXPECTED.get(query.kind)
    return float(pattern is None or bool(pattern.search(best.chunk.text)))
