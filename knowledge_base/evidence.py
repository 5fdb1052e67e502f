"""What speaks for an answer: a few numbers, each of which means the same in every knowledge base.

Absolute similarity is not confidence: it moves with the style of documents and questions. What carries over from
one set of questions to another is how far the best passage stands out of the rest for the same question, how near
the best single sentence is, and whether the words of the question that the heading does not have are in the
answer's own sentences.
"""

from __future__ import annotations

import math

import numpy as np

from knowledge_base.answer import Extract
from knowledge_base.query import Query
from knowledge_base.search import Retrieval
from knowledge_base.words import coverage, stem, stems

_LEAST = 0.02


def evidence(query: Query, retrieval: Retrieval, extract: Extract) -> dict[str, float]:
    """Named signs for the probability that `extract` answers `query`; all 0 where nothing was found.

    Source: the idea of judging a ranking by its own scores follows query performance prediction (NQC, WIG).
    """
    if not retrieval.hits or not extract.passages:
        return dict.fromkeys(NAMES, 0.0)
    best = retrieval.hits[0]
    quoted = stems(" ".join(passage.quote for passage in extract.passages))
    context = stems(best.chunk.context)
    words, idf = query.words, retrieval.idf
    beyond = [word for word in words if stem(word) not in context]
    standing_out = max(retrieval.margin, _LEAST)
    nearest = max(best.best_unit, _LEAST)
    values = {
        "nearest": math.log(nearest),
        "margin": math.log(standing_out),
        "weaker": math.log(min(nearest / 0.6, standing_out / 0.4)),
        "covered": math.log(0.25 + coverage(words, idf, quoted | context)),
        "beyond": coverage(beyond, idf, quoted) if beyond else 0.5,
        "documents": math.log(max(_document_margin(retrieval), _LEAST)),
        "follows_up": float(query.follows_up),
    }
    return {name: values[name] for name in NAMES}


NAMES = ("nearest", "margin", "weaker", "covered", "beyond", "documents", "follows_up")


def _document_margin(retrieval: Retrieval) -> float:
    """How far the best document is above the documents at ranks 5 to 10."""
    best: dict[str, float] = {}
    for hit in retrieval.hits:
        best.setdefault(hit.chunk.document, hit.score)
    scores = list(best.values())
    tail = scores[4:10] or scores[1:] or [0.0]
    return scores[0] - float(np.mean(tail))
