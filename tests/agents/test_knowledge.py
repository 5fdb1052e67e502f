"""The knowledge base as the desk uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.errors import DeskError, NeedsIngest, Permanent, Transient
from agents.knowledge import Knowledge, translated
from knowledge_base.errors import (
    IndexAbsent,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    KnowledgeBaseError,
    ModelUnavailable,
    VectorsUnavailable,
)
from tests.desk import open_desk, write_documents


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    documents = write_documents(tmp_path / "docs")
    (documents / "nameless.md").write_text("Parcels to Canada, tins and pouches, with no heading at all.\n")
    desk = open_desk(tmp_path / "home", documents=[documents])
    yield Knowledge(desk.services)
    desk.close()


def test_headings_to_choose_from_are_the_authors_words_without_numbers(knowledge: Knowledge) -> None:
    draft = knowledge.draft(knowledge.find("tins, pouches, parcels to Canada", ()))
    assert {source.document for source in draft.sources} == {"returns.md", "shipping.md", "nameless.md"}
    assert set(draft.headings) == {"Tins", "Pouches", "Canada"}


def test_a_section_that_is_chosen_answers_alone_and_as_surely_as_its_evidence_says(
    knowledge: Knowledge,
) -> None:
    question = "tins, pouches, parcels to Canada"
    before = knowledge.find(question, ())
    for heading in knowledge.draft(before).headings:
        found = knowledge.find(question, (), heading)
        draft = knowledge.draft(found)
        assert found.chosen
        assert {hit.chunk.id for hit in found.retrieval.hits} == {
            hit.chunk.id for hit in before.retrieval.hits
        }
        assert [citation.section for citation in draft.citations] == [draft.sources[0].section]
        assert draft.headings[0] == heading
        assert f"{heading}**" in draft.text
        assert 0.0 < draft.confidence < 1.0


def test_a_section_that_is_not_there_any_more_is_looked_for_by_its_words(knowledge: Knowledge) -> None:
    found = knowledge.find("How long?", (), "Canada express")
    assert not found.chosen
    assert found.query.question == "How long? Canada express"
    assert knowledge.draft(found).headings[0] == "Canada"


def test_a_citation_quotes_what_stands_at_its_anchor(knowledge: Knowledge) -> None:
    draft = knowledge.draft(knowledge.find("How long do parcels to Canada take?", ()))
    document = knowledge.document(draft.citations[0].document)
    assert document is not None
    [passage] = [each for each in document.passages if each.anchor == draft.citations[0].anchor]
    assert draft.citations[0].quote in passage.text


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (IndexAbsent, NeedsIngest),
        (IndexMismatch, NeedsIngest),
        (IndexBusy, Transient),
        (VectorsUnavailable, Transient),
        (IndexDamaged, Permanent),
        (ModelUnavailable, Permanent),
    ],
)
def test_every_error_of_the_knowledge_base_becomes_one_of_the_desk(
    error: type[KnowledgeBaseError], kind: type[DeskError]
) -> None:
    with pytest.raises(kind, match="what to do"), translated():
        raise error("what to do")
