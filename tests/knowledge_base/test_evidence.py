"""Evidence: finite, complete, and moving with what it measures."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from knowledge_base.answer import Extract, compose
from knowledge_base.evidence import FEATURES, SIGNS, evidence
from knowledge_base.query import build_query
from tests.knowledge_base.knowing_steps import found, hit_for


def signs(question: str, text: str, scores: list[float] | None = None) -> dict[str, float]:
    query, retrieval = build_query(question), found(hit_for(text, scores))
    return evidence(query, retrieval, compose(query, retrieval))


def test_nothing_found_is_nought_everywhere() -> None:
    assert evidence(build_query("tea"), found(), Extract("", (), 0)) == dict.fromkeys(FEATURES, 0.0)


def test_every_feature_is_there_and_finite_even_for_a_question_without_words() -> None:
    for question in ("", "?!", "tea", "How many pouches of tea?"):
        values = signs(question, "One pouch.")
        assert set(values) == set(SIGNS)
        assert all(math.isfinite(value) for value in values.values())


def test_an_answer_nearer_to_the_question_is_more_similar() -> None:
    near, far = signs("a pouch", "A pouch.", [0.9]), signs("a pouch", "A pouch.", [0.2])
    assert near["answer_similarity"] > far["answer_similarity"]


def test_words_of_the_question_that_the_answer_lacks_lower_the_coverage() -> None:
    has = signs("engrave the tin", "We engrave each tin.")
    lacks = signs("engrave the tin", "We pack each tin.")
    assert has["answer_coverage"] == 1 > lacks["answer_coverage"]


def test_a_question_for_a_number_expects_one() -> None:
    assert signs("How many cups?", "It makes 8 cups.")["expected_kind"] == 1
    assert signs("How many cups?", "It makes several cups.")["expected_kind"] == 0


def test_a_question_for_a_quantity_is_told_from_others() -> None:
    asked = ("How many cups?", "how long is it fresh", "what does a price of 5 buy", "Which cup?")
    assert [signs(question, "One pouch.")["quantity"] for question in asked] == [1, 1, 1, 0]


def test_hits_from_many_documents_crowd_the_answer() -> None:
    query = build_query("tea")
    several = found(hit_for("Tea."), hit_for("Tea.", document="b.md"), hit_for("Tea.", document="c.md"))
    assert evidence(query, several, compose(query, several))["crowding"] == 3


def test_a_list_too_long_to_show_still_speaks_for_its_section() -> None:
    long = "\n".join(f"- pouch number {number} of a list that never seems to end" for number in range(100))
    values = signs("a pouch of a list", long, [0.8] * 100)
    assert values["answer_similarity"] > 0.7
    assert values["answer_coverage"] == 1


def test_a_passage_that_stands_out_of_the_others_stands_better() -> None:
    query = build_query("tea")
    others = [replace(hit_for("Other.", document=f"{n}.md"), strength=0.3) for n in range(12)]
    alone = found(replace(hit_for("Tea.", [0.9]), strength=1.2), *others)
    among = found(hit_for("Tea.", [0.9]), *(replace(other, strength=0.95) for other in others))
    for sign in ("document_standing", "passage_standing"):
        standings = [evidence(query, each, compose(query, each))[sign] for each in (alone, among)]
        assert standings[0] > standings[1], sign


def test_retrievers_that_put_the_same_passage_first_agree() -> None:
    query, best = build_query("tea"), hit_for("Tea.")
    same, other = found(best), replace(found(best), lexical=np.array([9.0, 8.0, 3.0]))
    agreements = [evidence(query, each, compose(query, each))["agreement"] for each in (same, other)]
    assert agreements == [1.0, (1 + 1 / 3) / 2]


def test_names_and_numbers_of_the_question_are_looked_for_exactly() -> None:
    assert signs("is it 24 cups", "It makes 24 cups.")["exact"] == 1
    assert signs("is it 24 cups", "It makes 8 cups.")["exact"] == 0
    assert signs("is it many cups", "It makes 8 cups.")["exact"] == 0.5


def test_another_document_with_another_number_conflicts() -> None:
    query = build_query("how long may unopened pouches be returned")
    here, there = (
        "Unopened pouches may be returned for 30 days.",
        "Unopened pouches may be returned for 14 days.",
    )
    for other, conflict in ((there, 1.0), (here, 0.0)):
        retrieval = found(hit_for(here), hit_for(other, document="old.md"))
        assert evidence(query, retrieval, compose(query, retrieval))["conflict"] == conflict


def test_a_question_after_another_is_told_from_a_first_one() -> None:
    retrieval = found(hit_for("Tea."))
    for history, expected in (((), 0.0), ([("customer", "Do you sell tea?")], 1.0)):
        query = build_query("and pouches?", history)
        assert evidence(query, retrieval, compose(query, retrieval))["follows_up"] == expected
