"""The trace of a real answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.domain import Reply
from agents.tracing import Span, Trace
from tests.desk import Desk, open_desk, write_documents

PERSONAL = "Can tins for ann@mail.example, order TP-1234567, come back within 30 days?"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home", documents=[write_documents(tmp_path / "documents")])
    yield desk
    desk.close()


def trace_of(desk: Desk, reply: Reply) -> Trace:
    desk.services.telemetry.flush()
    trace = desk.services.traces.trace(reply.trace or "")
    assert trace is not None
    return trace


def span(trace: Trace, name: str) -> Span:
    (found,) = (each for each in trace.spans if each.name == name)
    return found


def test_an_answer_names_its_trace_also_in_the_log(desk: Desk) -> None:
    reply = desk.session.ask("Can unopened tins come back?")
    assert trace_of(desk, reply).conversation == reply.conversation
    said = desk.session.messages(reply.conversation)[-1].reply
    assert said is not None
    assert said.trace == reply.trace


def test_the_trace_tells_of_every_step(desk: Desk) -> None:
    trace = trace_of(desk, desk.session.ask("Can unopened tins come back?"))
    assert [each.name for each in trace.spans] == [
        "answer", "memory", "rules", "retrieval", "draft", "words", "decision", "log",
    ]  # fmt: skip
    sections, scores = (span(trace, "retrieval").facts[name] for name in ("sections", "scores"))
    assert isinstance(sections, tuple)
    assert isinstance(scores, tuple)
    assert sections[0] == "returns.md, 1"
    assert len(scores) == len(sections) == span(trace, "retrieval").facts["passages"]
    assert span(trace, "draft").facts["confidence"] == pytest.approx(0.9)
    assert span(trace, "decision").facts == {"decision": "answer", "reason": "confident", "by rule": False}
    assert (trace.facts["decision"], trace.facts["mode"]) == ("answer", "offline")


def test_a_rule_that_decides_is_named(desk: Desk) -> None:
    trace = trace_of(desk, desk.session.ask("I want to talk to a human"))
    assert span(trace, "rules").facts == {"rule": "asks for a person"}
    assert trace.facts["decision"] == "escalate"


def test_a_question_that_cannot_be_looked_up_is_traced_too(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "empty")
    message = desk.session.respond("Can unopened tins come back?", visitor="v")
    assert message is not None
    assert message.reply is not None
    trace = trace_of(desk, message.reply)
    assert span(trace, "retrieval").failed == "NeedsIngest"
    assert trace.facts["decision"] == "escalate"
    desk.close()


def test_nothing_that_the_customer_wrote_stands_in_the_trace(desk: Desk) -> None:
    kept = trace_of(desk, desk.session.ask(PERSONAL)).model_dump_json()
    assert [word for word in ("ann@", "1234567", "Can tins") if word in kept] == []


def test_the_traces_of_a_process_that_ends_are_kept(tmp_path: Path) -> None:
    first = open_desk(tmp_path / "home", documents=[write_documents(tmp_path / "documents")])
    reply = first.session.ask("Can unopened tins come back?")
    first.close()
    second = open_desk(tmp_path / "home")
    assert trace_of(second, reply).id == reply.trace
    second.close()


def test_a_rehearsal_leaves_no_trace(desk: Desk) -> None:
    desk.session.rehearse("Can unopened tins come back?")
    desk.services.telemetry.flush()
    assert desk.services.tallies.all() == []


def test_a_customer_who_is_forgotten_leaves_no_trace(desk: Desk) -> None:
    reply = desk.session.ask("My address is ann@mail.example; can tins come back?")
    trace_of(desk, reply)
    forgotten = desk.session.privacy.forget("ann@mail.example", by="Bo", origin="test")
    assert (forgotten.erased["traces"], forgotten.complete) == (1, True)
    assert desk.services.traces.trace(reply.trace or "") is None
