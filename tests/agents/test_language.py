"""Small words tell what language a question is in, and nothing is said where they do not."""

from __future__ import annotations

import pytest

from agents.language import is_foreign, is_surely_english


@pytest.mark.parametrize(
    "text",
    [
        "Was kostet der Versand in die Schweiz?",
        "Kann ich unopened tins zurückgeben?",
        "¿Puedo devolver el té?",
        "Puis-je retourner le thé ?",
        "Wat is de levertijd in Nederland?",
        "Posso restituire il tè?",
        "お茶を返品できますか",
        "Можно ли вернуть чай?",
    ],
)
def test_other_languages_are_told_from_english(text: str) -> None:
    assert is_foreign(text)
    assert not is_surely_english(text)


@pytest.mark.parametrize("text", ["Can I return tea?", "What was in it?", "Does this die hard?"])
def test_english_is_known_by_its_small_words(text: str) -> None:
    assert is_surely_english(text)
    assert not is_foreign(text)


@pytest.mark.parametrize("text", ["", "Return tea?", "tea delivery time canada express", "La La Land tea"])
def test_of_a_text_without_small_words_nobody_knows(text: str) -> None:
    assert not is_surely_english(text)
    assert not is_foreign(text)
