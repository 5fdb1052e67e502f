"""Search and its confidence with the real model, on a knowledge base of three documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.confidence import Calibration
from knowledge_base.embedding import DEFAULT_MODEL, load_embedder
from knowledge_base.index import Index
from knowledge_base.passages import Embedder
from knowledge_base.self_calibration import self_calibrate
from tests.knowledge_base.knowing_steps import ask, build

DOCUMENTS = {
    "returns.md": (
        "# Returns\n\n## 1. Unopened perishable items\n\nUnopened perishable items may come back within 7 days "
        "for a full refund.\n\n## 2. Opened perishable items\n\nOpened perishable items cannot be returned, "
        "unless the bottle was faulty.\n"
    ),
    "shipping.md": "# Shipping\n\n## 1. Canada\n\nParcels to Canada take 6 to 10 business days by post.\n",
    "products.md": "# Products\n\n## 1. Gift tins\n\nThe gift tin holds 150 g of masala chai and costs $24.00.\n",
}
RETURN_POLICY = "What is your return policy for perishable items?"


@pytest.fixture(scope="module")
def embedder(models_folder: Path) -> Embedder:
    return load_embedder(DEFAULT_MODEL, models_folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Index:
    return build(tmp_path_factory.mktemp("index"), embedder, DOCUMENTS)


def test_a_question_finds_its_section_first(index: Index, embedder: Embedder) -> None:
    asked = ask(index, embedder, "How long does post to Canada take?")
    assert asked.retrieval.hits[0].chunk.document == "shipping.md"
    assert "6 to 10 business days" in asked.extract.text


def test_a_follow_up_is_resolved_by_the_conversation(index: Index, embedder: Embedder) -> None:
    history = [("customer", RETURN_POLICY), ("bot", "Within 7 days, unopened.")]
    asked = ask(index, embedder, "And if I already opened it?", history)
    assert asked.extract.passages[0].heading == "2. Opened perishable items"


def test_scores_are_shares_and_fall(index: Index, embedder: Embedder) -> None:
    scores = [hit.score for hit in ask(index, embedder, RETURN_POLICY).retrieval.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_what_only_says_what_a_document_is_about_stands_behind_its_best_section(
    tmp_path: Path, embedder: Embedder
) -> None:
    hours = (
        "# Hours\n\nThis page lists our opening hours.\n\n"
        "## 1. Telephone\n\nSomebody answers from 9:00 to 17:00, Monday to Friday.\n"
    )
    index = build(tmp_path / "index", embedder, {**DOCUMENTS, "hours.md": hours})
    asked = ask(index, embedder, "What are your opening hours?")
    scores = [hit.score for hit in asked.retrieval.hits]
    found = [hit.chunk.text for hit in asked.retrieval.hits if hit.chunk.document == "hours.md"]
    assert asked.extract.text.endswith("Monday to Friday.")
    assert (len(found), found[1]) == (2, "This page lists our opening hours.")
    assert scores == sorted(scores, reverse=True)


def test_a_document_without_sections_answers_itself(tmp_path: Path, embedder: Embedder) -> None:
    index = build(
        tmp_path / "index", embedder, {**DOCUMENTS, "hours.md": "# Hours\n\nWe are open from 9 to 5.\n"}
    )
    assert ask(index, embedder, "What are your opening hours?").extract.text.endswith("from 9 to 5.")


def test_what_no_document_says_is_less_sure_than_what_one_does(index: Index, embedder: Embedder) -> None:
    known = ask(index, embedder, RETURN_POLICY)
    unknown = ask(index, embedder, "Can you engrave my grandmother's name on the tin by Friday?")
    assert unknown.confidence < 0.5 < known.confidence


def test_the_same_question_is_answered_the_same(index: Index, embedder: Embedder) -> None:
    first, second = ask(index, embedder, RETURN_POLICY), ask(index, embedder, RETURN_POLICY)
    assert (first.extract, first.signs) == (second.extract, second.signs)


def test_a_question_without_a_word_does_not_fail(index: Index, embedder: Embedder) -> None:
    assert ask(index, embedder, "?!").confidence < 0.5


def test_a_handful_of_documents_cannot_calibrate_themselves(index: Index, embedder: Embedder) -> None:
    with index.snapshot() as snapshot:
        assert self_calibrate(snapshot, embedder, Calibration.load()) is Calibration.load()
