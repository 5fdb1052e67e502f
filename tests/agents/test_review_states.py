"""Whatever happens in whatever order: the states fit together, nothing is answered twice, nothing is lost."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agents.domain import Decision, Review, State, Verb
from agents.errors import BadInput
from agents.session import Session
from tests.desk import Desk, open_desk, write_documents

PEOPLE = st.sampled_from(["Maya Lopez", "Ben Ito"])
NEXT: dict[State, set[State]] = {
    "bot": {"bot", "waiting"},
    "waiting": {"waiting", "person", "resolved", "bot"},
    "person": {"person", "bot", "resolved"},
    "resolved": {"resolved", "bot", "waiting"},
}


@functools.cache
def shared_desk() -> Desk:
    """One desk for all examples: each has a conversation of its own."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return open_desk(folder / "home", 0.9, [write_documents(folder / "docs")])


class Conversation(RuleBasedStateMachine):
    """One customer, two people, and a clock that moves on."""

    def __init__(self) -> None:
        super().__init__()
        desk = shared_desk()
        self.clock = datetime.now(UTC)
        desk.services.now = lambda: self.clock
        self.session: Session = desk.session
        self.conversation = self.session.begin("anna")
        self.state: State = "bot"
        self.decided: dict[str, tuple[str | None, str | None]] = {}
        self.asked = 0

    def reviews(self, status: str) -> list[Review]:
        """The reviews of this conversation."""
        return [one for one in self.session.reviews(status, 10_000) if one.conversation == self.conversation]

    @rule(hard=st.booleans())
    def the_customer_writes(self, hard: bool) -> None:
        before = self.session.standing(self.conversation).state
        text = "I want to talk to a human" if hard else f"Can tins come back? ({self.asked})"
        reply = self.session.ask(text, self.conversation)
        self.asked += 1
        assert (reply.answer == "") == (before in ("waiting", "person"))

    @rule(
        verb=st.sampled_from(["approve", "edit", "reply", "reject", "take-over", "hand-back"]),
        by=PEOPLE,
        knows_all=st.booleans(),
    )
    def somebody_decides(self, verb: Verb, by: str, knows_all: bool) -> None:
        for review in self.reviews("all"):
            text = f"answer to {review.id}" if verb in ("edit", "reply") else None
            seen = review.seen if knows_all else None
            try:
                done = self.session.decide(review.id, Decision(verb=verb, by=by, text=text, seen=seen))
            except BadInput:
                assert verb in ("approve", "hand-back")
                continue
            if done.status == "done":
                assert review.status != "decided" or verb == "hand-back"

    @rule(by=PEOPLE)
    def somebody_says_more(self, by: str) -> None:
        try:
            self.session.say(self.conversation, "one more thing", by)
        except BadInput:
            assert self.session.standing(self.conversation).state in ("bot", "resolved", "waiting")

    @precondition(lambda self: self.asked > 0)
    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours: int) -> None:
        self.clock += timedelta(hours=hours)
        self.session.keep_promises()

    @rule()
    def the_graph_goes_on(self) -> None:
        for review in self.reviews("decided"):
            self.session.settle(review.id)

    @invariant()
    def states_follow_each_other_as_they_may(self) -> None:
        now = self.session.standing(self.conversation).state
        steps = {self.state}
        for _ in range(3):  # a rule may take several steps
            steps |= {after for state in steps for after in NEXT[state]}
        assert now in steps
        self.state = now

    @invariant()
    def the_state_fits_the_reviews(self) -> None:
        waiting = self.reviews("open")
        assert len(waiting) <= 1
        state = self.session.standing(self.conversation).state
        if state == "waiting":
            assert [review.status for review in waiting] == ["pending"]
        if state in ("bot", "resolved"):
            assert waiting == []
        if waiting and waiting[0].status == "taken":
            assert state == "person"

    @invariant()
    def a_decision_never_changes(self) -> None:
        for review in self.reviews("decided"):
            first = self.decided.setdefault(review.id, (review.by, review.text))
            assert first == (review.by, review.text)

    @invariant()
    def every_review_is_answered_once_at_most(self) -> None:
        said = [
            message.text for message in self.session.messages(self.conversation) if message.role == "person"
        ]
        for review in self.reviews("all"):
            assert said.count(f"answer to {review.id}") <= 1

    @invariant()
    def the_bot_is_silent_while_a_person_is_there(self) -> None:
        inside = False
        for message in self.session.messages(self.conversation):
            if message.role == "system":
                inside = (
                    True
                    if "has joined" in message.text
                    else inside and not any(word in message.text for word in ("has left", "rested"))
                )
            assert not (inside and message.role == "bot"), message

    @invariant()
    def no_question_is_without_an_answer_or_a_person(self) -> None:
        messages = self.session.messages(self.conversation)
        if messages and messages[-1].role == "customer":
            assert self.session.standing(self.conversation).state in ("waiting", "person")


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
