"""A document page carries every anchor and marks the quote where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from apps.documents_page import document_page, render_document

SOURCE = """# Returns

Write to us first.

## 3. Perishables

### 3.1 Opened

Write to us first. Opened **items** stay with you.

### 3.2 Unopened

1. Keep it cold.
2. Write to us first.

| Size | Days |
|------|------|
| 100 g | 7 |
"""


@dataclass(frozen=True)
class Stands:
    """A passage by its offsets."""

    anchor: str
    start: int
    end: int


def passage(anchor: str, begin: str, end: str) -> Stands:
    """The passage from one text to another."""
    start = SOURCE.index(begin)
    return Stands(anchor, start, SOURCE.index(end, start) + len(end))


PASSAGES = [
    passage("returns", "Write to us", "first."),
    passage("opened", "Write to us first. Opened", "with you."),
    passage("unopened", "1. Keep", "2. Write to us first."),
    passage("unopened-2", "| Size", "7 |"),
]


def marked(html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", html)


def test_an_anchor_stands_on_the_heading_above_its_text() -> None:
    html = render_document(SOURCE, PASSAGES)
    assert '<h1 id="returns">' in html
    assert '<h3 id="opened">3.1 Opened</h3>' in html
    assert '<h3 id="unopened">' in html


def test_a_later_part_of_a_section_has_its_anchor_on_its_own_block() -> None:
    html = render_document(SOURCE, PASSAGES)
    assert html.count('id="unopened-2"') == 1
    assert html.index('id="unopened-2"') > html.index("Keep it cold")


def test_a_quote_is_marked_across_emphasis() -> None:
    html = render_document(SOURCE, PASSAGES, "Opened **items** stay with you.")
    assert marked(html) == ["Opened", "items", "stay with you."]


def test_a_sentence_said_twice_is_marked_in_the_section_that_holds_the_whole_quote() -> None:
    html = render_document(SOURCE, PASSAGES, "1. Keep it cold.\n2. Write to us first.")
    assert marked(html) == ["Keep it cold.", "Write to us first."]
    assert html.index("<mark>") > html.index('id="unopened"')


def test_a_quoted_table_is_marked_cell_by_cell() -> None:
    html = render_document(SOURCE, PASSAGES, "| Size | Days |\n|------|------|\n| 100 g | 7 |")
    assert marked(html) == ["Size", "Days", "100 g", "7"]


def test_a_quote_of_two_places_is_marked_in_both() -> None:
    html = render_document(SOURCE, PASSAGES, "Opened **items** stay with you.\n\nWrite to us first.")
    assert marked(html) == ["Write to us first.", "Opened", "items", "stay with you."]


def test_a_quote_that_is_not_there_marks_nothing() -> None:
    assert marked(render_document(SOURCE, PASSAGES, "Nobody ever wrote this sentence.")) == []


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_text_and_no_quote_breaks_the_page(text: str, quote: str) -> None:
    html = render_document(text, (), quote)
    assert "<script" not in html
    assert html.count("<mark>") == html.count("</mark>")


@given(st.text(max_size=60))
def test_marking_changes_no_words(quote: str) -> None:
    html = render_document(SOURCE, PASSAGES, quote)
    assert html.replace("<mark>", "").replace("</mark>", "") == render_document(SOURCE, PASSAGES)


def test_title_and_brand_are_escaped() -> None:
    page = document_page(title="<script>", brand="A & B", body="<p>x</p>")
    assert "<title>&lt;script&gt; · A &amp; B</title>" in page
