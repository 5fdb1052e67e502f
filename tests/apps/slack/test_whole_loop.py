"""From a customer's question in a real browser to Slack and back, with `gtm serve` as people start it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import open_chat, say
from tests.apps.conftest import Desk, wait_until
from tests.slack_server import (
    CHANNEL,
    LEAD,
    SECRET,
    LocalSlack,
    first_block,
    free_port,
    local_slack,
    open_form,
    submit,
    words,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

MODES = {
    "socket": {"SLACK_BOT_TOKEN": "xoxb-sock", "SLACK_APP_TOKEN": "xapp-sock"},
    "http": {"SLACK_BOT_TOKEN": "xoxb-http", "SLACK_SIGNING_SECRET": SECRET},
}


@pytest.fixture(scope="module", params=list(MODES))
def served(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    models_folder: Path,
    sample_documents: Path,
) -> Iterator[tuple[Desk, LocalSlack]]:
    """A served desk with its bot, by Socket Mode and by HTTP."""
    port, home = free_port(), tmp_path_factory.mktemp("home")
    url = f"http://127.0.0.1:{port}/slack/events"
    with local_slack(tmp_path_factory.mktemp("slack"), request_url=url) as slack:
        more = {**MODES[request.param], "SLACK_API_URL": slack.api, "SLACK_SUPPORT_CHANNEL": CHANNEL}
        desk = Desk(home, models_folder, more=more, port=port)
        desk.gtm("ingest", str(sample_documents))
        desk.start()
        yield desk, slack
        desk.stop()


def newest_card(slack: LocalSlack, known: int) -> dict[str, object]:
    wait_until(lambda: len(slack.cards()) > known)
    return slack.cards()[-1]


def offers(slack: LocalSlack, card: dict[str, object]) -> list[dict[str, Any]]:
    return [each for each in slack.thread(str(card["ts"])) if first_block(each).startswith("offer:")]


def test_a_customer_is_answered_from_slack_and_the_next_one_by_the_desk(
    served: tuple[Desk, LocalSlack], new_page: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    desk, slack = served
    page = open_chat(new_page(), desk.url)
    question = "Can you engrave my grandmother's name on the tin?"
    say(page, question)
    card = newest_card(slack, 0)
    slack.press(card, "case_reply", LEAD)
    wait_until(lambda: open_form(slack) is not None)
    submit(slack, {"answer": "Yes, we engrave up to twelve letters on the Summit Tin for free."})
    expect(page.get_by_text("up to twelve letters")).to_be_visible()
    expect(page.get_by_text("Lena").first).to_be_visible()
    box = page.get_by_label("Your question")
    box.fill("Wonderful! By Friday as well?")
    box.press("Enter")
    wait_until(lambda: any("By Friday as well?" in words(each) for each in slack.thread(str(card["ts"]))))
    slack.say("Friday works.", thread=str(card["ts"]))
    expect(page.get_by_text("Friday works.")).to_be_visible()
    shoot(page, "slack_customer")
    wait_until(lambda: bool(offers(slack, card)))
    slack.press(offers(slack, card)[0], "entry_accept", LEAD)
    wait_until(lambda: "Added to the knowledge base" in words(offers(slack, card)[0]))
    other = open_chat(new_page(phone=True), desk.url)
    expect(say(other, question)).to_contain_text("up to twelve letters")


PERISHABLE = "I want to speak to a person about your return policy for perishable items"


def test_approve_sends_the_draft_to_the_page(
    served: tuple[Desk, LocalSlack], new_page: Callable[..., Page]
) -> None:
    desk, slack = served
    known = len(slack.cards())
    page = open_chat(new_page(), desk.url)
    say(page, PERISHABLE)
    slack.press(newest_card(slack, known), "case_approve", LEAD)
    expect(page.get_by_text("unopened and have been properly refrigerated")).to_be_visible()
    expect(page.get_by_text("Lena").first).to_be_visible()


def test_edit_sends_the_changed_draft_to_the_page(
    served: tuple[Desk, LocalSlack], new_page: Callable[..., Page]
) -> None:
    desk, slack = served
    known = len(slack.cards())
    page = open_chat(new_page(phone=True), desk.url)
    say(page, PERISHABLE)
    slack.press(newest_card(slack, known), "case_edit", LEAD)
    wait_until(lambda: open_form(slack) is not None)
    submit(slack, {"answer": "Within 7 days, and we pay the way back."})
    expect(page.get_by_text("we pay the way back")).to_be_visible()


def test_take_over_shows_whose_the_case_is_on_both_sides(
    served: tuple[Desk, LocalSlack], new_page: Callable[..., Page]
) -> None:
    desk, slack = served
    known = len(slack.cards())
    page = open_chat(new_page(), desk.url)
    say(page, PERISHABLE)
    card = newest_card(slack, known)
    slack.press(card, "case_take-over", LEAD)
    expect(page.get_by_text("Lena").first).to_be_visible()
    wait_until(lambda: "Taken by Lena Lead" in words(next(c for c in slack.cards() if c["ts"] == card["ts"])))
