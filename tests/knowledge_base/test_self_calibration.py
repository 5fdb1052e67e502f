"""Self-calibration: a hidden document is never found, and the confidence only ever becomes more careful."""

from __future__ import annotations

import pytest

from knowledge_base.confidence import Calibration
from knowledge_base.index import Index
from knowledge_base.self_calibration import LARGEST_SHIFT, WithoutDocument, self_calibrate
from tests.embedders import HashingEmbedder
from tests.knowledge_base.knowing_steps import build

TOPICS = [
    "cinnamon",
    "cardamom",
    "ginger",
    "cloves",
    "pepper",
    "fennel",
    "nutmeg",
    "saffron",
    "vanilla",
    "anise",
    "rose",
    "mint",
    "cacao",
    "honey",
]
SURE_OF_ALL = Calibration((), (), (), (), bias=3.0)
SURE_OF_NONE = Calibration((), (), (), (), bias=-3.0)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    documents = {
        f"{topic}.md": f"# {topic}\n\nOur {topic} harvest comes from a {topic} farm near village {number}.\n"
        for number, topic in enumerate(TOPICS)
    }
    return build(tmp_path_factory.mktemp("index"), HashingEmbedder(), documents)


def test_a_hidden_document_is_not_found(index: Index) -> None:
    with index.snapshot() as snapshot:
        hidden = WithoutDocument(snapshot, "ginger.md")
        vector = HashingEmbedder().embed_query("ginger harvest")
        found = [*hidden.dense(vector, 50), *hidden.lexical("ginger harvest", 50)]
        documents = {chunk.document for chunk in hidden.chunks([each.chunk for each in found]).values()}
    assert documents
    assert "ginger.md" not in documents


def test_confidence_in_answers_from_the_wrong_documents_lowers_the_bias(index: Index) -> None:
    with index.snapshot() as snapshot:
        lowered = self_calibrate(snapshot, HashingEmbedder(), SURE_OF_ALL)
    assert lowered.bias == pytest.approx(SURE_OF_ALL.bias - LARGEST_SHIFT)


def test_a_careful_confidence_is_left_alone(index: Index) -> None:
    with index.snapshot() as snapshot:
        assert self_calibrate(snapshot, HashingEmbedder(), SURE_OF_NONE) is SURE_OF_NONE


def test_the_same_seed_gives_the_same_calibration(index: Index) -> None:
    with index.snapshot() as snapshot:
        first, second = (self_calibrate(snapshot, HashingEmbedder(), Calibration.load()) for _ in range(2))
    assert first == second
