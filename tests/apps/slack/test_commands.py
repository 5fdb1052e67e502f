"""`/gtm` and what it answers."""

from __future__ import annotations

import time

from apps.slack.commands import COMMANDS, unknown
from tests.apps.slack.conftest import SlackAtWork
from tests.jobs.steps import wait_until
from tests.slack_server import LEAD, OUTSIDER, words


def run(work: SlackAtWork, text: str, user: str = LEAD) -> str:
    """What the one who wrote it is told."""
    before = len(work.slack.messages())
    work.slack.command(text, user)
    wait_until(lambda: len(work.slack.messages()) > before)
    last = work.slack.messages()[-1]
    assert last["ephemeral_to"] == user
    return words(last) + str(last.get("text"))


def test_help_names_every_command(work: SlackAtWork) -> None:
    told = run(work, "help")
    assert all(f"/gtm {each.usage}" in told for each in COMMANDS)
    assert run(work, "").count("/gtm") >= len(COMMANDS)


def test_a_typo_is_met_with_the_nearest_command(work: SlackAtWork) -> None:
    assert "Did you mean `/gtm escalations`?" in run(work, "escalatoins")
    assert "/gtm help" in run(work, "xyzzy")
    assert "<!channel>" not in unknown("<!channel>", ("help",))


def test_ask_answers_with_sources_and_without_opening_a_case(work: SlackAtWork) -> None:
    before = len(work.desk.session.reviews("all"))
    told = run(work, "ask How long do parcels to Canada take?")
    assert "6 to 10 days" in told
    assert "Shipping" in told
    assert len(work.desk.session.reviews("all")) == before
    assert "Ask something" in run(work, "ask")


def test_escalations_lists_what_waits_with_a_link_to_each_card(work: SlackAtWork) -> None:
    work.escalate("Can you engrave my aunt's name?")
    told = run(work, "escalations")
    assert "Can you engrave my aunt's name?" in told
    assert "/archives/C01SUPPORT/" in told


def test_status_says_how_the_desk_is(work: SlackAtWork) -> None:
    told = run(work, "status")
    assert "2 documents" in told
    assert "asked" in told


def test_what_customers_write_is_for_the_team_alone(work: SlackAtWork) -> None:
    assert "for the team" in run(work, "escalations", OUTSIDER)
    assert "6 to 10 days" in run(work, "ask How long do parcels to Canada take?", OUTSIDER)


def test_a_command_is_acknowledged_while_everything_else_is_busy(work: SlackAtWork) -> None:
    for _ in range(40):  # more than there are threads
        work.bot.desk.later(lambda: time.sleep(0.2))
    started = time.monotonic()
    work.slack.command("ask How long do parcels to Canada take?")
    acknowledged = [each for each in work.slack.log() if each["kind"] == "ack"]
    assert time.monotonic() - started < 3, "Slack shows an error after three seconds"
    assert acknowledged
