"""What speaks for an answer: the features that the calibrated confidence is computed from."""

from __future__ import annotations

import math
import re

import numpy as np

from knowledge_base.answer import Extract
from knowledge_base.query import Kind, Query
from knowledge_base.search import Hit, Retrieval
from knowledge_base.terms import FUNCTION_WORDS, coverage, names, stem, stems, words

SIGNS: dict[str, int] = {
    "answer_similarity": 1,
    "unit_lead": 1,
    "lexical_lead": 1,
    "crowding": -1,
    "answer_coverage": 1,
    "expected_kind": 1,
    "confirmation": -1,
    "quantity": -1,
    "document_standing": 1,
    "passage_standing": 1,
    "agreement": 1,
    "exact": 1,
    "conflict": -1,
    "heading_coverage": -1,
    "follows_up": 0,
}
"""How the probability may move as each feature grows: up (1), down (-1), or either way (0)."""

FEATURES = tuple(SIGNS)
"""The names of all features, in order."""

_NEUTRAL_COVERAGE = 0.6  # about the mean over answered questions, for one whose every word is in the heading
_NEUTRAL_EXACT = 0.5
_CROWD = 5
_ALIKE = 0.6
_LEAST_STANDING = 0.03
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
    - quantity: 1 for a question about how many, how much or how long: one number that the documents give or do not,
      however near the rest of it comes
    - document_standing: the weaker of how near the best unit is and how far the best document stands above the
      documents at ranks 5 to 10, on a logarithmic scale: an answer has to be both near and the only one
    - passage_standing: the same with the best passage above the passages at ranks 10 to 20
    - agreement: how near to the top both retrievers have the best passage, in (0, 1]
    - exact: the share of the question's names and numbers that the section has; 0.5 where it has none of them
    - conflict: 1 where another document says nearly the same with other numbers
    - heading_coverage: the share, by rarity, of the question's words that title and headings have: a heading that
      matches lifts every score, whether or not the answer stands below it
    - follows_up: 1 where earlier turns were part of what was searched for
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
        "quantity": float(query.kind == "number"),
        "document_standing": _standing(best, _lead(_by_document(retrieval), 4, 10), 0.55, 0.1875),
        "passage_standing": _standing(best, _lead([hit.strength for hit in retrieval.hits], 9, 20), 0.6, 0.4),
        "agreement": _agreement(retrieval),
        "exact": _exact(query, retrieval),
        "conflict": float(_conflicts(retrieval)),
        "heading_coverage": coverage(query.terms, retrieval.rarity, frozenset(stems(best.chunk.context))),
        "follows_up": float(bool(query.context)),
    }


def _standing(best: Hit, lead: float, near: float, far: float) -> float:
    """The weaker of nearness and lead, each as a share of what an answered question usually has."""
    nearest = float(best.unit_scores.max()) if len(best.unit_scores) else best.dense or 0.0
    return math.log(max(min(nearest / near, lead / far), _LEAST_STANDING))


def _lead(strengths: list[float], first: int, last: int) -> float:
    """How far the first strength is above the mean of those at the places from `first` to `last`."""
    ranked = [strengths[0], *sorted(strengths[1:], reverse=True)]
    rest = ranked[first:last] or ranked[1:]
    return ranked[0] - float(np.mean(rest)) if rest else ranked[0]


def _by_document(retrieval: Retrieval) -> list[float]:
    strongest: dict[str, float] = {}
    for hit in retrieval.hits:
        strongest[hit.chunk.document] = max(strongest.get(hit.chunk.document, -1.0), hit.strength)
    return list(strongest.values())


def _agreement(retrieval: Retrieval) -> float:
    best = retrieval.hits[0]
    above_dense = sum(score > (best.dense or 0.0) for score in retrieval.dense)
    above_lexical = sum(score > best.lexical for score in retrieval.lexical)
    return (1 / (1 + int(above_dense)) + 1 / (1 + int(above_lexical))) / 2


def _exact(query: Query, retrieval: Retrieval) -> float:
    wanted = names(query.question)
    best = retrieval.hits[0].chunk
    found = frozenset(stems(f"{best.context} {best.text}"))
    return coverage(wanted, retrieval.rarity, found) if wanted else _NEUTRAL_EXACT


def _conflicts(retrieval: Retrieval) -> bool:
    """Whether the best unit of another document shares most words with the best unit, but no number."""
    best = retrieval.hits[0]
    said, figures = _statement(best)
    for hit in retrieval.hits[1:_CROWD]:
        other, others = _statement(hit)
        if hit.chunk.document == best.chunk.document or not figures or not others:
            continue
        alike = len(said & other) / max(1, min(len(said), len(other)))
        if alike >= _ALIKE and not figures & others:
            return True
    return False


def _statement(hit: Hit) -> tuple[set[str], set[str]]:
    """The stems and the numbers of a hit's best unit."""
    if not len(hit.unit_scores):
        return set(), set()
    unit = hit.units[int(hit.unit_scores.argmax())]
    found = words(hit.chunk.text[unit.start : unit.end])
    figures = {word for word in found if word[0].isdigit()}
    return {stem(word) for word in found if word not in FUNCTION_WORDS} - figures, figures


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
