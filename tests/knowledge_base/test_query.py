"""Queries: what of a question and its conversation is searched for."""

from __future__ import annotations

import pytest

from knowledge_base.query import MAX_CHARACTERS, build_query, settle_context
from tests.embedders import HashingEmbedder

HISTORY = [("customer", "What's your return policy for perishable items?"), ("bot", "Seven days.")]


def test_a_follow_up_is_searched_with_the_customers_last_message() -> None:
    query = build_query("And if I already opened it?", HISTORY)
    assert query.contextual == "And if I already opened it? What's your return policy for perishable items?"
    assert query.terms == ("already", "opened")
    assert "perishable" in query.context_terms


def test_the_answers_before_are_not_searched_for() -> None:
    assert "Seven" not in build_query("and then?", HISTORY).contextual


def test_a_first_question_has_no_context() -> None:
    query = build_query("Do you ship to Canada?")
    assert query.contextual == query.question
    assert query.context_terms == ()


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many cups does a pouch make?", "number"),
        ("Who grows the tea?", "person"),
        ("When will it arrive?", "time"),
        ("Why is it late?", "reason"),
        ("How do I brew it?", "way"),
        ("Can I return it?", "confirmation"),
        ("return policy", "thing"),
    ],
)
def test_the_kind_of_a_question_follows_its_wording(question: str, kind: str) -> None:
    assert build_query(question).kind == kind


def test_a_flood_of_characters_is_cut() -> None:
    assert len(build_query("x" * 100_000).question) == MAX_CHARACTERS


def test_a_question_without_a_word_has_no_terms() -> None:
    assert build_query("?!").terms == ()


@pytest.mark.parametrize(
    ("question", "keeps"),
    [
        ("Do you ship tea to Canada?", False),  # stands alone, about something else
        ("And do you ship tea to Canada?", True),
        ("Do you ship those to Canada?", True),
        ("What is the return policy for perishable gifts?", True),  # the same topic
        ("?!", True),
    ],
)
def test_a_question_about_something_else_leaves_its_context(question: str, keeps: bool) -> None:
    query = settle_context(build_query(question, HISTORY), HashingEmbedder())
    assert bool(query.context) == keeps
    assert bool(query.context_terms) == keeps
    assert query.question == question
