"""The app's home."""

from __future__ import annotations

from typing import Any

from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, OUTSIDER, press_at_home


def home_of(work: SlackAtWork, user: str) -> dict[str, Any]:
    work.slack.open_home(user)
    wait_until(lambda: work.slack.home(user) is not None)
    found = work.slack.home(user)
    assert found is not None
    return found


def test_the_home_shows_what_waits_with_its_buttons_and_the_numbers(work: SlackAtWork) -> None:
    work.escalate("Can you engrave my uncle's name?")
    shown = str(home_of(work, LEAD))
    assert "Can you engrave my uncle's name?" in shown
    assert "case_reply" in shown
    assert "escalated" in shown


def test_somebody_outside_the_team_sees_no_customers(work: SlackAtWork) -> None:
    shown = str(home_of(work, OUTSIDER))
    assert "engrave" not in shown
    assert "Ask to be invited" in shown


def test_a_decision_in_the_home_is_carried_out_and_the_home_drawn_afresh(work: SlackAtWork) -> None:
    conversation, _ = work.escalate("How long do parcels to Canada take, dear home?")
    review = work.desk.session.review_of(conversation)
    assert review is not None
    action = {"type": "button", "action_id": "case_approve", "value": f"{review.id} {review.seen}"}
    press_at_home(work.slack, action)
    wait_until(lambda: len(work.said(conversation)) == 1)
    wait_until(lambda: "dear home" not in str(work.slack.home(LEAD)))
