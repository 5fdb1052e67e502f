"""From a person's answer to an answer for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.domain import Decision, Verb
from agents.errors import BadInput, StillPersonal
from agents.learning import Proposal
from agents.masking import Part
from agents.session import Session
from ingest.pipeline import ingest
from integrations import connect
from integrations.settings import Settings
from knowledge_base.learned import SAME_QUESTION
from tests.desk import Desk, open_desk, write_documents
from tests.embedders import HashingEmbedder

ENGRAVING = "Can you engrave a name on the tin?"
ANSWER = "Yes, up to 20 letters."
WHO = {"by": "Maria Lopez", "origin": "room 10.0.0.1"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")])
    yield opened
    opened.close()


def decide(desk: Desk, question: str, text: str | None, verb: Verb = "reply") -> str:
    """Ask what the bot cannot answer, and answer it as a person; gives the review."""
    reply = desk.session.ask(question)
    assert reply.review is not None
    desk.session.decide(reply.review, Decision(verb=verb, text=text, **WHO))
    return reply.review


def proposed(desk: Desk, question: str = ENGRAVING, answer: str = ANSWER) -> Proposal:
    desk.session.learning.propose(decide(desk, question, answer))
    return desk.session.learning.proposals()[0]


def accept(desk: Desk, proposal: Proposal) -> int:
    desk.session.learning.accept(proposal.entry.id, proposal.question, proposal.answer, **WHO)
    return proposal.entry.id


def cited(desk: Desk, question: str) -> str:
    """The document that the draft for a question is taken from."""
    return desk.session.rehearse(question).draft.citations[0].document


def day(desk: Desk) -> str:
    today = datetime.now(UTC).astimezone(desk.session.learning.zone)
    return f"Answered by the team, {today.day} {today:%B %Y}"


def test_a_persons_answer_is_proposed_once(desk: Desk) -> None:
    review = decide(desk, ENGRAVING, ANSWER)
    assert desk.session.learning.propose(review)
    assert not desk.session.learning.propose(review)
    (proposal,) = desk.session.learning.proposals()
    assert (proposal.question, proposal.answer, proposal.personal) == (ENGRAVING, ANSWER, ())
    assert proposal.comparison is not None


def test_there_is_nothing_to_learn_from_a_rejection_or_an_unknown_review(desk: Desk) -> None:
    assert not desk.session.learning.propose(decide(desk, ENGRAVING, "no", verb="reject"))
    assert not desk.session.learning.propose("nothing")
    assert desk.session.learning.proposals() == []


def test_an_accepted_entry_is_cited_with_its_day_and_can_be_read_whole(desk: Desk) -> None:
    entry = accept(desk, proposed(desk))
    assert cited(desk, ENGRAVING) == day(desk)
    page = desk.session.document(day(desk))
    assert page is not None
    assert page.source == f"# {day(desk)}\n\n## {ENGRAVING}\n\n{ANSWER}\n\n"
    assert page.passages[0].anchor == f"answer-{entry}"
    assert desk.session.learning.proposals() == []
    (line,) = desk.session.team.audit(1, 0)
    assert (line.what, line.who, line.subject, line.detail) == (
        "accept entry",
        "Maria Lopez",
        f"entry {entry}",
        "",
    )


def test_another_process_answers_from_it_without_a_restart(desk: Desk) -> None:
    other = open_desk(desk.home)
    assert cited(other, ENGRAVING) != day(desk)
    accept(desk, proposed(desk))
    assert cited(other, ENGRAVING) == day(desk)
    other.close()


def test_an_entry_can_be_edited_withdrawn_and_restored(desk: Desk) -> None:
    learning = desk.session.learning
    entry = accept(desk, proposed(desk))
    learning.edit(entry, ENGRAVING, "Yes, up to 30 letters.", **WHO)
    assert "30 letters" in desk.session.rehearse(ENGRAVING).draft.text
    assert learning.withdraw(entry, **WHO).entry.status == "withdrawn"
    assert cited(desk, ENGRAVING) != day(desk)
    assert desk.session.document(day(desk)) is None
    learning.restore(entry, **WHO)
    assert "30 letters" in desk.session.rehearse(ENGRAVING).draft.text


def test_a_dismissed_proposal_can_be_proposed_again(desk: Desk) -> None:
    learning = desk.session.learning
    entry = proposed(desk).entry.id
    learning.dismiss(entry, **WHO)
    assert learning.proposals() == []
    assert [each.id for each in learning.entries("dismissed")] == [entry]
    learning.restore(entry, **WHO)
    assert learning.proposal(entry).entry.status == "proposed"


def test_what_somebody_else_has_done_first_is_told(desk: Desk) -> None:
    proposal = proposed(desk)
    accept(desk, proposal)
    with pytest.raises(BadInput, match=r"is accepted by Maria Lopez\."):
        accept(desk, proposal)
    with pytest.raises(BadInput, match="There is no entry 99"):
        desk.session.learning.withdraw(99, **WHO)


def test_an_ingest_keeps_what_was_learned(desk: Desk, tmp_path: Path) -> None:
    accept(desk, proposed(desk))
    embedder = HashingEmbedder()
    index = desk.services.open_index(embedder)
    (tmp_path / "docs" / "shipping.md").unlink()
    assert ingest([tmp_path / "docs"], index, embedder).removed == 1
    assert cited(desk, ENGRAVING) == day(desk)


def test_without_an_index_the_entry_is_kept_and_taken_in_later(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "home")
    desk.session.ask("Hello", visitor="v")
    reply = desk.session.ask(ENGRAVING, visitor="v")
    assert reply.review is not None
    desk.session.decide(reply.review, Decision(verb="reply", text=ANSWER, **WHO))
    desk.session.learning.propose(reply.review)
    (proposal,) = desk.session.learning.proposals()
    assert proposal.comparison is None
    assert "gtm ingest" in proposal.note
    learned = desk.session.learning.accept(proposal.entry.id, ENGRAVING, ANSWER, **WHO)
    assert not learned.searchable
    assert "gtm ingest" in learned.note

    embedder = HashingEmbedder()
    ingest([write_documents(tmp_path / "docs")], desk.services.open_index(embedder), embedder)
    assert desk.session.learning.catch_up()
    assert cited(desk, ENGRAVING) == day(desk)
    desk.close()


def test_personal_parts_are_masked_and_must_be_confirmed_or_gone(desk: Desk) -> None:
    learning = desk.session.learning
    proposal = proposed(
        desk, "Where is my order TP-1234567?", "Dear Anna, order TP-1234567 left today; engraving costs $8."
    )
    assert proposal.question == "Where is my order [order number]?"
    assert proposal.answer == "Dear [name], order [order number] left today; engraving costs [amount]."
    assert Part("name", "Anna") in proposal.personal
    with pytest.raises(StillPersonal, match=r"“TP-1234567” \(order number\)") as refused:
        learning.accept(proposal.entry.id, proposal.entry.question, "Engraving costs $8.", **WHO)
    assert refused.value.parts == ("TP-1234567", "$8")
    with pytest.raises(StillPersonal, match=r"\$8"):
        learning.accept(proposal.entry.id, "What is the price?", "Engraving costs $8.", **WHO)
    learned = learning.accept(
        proposal.entry.id, "What is the price?", "Engraving costs $8.", **WHO, not_personal=["$8"]
    )
    assert learned.entry.answer == "Engraving costs $8."
    learning.edit(proposal.entry.id, "What is the price?", "It is $8 a tin.", **WHO)


def test_the_customers_own_name_is_known_from_the_address_they_left(desk: Desk) -> None:
    reply = desk.session.ask(ENGRAVING)
    desk.session.leave_contact(reply.conversation, "anna.smith@mail.example")
    assert reply.review is not None
    answer = "Yes, we will write Smith on it."
    desk.session.decide(reply.review, Decision(verb="reply", text=answer, **WHO))
    desk.session.learning.propose(reply.review)
    assert desk.session.learning.proposals()[0].answer == "Yes, we will write [name] on it."


def test_what_the_shop_has_published_is_not_personal(tmp_path: Path) -> None:
    docs = write_documents(tmp_path / "docs")
    (docs / "contact.md").write_text("# Contact\n\nWrite to help@shop.example or call 303-555-0142.\n")
    desk = open_desk(tmp_path / "home", 0.3, [docs])
    proposal = proposed(desk, answer="Write to Help@shop.example, call (303) 555-0142, not p@shop.example.")
    assert proposal.answer == "Write to Help@shop.example, call (303) 555-0142, not [e-mail]."
    desk.close()


@pytest.mark.parametrize(
    ("question", "answer"), [("  ", "x"), ("x", " \n"), ("x" * 501, "x"), ("x", "x" * 10_001)]
)
def test_empty_and_endless_words_are_refused(desk: Desk, question: str, answer: str) -> None:
    with pytest.raises(BadInput):
        desk.session.learning.accept(proposed(desk).entry.id, question, answer, **WHO)


def test_all_entries_are_exported_as_a_document_that_can_be_ingested(desk: Desk, tmp_path: Path) -> None:
    assert desk.session.learning.export_markdown() == ""
    accept(desk, proposed(desk))
    accept(desk, proposed(desk, "Do you sell oat milk?", "No, we do not."))
    exported = desk.session.learning.export_markdown()
    assert exported == f"## {ENGRAVING}\n\n{ANSWER}\n\n## Do you sell oat milk?\n\nNo, we do not.\n"


def test_gaps_are_grouped_and_rules_are_none(desk: Desk) -> None:
    asked = ["Do you sell oat milk?", "Do you sell oat milk here?", "Do you sell oat milk?", ENGRAVING]
    for question in asked:
        desk.session.ask(question)
    desk.session.ask("I want to talk to a person")
    desk.session.ask("Hello")
    gaps = desk.session.learning.gaps(datetime.now(UTC) - timedelta(hours=1))
    assert [(gap.questions, gap.conversations) for gap in gaps] == [(3, 3), (1, 1)]
    assert gaps[0].topic == "sell oat milk"
    assert gaps[0].examples[0] == "Do you sell oat milk?"
    assert not gaps[0].answered_now
    assert desk.session.learning.gaps(datetime.now(UTC) + timedelta(hours=1)) == []


def test_the_very_question_that_a_person_answered_is_answered(desk: Desk) -> None:
    assert desk.session.ask(ENGRAVING, visitor="anna").decision == "escalate"  # the desk is sure of nothing
    proposal = proposed(desk)
    learned = desk.session.learning.accept(proposal.entry.id, ENGRAVING, ANSWER, **WHO)
    assert (learned.note, learned.confidence) == ("", SAME_QUESTION)
    assert desk.session.ask(ENGRAVING, visitor="bert").decision == "answer"
    assert desk.session.ask("Can you engrave a photo?", visitor="carl").decision == "escalate"
    assert desk.session.learning.withdraw(proposal.entry.id, **WHO).confidence is None


def test_whoever_accepts_is_told_where_another_answer_stands_before_it(desk: Desk) -> None:
    for number in (1, 2):
        reply = decide(desk, ENGRAVING, f"Yes, up to {number} letters.")
        desk.session.learning.propose(reply)
    accepted = [
        desk.session.learning.accept(each.entry.id, ENGRAVING, each.answer, **WHO)
        for each in desk.session.learning.proposals()
    ]
    assert "would not answer" in accepted[1].note


QUESTION = "Can you engrave my grandmother's name on the tin by Friday?"
REPLY = "Yes, we engrave tins with up to 20 letters. Engraving takes 3 business days."


def test_with_the_real_model_the_next_customer_is_answered_at_once(
    tmp_path: Path, models_folder: Path, sample_documents: Path
) -> None:
    settings = Settings(home=tmp_path / "home", models=models_folder, database_url=None, policies=None)
    services = connect(settings)
    embedder = services.open_embedder()
    ingest([sample_documents], services.open_index(embedder), embedder)
    session = Session(services)
    asked = session.ask(QUESTION, visitor="anna")
    assert asked.review is not None
    session.decide(asked.review, Decision(verb="reply", text=REPLY, **WHO))
    session.learning.propose(asked.review)
    proposal = session.learning.proposals()[0]
    learned = session.learning.accept(proposal.entry.id, proposal.question, proposal.answer, **WHO)
    assert learned.note == ""

    other = Session(connect(settings))
    for question in (QUESTION, "do you do engraving on tins?"):
        reply = other.ask(question, visitor="bert")
        assert reply.decision == "answer"
        assert reply.confidence >= 0.70
        assert "up to 20 letters" in reply.answer
        assert reply.citations[0].document.startswith("Answered by the team, ")
    assert other.ask("Can you engrave my laptop?", visitor="carl").decision != "answer"
    other.close()
    session.close()
