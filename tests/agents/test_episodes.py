"""The state machine, as a pure function."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from agents.domain import ReviewStatus, State, Verb
from agents.episodes import Step, step
from agents.errors import AlreadyDecided, BadInput


@pytest.mark.parametrize(
    ("verb", "state", "joins"),
    [
        ("approve", "resolved", False),
        ("edit", "resolved", False),
        ("reply", "person", True),
        ("take-over", "person", True),
        ("reject", "bot", False),
    ],
)
def test_a_waiting_review_can_be_decided_by_anybody(verb: Verb, state: State, joins: bool) -> None:
    done = step(verb, "pending", "waiting", holder=None, by="Maya")
    assert (done.state, done.joins) == (state, joins)
    assert done.status == ("taken" if verb == "take-over" else "decided")
    assert done.answers == (verb in ("approve", "edit", "reply"))


@pytest.mark.parametrize("verb", ["approve", "edit", "reply"])
def test_whoever_took_it_answers_and_stays(verb: Verb) -> None:
    done = step(verb, "taken", "person", holder="Maya", by="Maya")
    assert done == Step("decided", "person", answers=True)


@pytest.mark.parametrize("verb", ["approve", "edit", "reply", "reject", "take-over"])
def test_nobody_else_decides_what_somebody_has_taken(verb: Verb) -> None:
    with pytest.raises(AlreadyDecided, match="Maya"):
        step(verb, "taken", "person", holder="Maya", by="Ben")


@pytest.mark.parametrize("verb", ["approve", "edit", "reply", "reject", "take-over"])
@pytest.mark.parametrize("state", get_args(State))
def test_what_is_decided_stays_decided(verb: Verb, state: State) -> None:
    with pytest.raises(AlreadyDecided, match="Maya"):
        step(verb, "decided", state, holder="Maya", by="Maya")


def test_handing_back_needs_somebody_who_is_there() -> None:
    assert step("hand-back", "taken", "person", holder="Maya", by="Maya").state == "bot"
    assert step("hand-back", "decided", "person", holder="Maya", by="Ben").state == "bot"
    with pytest.raises(BadInput, match="Nobody is in this conversation"):
        step("hand-back", "pending", "waiting", holder=None, by="Maya")
    with pytest.raises(AlreadyDecided):
        step("hand-back", "decided", "resolved", holder="Maya", by="Maya")


def test_every_combination_is_either_refused_or_leads_to_a_state_that_fits() -> None:
    everything = itertools.product(
        get_args(Verb), get_args(ReviewStatus), get_args(State), (None, "Maya", "Ben")
    )
    for verb, status, state, holder in everything:
        try:
            done = step(verb, status, state, holder=holder, by="Maya")
        except (AlreadyDecided, BadInput):
            continue
        assert (done.status == "taken") == (verb == "take-over")
        assert done.answers <= (done.state in ("person", "resolved"))
        assert done.joins <= (done.state == "person")
        assert done.leaves <= (done.state == "bot")
