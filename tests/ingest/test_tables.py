"""FAQ tables become a section for each question."""

from __future__ import annotations

import pytest

from ingest.chunks import split_document
from ingest.documents import MAX_ROWS, UnreadableDocument
from ingest.tables import read_csv, tables_source


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_questions_are_headings_over_their_answers(separator: str) -> None:
    rows = [["Id", "Question ", "ANSWER"], ["1", "Do you ship?", "Yes."], ["2", "Is it tea?", "Mostly."]]
    source = read_csv("\n".join(separator.join(row) for row in rows).encode()).markdown
    assert source == "## Do you ship?\n\nYes.\n\n## Is it tea?\n\nMostly.\n"


def test_a_category_stands_above_its_questions() -> None:
    source = read_csv(b"Category,Question,Answer\nTea,Is it hot?,Yes.\nTea,Is it wet?,Yes.\nMugs,Blue?,No.\n")
    _, placed = split_document("faq.csv", source.markdown)
    assert [each.chunk.headings for each in placed] == [
        ("Tea", "Is it hot?"),
        ("Tea", "Is it wet?"),
        ("Mugs", "Blue?"),
    ]


def test_an_answer_cannot_make_headings() -> None:
    answer = "# Not a heading\nLine\n---\n=====\n#hash"
    source = read_csv(f'question,answer\nWhat?,"{answer}"\n'.encode()).markdown
    _, placed = split_document("faq.csv", source)
    assert [each.chunk.headings for each in placed] == [("What?",)]


def test_rows_without_an_answer_are_left_out() -> None:
    assert read_csv(b"question,answer\nA?,\n,b\nC?,Yes\n").markdown == "## C?\n\nYes\n"


def test_missing_columns_are_named() -> None:
    with pytest.raises(
        UnreadableDocument, match=r"'question' and 'answer' are looked for, found are name, price"
    ):
        read_csv(b"Name,Price\nTea,3\n")


@pytest.mark.parametrize("content", [b"", b"  \n", b"question,answer\n", b"question,answer\nA?,\n"])
def test_a_table_without_content_is_refused_as_empty(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        read_csv(content)


def test_too_many_rows_are_refused() -> None:
    rows = "".join(f"Q{number}?,A\n" for number in range(MAX_ROWS + 1))
    with pytest.raises(UnreadableDocument, match="too long"):
        read_csv(f"question,answer\n{rows}".encode())


def test_sheets_without_questions_are_left_out_if_another_has_some() -> None:
    notes = [["Notes"], ["x"]]
    faq = [["Our questions"], [], ["Q", "A"], ["Why?", "Because."]]
    assert tables_source([notes, faq]).markdown == "## Why?\n\nBecause.\n"
    with pytest.raises(UnreadableDocument, match="found are notes"):
        tables_source([notes])
