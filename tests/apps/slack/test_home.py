"""The app's home."""

from __future__ import annotations

from typing import Any

from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, OUTSIDER


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
