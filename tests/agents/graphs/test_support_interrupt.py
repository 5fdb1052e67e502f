"""An escalation interrupts the graph; a decision lets it go on, once, in whichever process."""

from __future__ import annotations

from pathlib import Path

from langgraph.checkpoint.memory import InMemorySaver

from agents.asking import Asked
from agents.graphs.support import SupportGraph
from agents.policy import load_policy
from agents.rules import RuleBook
from integrations.checkpoints import Checkpoints
from tests.agents.graphs.test_support import ScriptedKnowledge

POLICY = load_policy()
DECISION = {"verb": "approve", "by": "Maya", "text": "Yes."}


def build(confidence: float, saver: InMemorySaver | Checkpoints | None) -> SupportGraph:
    return SupportGraph(POLICY, RuleBook(POLICY), ScriptedKnowledge(confidence), saver)


def test_only_an_escalation_waits_for_a_person() -> None:
    saver = InMemorySaver()
    assert build(0.9, saver).run(Asked("Is it so?", (), "a")).interrupt is None
    assert build(0.6, saver).run(Asked("Is it so?", (), "b")).interrupt is None
    assert build(0.1, saver).run(Asked("Is it so?", (), "c")).interrupt is not None


def test_a_turn_that_leaves_nothing_behind_waits_for_nobody() -> None:
    outcome = build(0.1, None).run(Asked("Is it so?", (), "a"))
    assert (outcome.ruling.decision, outcome.interrupt) == ("escalate", None)


def test_another_process_lets_the_graph_go_on_and_the_circle_ends(tmp_path: Path) -> None:
    first, second = Checkpoints(tmp_path / "c.sqlite3"), Checkpoints(tmp_path / "c.sqlite3")
    graph = build(0.6, first)
    graph.run(Asked("Is it so?", (), "t"))
    waiting = graph.run(Asked("And this?", (), "t")).interrupt  # asked back once, so this escalates
    assert waiting is not None
    build(0.6, second).resume("t", waiting, DECISION)
    assert graph.run(Asked("Something else?", (), "t")).ruling.decision == "clarify"  # as at the beginning
    first.close()
    second.close()


def test_an_interrupt_that_is_over_changes_nothing() -> None:
    graph = build(0.1, InMemorySaver())
    first = graph.run(Asked("Is it so?", (), "t")).interrupt
    second = graph.run(Asked("And this?", (), "t")).interrupt
    assert first
    assert second
    assert first != second
    graph.resume("t", first, DECISION)  # the thread waits elsewhere by now
    graph.resume("t", second, DECISION)
    graph.resume("t", second, DECISION)
    graph.resume("another", second, DECISION)
