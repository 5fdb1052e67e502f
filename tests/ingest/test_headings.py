"""Titles, section numbers and anchors of headings as people write them."""

from __future__ import annotations

import pytest

from ingest.headings import Heading, Outline, plain_text, section_number, slug


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("3.2 Perishable items", "3.2"),
        ("§ 3.2 Refunds", "3.2"),
        ("§3 Refunds", "3"),
        ("Section 3.2: Refunds", "3.2"),
        ("SECTION 4 Refunds", "4"),
        ("4. Refunds", "4"),
        ("4) Refunds", "4"),
        ("Article 12.1.3", "12.1.3"),
        ("A.1 Annex", "A.1"),
        ("Refunds", ""),
        ("A cup of tea", ""),
        ("2.5kg tins", ""),
        ("2024.", ""),
    ],
)
def test_section_numbers(heading: str, number: str) -> None:
    assert section_number(heading)[0] == number


@pytest.mark.parametrize("heading", ["30 days to return", "7 Summits blend"])
def test_a_bare_number_that_does_not_count_sections_is_no_number(heading: str) -> None:
    outline = Outline("a.md", None, [Heading(1, "Title")])
    outline.enter(Heading(1, "Title"))
    assert outline.enter(Heading(2, heading)).section == ""


def test_bare_numbers_that_count_are_numbers() -> None:
    outline = Outline("a.md", "T", [])
    entered = [
        outline.enter(Heading(2, text)).section for text in ("1 Tea", "2 Milk", "90 Years of tea", "3 Mugs")
    ]
    assert entered == ["1", "2", "", "3"]


def test_markup_is_taken_out_of_headings() -> None:
    assert (
        plain_text("**Bold** `code` [link](http://x.test) <b>tag</b> 2 \\* 3") == "Bold code link tag 2 * 3"
    )


@pytest.mark.parametrize(
    ("text", "anchor"), [("3.2 Für & Wider", "3-2-für-wider"), ("茶の時間", "茶の時間"), ("!!", "")]
)
def test_slugs_keep_letters_of_any_script(text: str, anchor: str) -> None:
    assert slug(text) == anchor


def test_an_anchor_given_in_the_heading_is_used() -> None:
    outline = Outline("a.md", "T", [])
    place = outline.enter(Heading(2, "Returns {#give-back}"))
    assert (place.headings, outline.anchor(0)) == (("Returns",), "give-back")


@pytest.mark.parametrize(
    ("name", "headings", "title"),
    [
        ("gift_cards.md", [], "Gift cards"),
        ("p0002.md", [], "p0002"),
        ("a.md", [Heading(1, "The *Guide*")], "The Guide"),
        ("terms-of-use.md", [Heading(1, "1. Scope"), Heading(1, "2. Price")], "Terms of use"),
        ("tea-guide.md", [Heading(2, "Scope")], "Tea guide"),
    ],
)
def test_the_title_is_the_first_heading_or_the_file_name(
    name: str, headings: list[Heading], title: str
) -> None:
    assert Outline(name, None, headings).title == title
