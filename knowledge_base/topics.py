"""Groups questions by topic, each topic named in the askers' own words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.passages import Vectors
from knowledge_base.terms import content_words, stem, words

ALIKE = 0.45  # the least mean cosine between two groups that are one topic
MOST = 3_000  # questions grouped at once; the distances grow with the square
_LABEL_WORDS = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions on one topic: its label, and their places in the list that was given, most typical first."""

    label: str
    members: tuple[int, ...]


def topics(questions: Sequence[str], vectors: Vectors) -> list[Topic]:
    """The topics of questions, largest first; every question is in one.

    `vectors` are the questions' at unit length, shape (questions, dimension). Groups grow by the mean cosine
    between them (average linkage, Sokal & Michener 1958) down to `ALIKE`. ValueError for more than `MOST`.
    """
    if len(questions) > MOST:
        raise ValueError(f"{len(questions)} questions are more than {MOST}")
    groups = [members for members in _groups(vectors) if members]
    everywhere = Counter(word for question in questions for word in _stems(question))
    found = []
    for members in groups:
        centre = vectors[members].mean(axis=0)
        ordered = sorted(members, key=lambda k: (-float(vectors[k] @ centre), k))
        label = _label([questions[k] for k in ordered], everywhere, len(questions))
        found.append(Topic(label, tuple(ordered)))
    return sorted(found, key=lambda topic: (-len(topic.members), topic.members[0]))


def _groups(vectors: Vectors) -> list[list[int]]:
    if len(vectors) < 2:
        return [list(range(len(vectors)))]
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - takes a while to import
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    distances = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), method="average")
    numbers = fcluster(tree, t=1.0 - ALIKE, criterion="distance")
    return [np.flatnonzero(numbers == number).tolist() for number in np.unique(numbers)]


def _label(questions: Sequence[str], everywhere: Counter[str], count: int) -> str:
    """The words that most of the questions share and others lack, in the order in which they are said."""
    inside = Counter(word for question in questions for word in _stems(question))
    weights = {
        word: times / len(questions) * math.log((count + 1) / (everywhere[word] + 0.5))
        for word, times in inside.items()
    }
    shared = [word for word, times in inside.items() if times > 1 and 2 * times >= len(questions)]
    chosen = sorted(shared or weights, key=lambda word: (-weights[word], word))[:_LABEL_WORDS]
    spelled: dict[str, Counter[str]] = {word: Counter() for word in chosen}
    places: dict[str, list[float]] = {word: [] for word in chosen}
    for question in questions:
        said = words(question)
        for place, word in enumerate(said):
            if (base := stem(word)) in spelled:
                spelled[base][word] += 1
                places[base].append(place / len(said))
    ordered = sorted(chosen, key=lambda word: (float(np.mean(places[word])), word))
    return " ".join(spelled[word].most_common(1)[0][0] for word in ordered) or questions[0]


def _stems(question: str) -> set[str]:
    return {stem(word) for word in content_words(question)}
