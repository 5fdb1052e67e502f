"""Whether a question of the team is one for the documents or for the numbers. Rules, measured in the tests."""

from __future__ import annotations

import re
from typing import Final, Literal

from agents.inquiry.metrics import METRICS
from agents.inquiry.reading import Reading

Route = Literal["documents", "numbers"]

_DOCUMENTS: Final = re.compile(
    r"\b(?:polic(?:y|ies)|terms|conditions|guidelines?|how (?:do|can|should|does one) (?:i|we|you|customers?"
    r"|people|one|somebody)"
    r"|how to|can (?:i|we|you|customers?|people|somebody|they)|(?:do|does|are|is) (?:we|you|they|it) (?:ship"
    r"|offer|sell|have|accept|"
    r"deliver|charge|take|allowed|vegan|contain)|is it|is (?:there|the \w+) (?:a|an|any|vegan|gluten|safe"
    r"|caffeinated)|ingredients?|allergens?|"
    r"contain(?:s|ing)?|vegan|gluten|caffein\w*|brew\w*|steep\w*|recipe|shelf life|best before|expir\w+"
    r"|how long (?:do|does|will|is|are|can)|"
    r"where (?:is|are|do|does|can)|(?:cost|price) of (?:shipping|delivery|a \w+)|shipping (?:cost|fee|price"
    r"|time)s?|delivery (?:cost|fee|time)s?|"
    r"how much (?:is|are|does) (?:shipping|delivery|the|a|an|it)|what (?:happens|should|do i|if)|should (?:i|we"
    r"|a)|(?:may|am) (?:i|we|customers)|"
    r"what discounts?|allowed|eligible|warranty|gift cards?|opening hours|phone number|e-?mail address"
    r"|contact (?:us|you)|cancel\w*|exchange\w*|"
    r"engrav\w*|allerg\w*|organic certif\w*|certified|store (?:it|them|the)|damaged|customs|duty"
    r"|track(?:ing)? (?:my|an?|the))\b"
)
_SETTLED: Final = frozenset({"runway", "first_response_time", "forecast", "retention", "churn"})
"""Measures whose names hold words that documents are asked with: how long does our cash last."""

_QUANTITY: Final = re.compile(
    r"\b(?:how many|how much|number of|count|total|sum|average|top \d+|per|most|fewest|highest|lowest|share of"
    r"|rate|percentage|trend"
    r"|what did|did we|have we|our)\b"
)


def route(question: str, reading: Reading) -> Route:
    """Where a question goes. What is neither clearly goes to the documents, which say so if they know nothing."""
    text = question.lower()
    for_documents = bool(_DOCUMENTS.search(text))
    if reading.metric is None:
        return _without_measure(reading, text, for_documents=for_documents)
    metric = METRICS[reading.metric]
    if reading.metric in _SETTLED and not re.search(r"\bpolic", text):
        return "numbers"
    asks_amount = bool(
        _QUANTITY.search(text) or reading.spans or reading.by or reading.order or reading.why
        or reading.compared or reading.direction
    )  # fmt: skip
    if for_documents:
        return "numbers" if _surely(reading, text) else "documents"
    if metric.weak:
        return "numbers" if asks_amount or reading.only else "documents"
    return "numbers"


def _surely(reading: Reading, text: str) -> bool:
    """Numbers although the words could be of a document: a stretch of time, a reason, or how many of what we have."""
    if re.search(r"\bpolic", text):
        return False
    counted = bool(re.search(r"\bhow many\b|\bnumber of\b|\bhow much (?:did|have|was|were|do we)\b", text))
    past = bool(reading.spans) or bool(reading.why and reading.direction)
    assert reading.metric is not None  # noqa: S101 - the caller has looked
    strong = not METRICS[reading.metric].weak
    return (counted or strong) and (past or counted or bool(reading.by) or bool(reading.order))


def _without_measure(reading: Reading, text: str, *, for_documents: bool) -> Route:
    if reading.not_recorded is not None:
        ours = re.search(r"\b(?:our|we|us|my)\b", text)
        return "numbers" if not for_documents and (ours or reading.spans or reading.by) else "documents"
    if for_documents:
        return "documents"
    if reading.order and reading.by:
        return "numbers"
    if reading.by == "topic" or (reading.by and (reading.spans or reading.only)):
        return "numbers"
    return "numbers" if reading.spans and (reading.only or reading.why) else "documents"
