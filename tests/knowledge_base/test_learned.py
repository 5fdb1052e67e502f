"""Answers of the team as documents of the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge_base.embedding import load_embedder
from knowledge_base.index import Index
from knowledge_base.learned import TeamAnswer, as_markdown, as_passage, asks_the_same, is_learned, publish
from knowledge_base.passages import Embedder
from tests.embedders import HashingEmbedder
from tests.knowledge_base.index_steps import open_index
from tests.knowledge_base.knowing_steps import ask

DAY = date(2026, 11, 21)
ENGRAVING = TeamAnswer(1, "Can you engrave a name on the tin?", "Yes, up to 20 letters for $8.", DAY)
OATS = TeamAnswer(2, "Do you have oat milk?", "No, but any barista oat milk goes well with it.", DAY)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "tins.md").write_text("# Tins\n\nTins are red.\n")
    index = open_index(tmp_path / "index")
    ingest([tmp_path / "docs"], index, HashingEmbedder())
    yield index
    index.close()


def put(index: Index, *answers: TeamAnswer, embedder: Embedder | None = None) -> bool:
    return publish(index, embedder or HashingEmbedder(), lambda: answers, wait_seconds=5)


def names(index: Index) -> list[str]:
    return [each.name for each in index.documents()]


def test_a_document_is_named_after_the_day() -> None:
    assert ENGRAVING.document == "Answered by the team, 21 November 2026"
    assert is_learned(ENGRAVING.document)
    assert not is_learned("Answered by the team, 21 November 2026.md")
    assert not is_learned("shipping.md")


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("Can you engrave a name on the tin?", True),
        ("could you engrave names on my tins", True),
        ("Can you not engrave a name on the tin?", False),
        ("Can you engrave a photo on the tin?", False),
        ("Can you engrave a name on the tin by Friday?", False),
        ("", False),
    ],
)
def test_the_same_question_may_differ_in_small_words_alone(question: str, same: bool) -> None:
    assert asks_the_same(question, as_passage(ENGRAVING)) == same


def test_a_files_heading_is_never_the_teams_question() -> None:
    chunk = replace(as_passage(ENGRAVING), document="tins.md")
    assert not asks_the_same(ENGRAVING.question, chunk)


def test_an_answer_is_found_at_once_by_a_reader_that_was_open_before(index: Index) -> None:
    assert put(index, ENGRAVING)
    found = ask(index, HashingEmbedder(), "Can you engrave a name on the tin?").extract
    assert found.text == "**Can you engrave a name on the tin?**\n\nYes, up to 20 letters for $8."
    assert found.passages[0].chunk.document == ENGRAVING.document


def test_a_day_is_a_page_with_each_answer_at_its_place(index: Index) -> None:
    put(index, OATS, ENGRAVING)
    page = index.document(ENGRAVING.document)
    assert page is not None
    assert page.title == ENGRAVING.document
    assert [each.anchor for each in page.passages] == ["answer-1", "answer-2"]
    assert [page.source[each.start : each.end] for each in page.passages] == [ENGRAVING.answer, OATS.answer]
    assert "## Do you have oat milk?\n\nNo, but" in page.source


def test_what_is_taken_back_leaves_the_index_and_an_edit_replaces(index: Index) -> None:
    put(index, ENGRAVING, OATS)
    put(index, TeamAnswer(1, ENGRAVING.question, "No longer.", DAY))
    page = index.document(ENGRAVING.document)
    assert page is not None
    assert [each.text for each in page.passages] == ["No longer."]
    put(index)
    assert names(index) == ["tins.md"]


def test_an_ingest_keeps_the_answers_and_a_new_model_embeds_them_again(index: Index, tmp_path: Path) -> None:
    put(index, ENGRAVING)
    (tmp_path / "docs" / "tins.md").write_text("# Tins\n\nTins are blue.\n")
    report = ingest([tmp_path / "docs"], index, HashingEmbedder())
    assert (report.changed, report.removed) == (1, 0)
    assert names(index) == [ENGRAVING.document, "tins.md"]

    other = HashingEmbedder("hashing:2")
    fresh = open_index(tmp_path / "index", other)
    ingest([tmp_path / "docs"], fresh, other)
    assert ENGRAVING.answer in {chunk.text for chunk in other.embedded}
    assert ask(fresh, other, "engrave a name").extract.passages[0].chunk.anchor == "answer-1"
    fresh.close()


def test_without_a_usable_index_nothing_is_done(tmp_path: Path, index: Index) -> None:
    empty = open_index(tmp_path / "other")
    assert not put(empty, ENGRAVING)
    assert empty.documents() == []
    other = HashingEmbedder("hashing:2")
    assert not put(open_index(tmp_path / "index", other), ENGRAVING, embedder=other)
    assert names(index) == ["tins.md"]


def test_publishing_the_same_again_embeds_and_changes_nothing(index: Index) -> None:
    put(index, ENGRAVING)
    generation = index.status().generation
    embedder = HashingEmbedder()
    put(index, ENGRAVING, embedder=embedder)
    assert (embedder.embedded, index.status().generation) == ([], generation)


def test_headings_in_an_answer_stay_text() -> None:
    answer = TeamAnswer(3, "What\nis it?", "# Not a heading\nTitle\n---\n", DAY)
    assert as_markdown([answer]) == "## What is it?\n\n\\# Not a heading\nTitle\n\\---\n"


ANSWERED = [
    (
        "Can you engrave my grandmother's name on the tin by Friday?",
        "Yes, we engrave tins with up to 20 letters for $8. Engraving takes 3 business days.",
        ["Do you do engraving on tins?", "Is it possible to have a name engraved on a gift tin?"],
        ["Can you engrave my laptop?", "Can you wrap the tin by Friday?"],
    ),
    (
        "Do you have oat milk?",
        "We do not sell oat milk. Our concentrate mixes well with any barista oat milk.",
        ["is oat milk available in your shop"],
        ["Do you have almond milk?", "Do you sell goat cheese?"],
    ),
    (
        "Is your packaging recyclable in Japan?",
        "The paper pouches can go into paper recycling in Japan. Tins count as small metal waste there.",
        ["Can I recycle the pouches in Japan?", "how do I dispose of your tins in japan"],
        ["Is your packaging recyclable in Brazil?", "Do you have a shop in Tokyo?"],
    ),
    (
        "Can I visit your roastery?",
        "Visitors are welcome at the blending house in Boulder on the first Saturday of the month, for free.",
        ["Do you offer tours of the blending house?"],
        ["Can I visit your office in Berlin?", "Do you hire summer interns?"],
    ),
    (
        "My dog ate some chai leaves, is that dangerous?",
        "Tea leaves contain caffeine, which is not good for dogs. Please call your vet at once.",
        ["what if my puppy eats tea leaves"],
        ["My child swallowed a stone, is that dangerous?", "Can parrots eat cardamom?"],
    ),
    (
        "Can I pay with Bitcoin?",
        "We do not accept Bitcoin or other cryptocurrencies.",
        ["bitcoin payment possible?"],
        ["Can I pay with cheques?", "Do you accept livestock as payment?"],
    ),
    (
        "My strainer's handle came loose after a month. What now?",
        "A loose handle is a fault in workmanship, so the warranty covers it. We send a new strainer.",
        ["strainer handle is loose", "Is a wobbly strainer handle covered by the warranty?"],
        ["My mortar cracked. What now?", "Who invented the strainer?"],
    ),
    (
        "Is there a museum discount?",
        "Museums and libraries get 15% off orders over $100; write to us with your tax number.",
        ["discount for museums", "Do libraries get a discount?"],
        ["Is there a senior discount?", "Is there a discount for magicians?"],
    ),
    (
        "How do I clean stains of chai from a white shirt?",
        "Rinse with cold water at once, then soak for 30 minutes in water with a spoon of white vinegar.",
        ["chai stain removal", "I spilled chai on my shirt, how do I get it out?"],
        ["How do I clean my windows?", "How do I get red wine out of a carpet?"],
    ),
    (
        "Which blend goes best with chocolate cake?",
        "Rose Peak goes well with dark chocolate cake, and Base Camp Cocoa with milk chocolate.",
        [],
        ["Which blend goes best with sushi?", "Which wine goes best with lasagne?"],
    ),
]
ANSWER_FROM = 0.70


@pytest.fixture(scope="module")
def embedder(models_folder: Path) -> Embedder:
    return load_embedder("all-MiniLM-L6-v2", models_folder)


def test_the_next_customer_is_answered_and_others_are_not(
    tmp_path: Path, embedder: Embedder, sample_documents: Path
) -> None:
    index = Index(tmp_path / "index", embedder.fingerprint, embedder.dimension)
    ingest([sample_documents], index, embedder)
    before = [ask(index, embedder, question).confidence for question, _, _, _ in ANSWERED]
    answers = [TeamAnswer(number, q, a, DAY) for number, (q, a, _, _) in enumerate(ANSWERED)]
    put(index, *answers, embedder=embedder)

    def confident(question: str, entry: TeamAnswer) -> bool:
        found = ask(index, embedder, question)
        from_entry = bool(found.extract.passages) and found.extract.passages[0].chunk.anchor == entry.anchor
        return from_entry and found.confidence >= ANSWER_FROM

    pairs = list(zip(answers, ANSWERED, strict=True))
    assert [confidence for confidence in before if confidence >= ANSWER_FROM] == []
    assert [entry.question for entry in answers if not confident(entry.question, entry)] == []
    assert [q for entry, (_, _, alike, _) in pairs for q in alike if not confident(q, entry)] == []
    assert [q for entry, (_, _, _, others) in pairs for q in others if confident(q, entry)] == []
    index.close()
