"""What speaks for an answer: the features that the calibrated confidence is computed from."""

from __future__ import annotations

import numpy as np

from knowledge_base.answer import Extract
from knowledge_base.query import Query
from knowledge_base.search import Retrieval
from knowledge_base.terms import coverage, names, stem, stems


def evidence(query: Query, retrieval: Retrieval, extract: Extract) -> dict[str, float]:
    """The features of an answer by name; every one is finite, and 0 everywhere where nothing was found."""
    if not retrieval.hits or not extract.passages:
        return dict.fromkeys(FEATURES, 0.0)
    best = retrieval.hits[0]
    dense = retrieval.dense
    rest = dense[1:50] if len(dense) > 1 else np.zeros(1)
    top = float(dense[0]) if len(dense) else 0.0
    rivals = [hit for hit in retrieval.hits if hit.chunk.document != best.chunk.document]
    context = stems(best.chunk.context)
    answer = frozenset([*context, *(s for p in extract.passages for s in stems(p.quote))])
    passage = frozenset([*context, *stems(best.chunk.text)])
    units = max(
        (float(hit.unit_scores.max()) for hit in retrieval.hits[:3] if len(hit.unit_scores)), default=0.0
    )
    missing = [retrieval.rarity.get(term, 1.0) for term in query.terms if stem(term) not in passage]
    exact = names(query.question)
    lexical_top = float(retrieval.lexical[0]) if len(retrieval.lexical) else 0.0
    return {
        "cosine": top,
        "unit_cosine": units,
        "lift": top - float(rest.mean()),
        "margin": best.score - (rivals[0].score if rivals else 0.0),
        "coverage": coverage(query.terms, retrieval.rarity, passage),
        "answer_coverage": coverage(query.terms, retrieval.rarity, answer),
        "rarest_missing": max(missing, default=0.0),
        "names": coverage(exact, retrieval.rarity, passage) if exact else 0.5,
        "agreement": best.lexical / lexical_top if lexical_top > 0 else 0.0,
        "dependence": query.dependence,
        "terms": float(np.log1p(len(query.terms))),
    }


FEATURES = (
    "cosine",
    "unit_cosine",
    "lift",
    "margin",
    "coverage",
    "answer_coverage",
    "rarest_missing",
    "names",
    "agreement",
    "dependence",
    "terms",
)
"""The names of all features, in order."""

SIGNS: dict[str, int] = {
    "cosine": 1,
    "unit_cosine": 1,
    "lift": 1,
    "margin": 1,
    "coverage": 1,
    "answer_coverage": 1,
    "rarest_missing": -1,
    "names": 1,
    "agreement": 1,
    "dependence": -1,
    "terms": 0,
}
"""How the probability may move as each feature grows: up (1), down (-1), or either way (0)."""
