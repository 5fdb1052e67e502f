"""What the documents already say about a new answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge_base.comparison import Comparison, compare, difference
from knowledge_base.embedding import load_embedder
from knowledge_base.index import Index
from knowledge_base.learned import TeamAnswer, as_passage, publish
from knowledge_base.passages import Embedder


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("Chai may be returned within 14 days.", "Chai may be returned within 7 days.", "14 and 7 (day)"),
        ("A bottle makes six cups.", "One bottle makes 8 cups of chai.", "6 and 8 (cup)"),
        ("A sample pouch costs $5.", "A sample pouch is sold for $4.50.", "5 and 4.5 ($)"),
        ("The restocking fee is 15%.", "There is a restocking fee of 10%.", "15 and 10 (%)"),
        ("Support opens at 8:00 daily.", "Support opens at 9:00.", "8:00 and 9:00 (o'clock)"),
        ("Gift cards expire.", "Our gift cards do not expire.", "one says no"),
        ("We can't ship chai to Canada.", "We ship chai to Canada.", "one says no"),
        ("Chai may be returned within 7 days.", "Chai is returned within seven days.", ""),
        ("Shipping takes 3 to 5 days.", "Shipping takes 5 days.", ""),
        ("It takes 10 to 20 days.", "Wholesale orders are dispatched within 3 business days.", ""),
        ("A tour takes 45 minutes.", "Steep the leaves for 5 minutes.", ""),
        ("We do not sell mugs.", "Rose Peak is floral.", ""),
    ],
)
def test_sentences_differ_in_numbers_of_the_same_thing_or_in_a_denial(
    one: str, other: str, differs: str
) -> None:
    assert difference(one, other) == differs


@pytest.fixture(scope="module")
def embedder(models_folder: Path) -> Embedder:
    return load_embedder("all-MiniLM-L6-v2", models_folder)


@pytest.fixture(scope="module")
def index(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, sample_documents: Path
) -> Iterator[Index]:
    index = Index(tmp_path_factory.mktemp("index"), embedder.fingerprint, embedder.dimension)
    ingest([sample_documents], index, embedder)
    yield index
    index.close()


def compared(index: Index, embedder: Embedder, question: str, answer: str) -> Comparison:
    entry = TeamAnswer(1, question, answer, date(2026, 11, 21))
    with index.snapshot() as snapshot:
        return compare(snapshot, embedder, as_passage(entry))


@pytest.mark.parametrize(
    ("question", "answer", "document", "sentence"),
    [
        (
            "How long do I have to return unopened chai?",
            "You can return unopened chai within 14 days of delivery.",
            "returns-and-refunds.md",
            "within 7 days",
        ),
        ("Do gift cards expire?", "Gift cards expire after 2 years.", "gift-cards.md", "do not expire"),
        ("Do you ship to Canada?", "We do not ship to Canada.", "shipping.md", "ships to the USA, Canada"),
        (
            "What are your support hours?",
            "Support is open from 8:00 to 20:00 Denver time, Monday to Saturday.",
            "contact-and-hours.md",
            "9:00 to 17:00",
        ),
        (
            "How many cups does a bottle make?",
            "One bottle makes 6 cups when mixed in equal parts with milk.",
            "products.md",
            "makes 8 cups",
        ),
    ],
)
def test_a_contradicting_sentence_is_shown_beside_ours(
    index: Index, embedder: Embedder, question: str, answer: str, document: str, sentence: str
) -> None:
    first = compared(index, embedder, question, answer).contradictions[0]
    assert (first.document, first.ours) == (document, answer)
    assert sentence in first.theirs


def test_news_contradicts_nothing(index: Index, embedder: Embedder) -> None:
    found = compared(index, embedder, "Can you engrave a tin?", "Yes, with up to 20 letters for $8.")
    assert found == Comparison((), ())


def test_what_is_said_already_is_found_and_never_the_entry_itself(index: Index, embedder: Embedder) -> None:
    question = "Do gift cards expire?"
    answer = "Gift cards do not expire and carry no fees."
    found = compared(index, embedder, question, answer)
    assert [(each.document, each.section) for each in found.alike] == [("gift-cards.md", "3")]
    entry = TeamAnswer(1, question, answer, date(2026, 11, 21))
    publish(index, embedder, lambda: [entry], wait_seconds=5)
    assert compared(index, embedder, question, answer) == found
    publish(index, embedder, list, wait_seconds=5)
