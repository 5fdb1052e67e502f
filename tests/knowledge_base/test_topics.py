"""Questions grouped by topic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding import load_embedder
from knowledge_base.topics import MOST, topics

ASKED = [
    "Do you sell oat milk?",
    "Can you engrave a name on a tin?",
    "Is there any oat milk I can get?",
    "oat milk???",
    "Do you do engraving on tins?",
    "Is there a senior discount?",
]


def test_questions_on_one_topic_come_together_under_their_own_words(models_folder: Path) -> None:
    embedder = load_embedder("all-MiniLM-L6-v2", models_folder)
    found = topics(ASKED, np.stack([embedder.embed_query(question) for question in ASKED]))
    assert [sorted(topic.members) for topic in found] == [[0, 2, 3], [1, 4], [5]]
    assert found[0].label == "oat milk"
    assert found[1].label in ("engrave tin", "engraving tins", "engrave tins", "engraving tin")
    assert "discount" in found[2].label


def test_every_question_is_in_one_topic_and_few_are_fine() -> None:
    vectors = np.eye(4, dtype=np.float32)
    assert [topic.members for topic in topics(["a b", "c d", "e f", "???"], vectors)] == [
        (0,),
        (1,),
        (2,),
        (3,),
    ]
    assert topics([], vectors[:0]) == []
    assert [topic.label for topic in topics(["???"], vectors[:1])] == ["???"]


def test_too_many_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        topics(["a"] * (MOST + 1), np.zeros((MOST + 1, 2), dtype=np.float32))
