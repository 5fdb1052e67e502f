"""Units: nothing lost, nothing twice, nothing torn apart that belongs together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.units import split_units

LINES = st.sampled_from(
    [
        "Tea is served. It is hot!",
        "See e.g. Dr. Smith.",
        "- first",
        "  more of it",
        "1. step one",
        "",
        "| a | b |",
        "|---|---|",
        "```",
        "Wrapped text that runs on",
        "to the next line. Then stops.",
        "# Heading",
        "你好。再见！",
    ]
)
MARKDOWN = st.one_of(st.lists(LINES, max_size=25).map("\n".join), st.text(max_size=200))


def texts(markdown: str) -> list[str]:
    return [markdown[unit.start : unit.end] for unit in split_units(markdown)]


@given(MARKDOWN)
def test_units_keep_order_do_not_overlap_and_lose_only_white_space(markdown: str) -> None:
    reached = 0
    for unit in split_units(markdown):
        assert reached <= unit.start < unit.end
        assert not markdown[reached : unit.start].strip()
        reached = unit.end
    assert not markdown[reached:].strip()


@given(MARKDOWN)
def test_no_unit_begins_or_ends_with_white_space(markdown: str) -> None:
    assert all(text == text.strip() for text in texts(markdown))


def test_a_sentence_ends_at_its_full_stop_but_not_at_an_abbreviation() -> None:
    assert texts("Ask Dr. Lee, e.g. by phone. It costs $3.50. Yes!") == [
        "Ask Dr. Lee, e.g. by phone.",
        "It costs $3.50.",
        "Yes!",
    ]


def test_tokenised_text_is_cut_at_its_detached_full_stops() -> None:
    assert texts("He said `` no . '' They left .") == ["He said `` no . ''", "They left ."]


def test_a_table_is_one_unit_with_its_header() -> None:
    table = "| size | price |\n|---|---|\n| small | $3 |"
    units = split_units(f"Prices:\n\n{table}\n\nPlus tax.")
    assert [unit.kind for unit in units] == ["sentence", "table", "sentence"]
    assert texts(f"Prices:\n\n{table}\n\nPlus tax.")[1] == table


def test_a_list_item_holds_its_continuation_but_not_the_item_nested_in_it() -> None:
    assert texts("- one\n  and more\n  - nested\n- two") == ["- one\n  and more", "- nested", "- two"]


def test_code_is_one_unit_though_it_has_blank_lines() -> None:
    code = "```\na = 1\n\nb = 2\n```"
    assert texts(f"Run:\n{code}")[-1] == code


def test_a_wrapped_line_does_not_end_its_sentence() -> None:
    assert len(texts("Chai must be kept cold all the way from our kitchen to\nDenver and beyond.")) == 1


@pytest.mark.parametrize("text", ["." * 50_000, "(" * 50_000, "- a\n" * 10_000, "|" + "-- " * 20_000])
def test_a_hostile_text_is_split_completely(text: str) -> None:
    assert "".join("".join(texts(text)).split()) == "".join(text.split())
