"""Markdown from documents can neither run, nor restyle, nor load."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.safe_markdown import is_harmless, render

HARMLESS_TAGS = {
    *("p", "strong", "em", "a", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "div", "span"),
    *("code", "pre", "blockquote", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6"),
}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>",
    "<b unclosed <i onmouseover=alert(1)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//elsewhere.example)",
    "![beacon](https://elsewhere.example/p.png)",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    '<https://a.example/"onmouseover=alert(1)>',
    '[x](https://a.example "" onclick=alert(1)")',
    "`<script>`",
    "[x]: javascript:alert(1)\n\n[x]",
]


def tags(html: str) -> list[str]:
    """Every start tag, with its attributes."""
    return re.findall(r"<[a-zA-Z][^>]*>", html)


def assert_safe(html: str) -> None:
    for tag in tags(html):
        assert re.split(r"[\s>/]", tag[1:])[0] in HARMLESS_TAGS, tag
        attributes = re.sub(r'"[^"]*"', '""', tag)
        assert not re.search(r"\son\w+|\sstyle|\ssrc", attributes), tag
        for target in re.findall(r'href="([^"]*)"', tag):
            assert re.match(r"https?:|mailto:|documents/|#|[^:]*$", target), tag


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_becomes_harmless(text: str) -> None:
    assert_safe(render(text))


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40)), max_size=6).map(" ".join))
def test_any_mixture_of_hostile_pieces_stays_harmless(text: str) -> None:
    assert_safe(render(text))


def test_an_image_is_shown_as_its_words() -> None:
    assert render("![A <tin> of chai](https://elsewhere.example/tin.png)") == (
        '<p><span class="picture">A &lt;tin&gt; of chai</span></p>\n'
    )


def test_a_link_between_documents_leads_to_the_document_page() -> None:
    assert 'href="documents/shipping.md#2"' in render("[Shipping](shipping.md#2)")


def test_a_link_to_elsewhere_opens_apart_and_cannot_reach_back() -> None:
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in render("[x](https://a.example)")


@pytest.mark.parametrize("url", ["https://a.example", "mailto:a@b.example", "shipping.md", "#3-2", "/x"])
def test_common_links_are_kept(url: str) -> None:
    assert is_harmless(url)


def test_a_table_scrolls_in_a_box_that_the_keyboard_reaches() -> None:
    assert '<div class="table" role="region" aria-label="Table" tabindex="0"><table>' in render(
        "| a |\n|---|\n| 1 |"
    )
