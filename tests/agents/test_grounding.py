"""Nothing that the sources do not say passes; what they say passes in other words too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.grounding import Sources, check_quotes, check_sentence, check_text, sentences
from benchmarks.grounding import measure

RETURNS = """## 3. Returns

### 3.2 Perishable items

Perishable items such as chai may come back within **7 days** of delivery if they are unopened and properly
refrigerated. We then give a full refund or a replacement. Opened pouches cannot come back. Contact us at
help@shop.example with the order number. Gift sets may come back only in their box.
"""
SHIPPING = """## 1. Canada

Parcels to Canada take 6 to 10 business days and cost $12.50. Orders of $80 or more ship free. Support is open from
9:00 to 17:00, and Customs may open a parcel.
"""
SOURCES = Sources((RETURNS, SHIPPING))


@pytest.mark.parametrize(
    "answer",
    [
        "Perishable items may come back within 7 days if unopened and properly refrigerated.",
        "You can send chai back within seven days of delivery, as long as it is unopened and refrigerated.",
        "We give a full refund or a replacement.",
        "Opened pouches can't be returned.",
        "Gift sets may not come back without their box.",
        "Parcels to Canada take 6–10 business days.",
        "Shipping to Canada costs $12.50, and orders of $80 or more ship free.",
        "Support is open from 9 am to 5 pm.",
        "Please contact us at help@shop.example with your order number.",
        "Orders of $80 or more ship at no extra cost.",
        "Perishable items may come back no later than 7 days after delivery.",
        "Feel free to contact us.",
        "It depends:\n- Perishable items may come back within 7 days.",
    ],
)
def test_what_the_sources_say_passes_also_in_other_words(answer: str) -> None:
    assert check_text(answer, SOURCES) == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Perishable items may come back within 9 days of delivery.", "number"),
        ("Perishable items may come back within 7 weeks of delivery.", "unit"),
        ("Parcels to Canada take 6 to 10 days.", "unit"),
        ("Parcels to Canada cost $80.", "number"),
        ("Parcels to Mexico take 6 to 10 business days.", "name"),
        ("Opened pouches can come back.", "negation"),
        ("Perishable items may not come back if they are unopened and refrigerated.", "negation"),
        ("Parcels to Canada never come with the order number.", "negation"),
        ("A full refund of perishable items cannot be given.", "negation"),
        ("Perishable items have never won a full refund.", "negation"),
        ("Write to refunds@shop.example with the order number.", "link"),
        ("See https://evil.example/login for a full refund.", "link"),
        ("Support is open from 9:00 to 19:00.", "time"),
        ("Every customer receives a complimentary teapot with engraving.", "unsupported"),
        ("We give a full refund, and every customer gets a surprise teapot.", "unsupported"),
        ("Opened parcels and gift sets come with a refund at no cost.", "unsupported"),
        ("Teapots for everybody in Canada:", "unsupported"),
        ("- Opened pouches cannot come back. Every customer gets a teapot.", "unsupported"),
        ("2. We give a full refund.\n   Every customer gets a teapot.", "unsupported"),
        ("(a) We give a full refund. Every customer gets a teapot.", "unsupported"),
    ],
)
def test_what_is_made_up_is_named_by_its_kind(answer: str, kind: str) -> None:
    assert kind in [failure.kind for failure in check_text(answer, SOURCES)]


def test_a_number_of_another_section_does_not_ground() -> None:
    assert check_sentence("Perishable items may come back within 10 days of delivery.", SOURCES)


def test_a_text_is_cut_into_its_sentences_also_within_lists() -> None:
    text = "One is so. Two is so.\n\n- A is so. B is so\n  and so.\n- - C is so.\n\n| a. B | c |\n"
    assert sentences(text) == [
        "One is so.",
        "Two is so.",
        "- A is so.",
        "B is so\n  and so.",
        "- - C is so.",
        "| a. B | c |",
    ]


@pytest.mark.parametrize(
    "quote",
    [
        "within 7 days of delivery if they are unopened",
        "  “Opened pouches cannot come back.” ",
        "may come back\nwithin **7 days**",
    ],
)
def test_a_quote_is_found_whatever_its_marks_and_spaces(quote: str) -> None:
    assert check_quotes([quote], SOURCES) == []


@pytest.mark.parametrize(
    "quote", ["within 7 days of the delivery", "7 days", "", "chai may come back within 8 days"]
)
def test_a_quote_that_is_nearly_there_or_too_short_is_none(quote: str) -> None:
    [failure] = check_quotes([quote], SOURCES)
    assert failure.kind == "quote"


def test_a_quote_across_two_sources_is_none() -> None:
    assert check_quotes(["with the order number. ## 1. Canada"], SOURCES)


def test_in_another_language_numbers_and_links_are_checked_all_the_same() -> None:
    assert (
        check_text("Verderbliche Ware kann innerhalb von 7 Tagen nach der Lieferung zurück.", SOURCES) == []
    )
    kinds = [f.kind for f in check_text("Verderbliche Ware kann innerhalb von 14 Tagen zurück.", SOURCES)]
    assert kinds == ["number"]


def test_without_sources_nothing_exact_is_grounded() -> None:
    assert {failure.kind for failure in check_text("It takes 7 days to Canada.", Sources(()))} >= {
        "number",
        "name",
    }


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_any_text_can_be_checked(text: str, sources: list[str]) -> None:
    check_text(text, Sources(tuple(sources)))
    check_quotes([text], Sources(tuple(sources)))


def test_nearly_every_change_is_caught_and_the_truth_is_not() -> None:
    figures = measure(seed=3, times=1)
    assert figures["nothing"]["caught"] == 0
    assert figures["digit"]["caught"] >= 0.99
    assert figures["unit"]["caught"] >= 0.97
    assert figures["name"]["caught"] >= 0.93
    assert figures["negation"]["caught"] >= 0.97
    assert figures["claim"]["caught"] >= 0.93
    assert figures["gift"]["caught"] >= 0.8
    assert figures["other words"]["caught"] <= 0.33
