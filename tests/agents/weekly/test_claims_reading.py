"""Numbers are read as they are written, also where they are words."""

from __future__ import annotations

import pytest

from agents.weekly.claims_reading import mentions
from knowledge_base.number_words import SMALL, TENS, VALUES


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *VALUES.items(),
        *((f"{tens}-{ones}", VALUES[tens] + VALUES[ones]) for tens in TENS for ones in SMALL[1:10]),
    ],
)
def test_a_number_in_words_is_read_whole(written: str, value: int) -> None:
    found = mentions(f"The week brought {written} new customers.")
    assert [(one.text, int(one.value)) for one in found] == [(written, value)]


@pytest.mark.parametrize("word", ["fourscore", "sixties", "nines", "tend", "someone"])
def test_a_word_that_only_begins_like_a_number_is_none(word: str) -> None:
    assert list(mentions(f"The week brought {word} to the shop.")) == []


@pytest.mark.parametrize("written", ["fourfold", "four-fold", "four times"])
def test_a_multiple_in_words_is_read_with_its_unit(written: str) -> None:
    [found] = mentions(f"Orders are {written} what they were.")
    assert (found.text, found.kind, int(found.value)) == (written, "times", 4)
