"""What a text states exactly, however it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.facts import facts, read_number


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7", {7}),
        ("1,250", {1250, Decimal("1.25")}),
        ("1.250", {1250, Decimal("1.25")}),
        ("1,250.50", {Decimal("1250.5")}),
        ("12.50", {Decimal("12.5")}),
        ("0142", {"0142"}),
        ("0.5", {Decimal("0.5")}),
    ],
)
def test_a_number_means_all_that_its_points_may_say(text: str, meant: set[object]) -> None:
    assert meant <= read_number(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("within 7 days", 7, "day"),
        ("a 7-day period", 7, "day"),
        ("within seven days", 7, "day"),
        ("twenty-one days", 21, "day"),
        ("5 business days", 5, "business day"),
        ("$45.00 or more", 45, "$"),
        ("45 dollars", 45, "$"),
        ("20% off", 20, "%"),
        ("20 percent off", 20, "%"),
        ("two thousand points", 2000, "point"),
        ("at 95 °C", 95, "celsius"),
        ("on 21 November", 21, "november"),
        ("on November 21", 21, "november"),
        ("one day", 1, "day"),
    ],
)
def test_a_quantity_has_its_unit(text: str, value: int, unit: str) -> None:
    [quantity] = facts(text).quantities
    assert (quantity.unit, Decimal(value) in quantity.values) == (unit, True)


def test_both_ends_of_a_range_have_its_unit() -> None:
    assert [(q.text, q.unit) for q in facts("in 6 to 10 days").quantities] == [("6", "day"), ("10", "day")]


def test_this_one_is_no_number() -> None:
    assert facts("Take this one or another one.").quantities == ()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("at 9:00", 540), ("at 9 am", 540), ("5 p.m.", 1020), ("12:30 pm", 750), ("12 am", 0)],
)
def test_times_are_minutes_after_midnight(text: str, minutes: int) -> None:
    assert facts(text).times == {minutes}


def test_links_and_addresses_are_kept_whole() -> None:
    found = facts("Write to help@shop.example, see https://shop.example/returns?a=1 or www.shop.example.")
    assert found.links == {"help@shop.example", "https://shop.example/returns?a=1", "www.shop.example"}


def test_names_are_capitals_inside_a_sentence_or_in_pairs() -> None:
    assert facts("Parcels to Canada go by DHL. Customs may open them.").names == ("canada", "dhl")
    assert facts("Maya Lopez answers.").names == ("maya", "lopez")


@given(st.text(max_size=300))
def test_any_text_has_facts(text: str) -> None:
    facts(text)
