"""A report as Markdown: it says what the report says, and no name in it becomes markup."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from agents.weekly.document import describe
from agents.weekly.markdown import escaped, to_markdown
from tests.editions import NASTY, edition, empty


def read(text: str) -> str:
    """The words of Markdown as a reader sees them."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    plain = re.sub(r"<[^>]+>", " ", html)
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, letter)
    return plain


def test_it_holds_every_section_figure_and_table() -> None:
    shown = read(to_markdown(describe(edition())))
    for words in (
        "Weekly report: 9 to 15 November 2026",
        "Sample data",
        "$47,800",
        "▲ +12%",
        "unknown: no cash is recorded for these months",
        "Marketing spend was $9,200",
        "80% interval $196,000 to $224,000",
        "Support (missing)",
        "the tickets cannot be read",
        "paid social",
        "At Risk",
    ):
        assert words in shown


@pytest.mark.parametrize(
    "words", [NASTY, "_a_ b_c", "# no", "1. no", "- no", "a & &amp; b", "x ~~y~~ `z`", "[a](b)"]
)
def test_no_name_becomes_markup(words: str) -> None:
    html = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .render(f"before {escaped(words)}\n\n{escaped(words)}")
    )
    assert set(re.findall(r"<(/?\w+)", html)) == {"p", "/p"}
    assert " ".join(words.split()) in read(f"{escaped(words)}")


def test_a_name_with_a_bar_stays_in_its_cell() -> None:
    text = to_markdown(describe(edition()))
    line = next(line for line in text.splitlines() if "91.0%" in line)
    assert len(re.findall(r"(?<!\\)\|", line)) == 5


def test_a_report_on_nothing_is_a_report() -> None:
    shown = read(to_markdown(describe(empty())))
    assert "unknown: no order is known" in shown
    assert not {"nan", "None", "inf"} & set(re.findall(r"\w+", shown))
