"""Two people press at once: one is done, the other is told, and the customer hears one of them."""

from __future__ import annotations

from collections import Counter

from tests.desk import Desk
from tests.jobs.races import race
from tests.jobs.steps import escalate

RACES = 100


def test_of_two_decisions_at_once_one_is_done_and_has_its_effects_once(desk: Desk) -> None:
    waiting = dict(escalate(desk) for _ in range(RACES))
    assert race(desk, waiting.values()) == {("already_decided", "done"): RACES}
    for conversation, review in waiting.items():
        [answer] = [m for m in desk.session.messages(conversation) if m.role == "person"]
        assert desk.session.review(review).by == answer.by
    effects = Counter((e.kind, e.review) for e in desk.session.effects("pending", 10_000))
    assert {effects["email", review] for review in waiting.values()} == {1}
    assert {effects["resume", review] for review in waiting.values()} == {1}
