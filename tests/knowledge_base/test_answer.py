"""Answers: whole units under their heading, short, and quoted exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answer import MAX_WORDS, WHOLE_WORDS, compose
from knowledge_base.query import build_query
from tests.knowledge_base.knowing_steps import found, hit_for

QUERY = build_query("How do I return a pouch?")
SENTENCE = "This sentence has exactly seven words here. "
STEPS = "\n".join(f"{number}. Do this thing now, please, kindly." for number in range(1, 21))


@given(st.lists(st.floats(0, 1), min_size=40, max_size=40))
def test_an_answer_of_sentences_stays_within_the_limit_and_quotes_exactly(scores: list[float]) -> None:
    hit = hit_for(SENTENCE * 40, scores)
    extract = compose(QUERY, found(hit))
    (passage,) = extract.passages
    assert passage.quote in hit.chunk.text
    assert passage.quote == hit.chunk.text[passage.units[0].start : passage.units[-1].end]
    assert 0 < extract.words <= MAX_WORDS
    assert passage.quote.endswith("here.")


def test_the_heading_is_shown_once() -> None:
    extract = compose(QUERY, found(hit_for("A pouch may come back.")))
    assert extract.text == "**3.2 Perishable**\n\nA pouch may come back."


def test_nothing_found_gives_no_answer() -> None:
    extract = compose(QUERY, found())
    assert (extract.text, extract.passages, extract.words) == ("", (), 0)


def test_steps_over_the_limit_are_shown_whole() -> None:
    extract = compose(QUERY, found(hit_for(STEPS)))
    assert MAX_WORDS < extract.words <= WHOLE_WORDS
    assert extract.passages[0].quote == STEPS


def test_a_lead_in_carries_its_list() -> None:
    text = f"Earlier talk, long before.\n\nTo send it back:\n\n{STEPS}"
    scores = [0.1, 0.1] + [0.1] * 19 + [0.9]
    extract = compose(QUERY, found(hit_for(text, scores)))
    assert extract.passages[0].quote == f"To send it back:\n\n{STEPS}"


def test_a_table_is_never_cut() -> None:
    table = "| pouch | price |\n|---|---|\n" + "\n".join(f"| {n} g pouch | {n} dollars |" for n in range(20))
    extract = compose(QUERY, found(hit_for(f"Prices follow.\n\n{table}", [0.1, 0.9])))
    assert table in extract.text


def test_a_list_too_long_to_show_is_named_instead_of_cut() -> None:
    long = "\n".join(f"- item {number} of a list that never seems to end" for number in range(100))
    extract = compose(QUERY, found(hit_for(f"Rules apply. See:\n\n{long}", [0.2, 0.3] + [0.9] * 100)))
    assert "item 1" not in extract.text
    assert "see the section “3.2 Perishable”" in extract.text


def test_a_sentence_far_from_the_question_is_left_out() -> None:
    extract = compose(QUERY, found(hit_for("Pouches come back. Our office has a cat.", [0.8, 0.05])))
    assert extract.passages[0].quote == "Pouches come back."


def test_a_second_section_is_added_only_for_words_that_the_first_lacks() -> None:
    query = build_query("refund in Canada")
    first = hit_for("A refund takes five days.", heading="Refunds", anchor="a")
    useful = hit_for("Canada takes ten days.", heading="Abroad", anchor="b")
    useless = hit_for("A refund is paid to the card.", heading="Payment", anchor="c")
    assert [p.chunk.anchor for p in compose(query, found(first, useful)).passages] == ["a", "b"]
    assert [p.chunk.anchor for p in compose(query, found(first, useless)).passages] == ["a"]
