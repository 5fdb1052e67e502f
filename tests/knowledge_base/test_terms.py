"""Terms: content words, their rarity, and how much of a question a text covers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge_base.terms import content_words, coverage, rarity, stem, stems


def test_content_words_leave_out_what_every_question_has() -> None:
    assert content_words("How do I return the returned items?") == ("return", "items")


def test_a_rarer_word_weighs_more_and_no_weight_is_nought() -> None:
    weights = rarity({"tea": 100, "engrave": 0}, 100)
    assert 0 < weights["tea"] < weights["engrave"] <= 1


def test_coverage_is_the_share_by_weight_of_the_words_found_in_any_form() -> None:
    weights = {"return": 1.0, "grandmother": 3.0}
    assert coverage(["return", "grandmother"], weights, frozenset(stems("Returning it"))) == pytest.approx(
        0.25
    )
    assert coverage([], weights, frozenset()) == 0


def test_stems_are_right_though_many_threads_ask_for_them() -> None:
    words = [f"{letter * 3}{number}ing" for letter in "abcdefgh" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(stem, words))
    stem.cache_clear()
    assert found == [stem(word) for word in words]
