"""The room in a real browser, beside the customers whom it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import open_chat, say
from tests.apps.conftest import Desk
from tests.apps.room.conftest import PASSWORD
from tests.apps.room.room_page import add_member, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]

ENGRAVE = "Can you engrave my grandmother's name on the tin by Friday?"
ENGRAVED = "Yes: we engrave up to twelve letters on any metal tin within three working days."


@pytest.fixture(scope="module")
def shop(make_desk: Callable[..., Desk], sample_documents: Path) -> Desk:
    """The sample shop with a team."""
    shop = make_desk(sample_documents, messages_a_minute=1000)
    for name, role, full_name in (
        ("anna", "agent", "Anna Lee"),
        ("tom", "agent", "Tom Reyes"),
        ("bo", "admin", "Bo Winter"),
    ):
        add_member(shop, name, role, "--full-name", full_name)
    return shop


def row(page: Page, question: str) -> Locator:
    """A line of the inbox."""
    return page.locator(".row-item", has_text=question[:30])


def open_case(page: Page, question: str) -> None:
    """Choose a line of the inbox, and wait until the case is there."""
    row(page, question).click()
    expect(page.locator(".log")).to_contain_text(question)


def ask(page: Page, question: str) -> None:
    """Ask what the desk cannot answer."""
    expect(say(page, question)).to_contain_text("person")


def test_what_a_person_answers_reaches_the_customer_and_then_answers_the_next_one(
    shop: Desk, new_page: Pages, shoot: Shoot
) -> None:
    room, customer = sign_in(new_page(), shop.url), open_chat(new_page(), shop.url)
    expect(row(room, ENGRAVE)).to_have_count(0)
    ask(customer, ENGRAVE)
    open_case(room, ENGRAVE)
    expect(room.locator(".log")).to_contain_text(ENGRAVE)
    expect(room.get_by_label("Why it is here")).to_contain_text("Not sure enough")
    shoot(room, "room-case")

    room.keyboard.press("r")
    room.get_by_label("Your answer").fill(ENGRAVED)
    room.keyboard.press("Control+Enter")
    expect(customer.locator(".desk-log")).to_contain_text(ENGRAVED)
    expect(customer.locator(".desk-log")).to_contain_text("Anna")
    shoot(customer, "room-customer-answered")

    room.goto(f"{shop.url}/room#knowledge")
    proposal = room.locator(".proposal", has=room.get_by_label("Question"))
    expect(proposal).to_have_count(1)
    expect(proposal.get_by_label("Answer")).to_have_value(ENGRAVED)
    proposal.get_by_label("Question").fill("Can you engrave a name on a tin?")
    proposal.get_by_role("button", name="Accept").click()
    expect(room.get_by_text("Nothing to decide")).to_be_visible()

    other = open_chat(new_page(), shop.url)
    expect(say(other, "Can you engrave a name on a tin?")).to_contain_text("twelve letters")


def test_the_second_of_two_is_told_who_was_first_and_keeps_the_words(shop: Desk, new_page: Pages) -> None:
    question = "Do you have a shop in Boulder that I can visit?"
    first, second = sign_in(new_page(), shop.url), sign_in(new_page(), shop.url, "tom")
    customer = open_chat(new_page(), shop.url)
    ask(customer, question)
    open_case(first, question)
    open_case(second, question)
    second.keyboard.press("r")
    second.get_by_label("Your answer").fill("No, we only")
    first.keyboard.press("r")
    first.get_by_label("Your answer").fill("We have no shop, but a workshop in Denver on Saturdays.")
    first.get_by_role("button", name="Send", exact=False).last.click()
    expect(second.locator("#notes")).to_contain_text("Anna Lee has answered")
    expect(second.locator(".composer")).to_be_visible()
    second.goto(second.url)
    expect(customer.locator(".desk-log")).to_contain_text("workshop in Denver")
    expect(customer.locator(".desk-log")).not_to_contain_text("No, we only")


def test_a_conversation_is_taken_over_and_handed_back(shop: Desk, new_page: Pages) -> None:
    question = "Can I pay with seashells at your market stall?"
    room, customer = sign_in(new_page(), shop.url), open_chat(new_page(), shop.url)
    ask(customer, question)
    open_case(room, question)
    room.keyboard.press("t")
    expect(customer.locator(".desk-log")).to_contain_text("Anna from our team has joined")
    expect(row(room, question)).to_contain_text("You")
    room.keyboard.press("r")
    room.get_by_label("Your answer").fill("Let me ask our market team.")
    room.keyboard.press("Control+Enter")
    expect(customer.locator(".desk-log")).to_contain_text("Let me ask our market team.")
    room.goto(f"{shop.url}/room#inbox")
    open_case(room, question)
    expect(room.get_by_label("Your message")).to_be_visible()
    room.get_by_role("button", name="Hand back").click()
    room.locator("dialog").get_by_role("button", name="Hand back").click()
    expect(customer.locator(".desk-log")).to_contain_text("Anna has left")


def test_a_draft_goes_out_on_the_second_press_alone(shop: Desk, new_page: Pages) -> None:
    question = "I was charged twice for order 48213, please refund one of them"
    room, customer = sign_in(new_page(), shop.url), open_chat(new_page(), shop.url)
    ask(customer, question)
    open_case(room, question)
    draft = room.get_by_role("region", name="The draft").inner_text().split("\n")[0]
    room.keyboard.press("a")
    room.keyboard.press("Enter")
    expect(room.get_by_role("button", name="Press again to send")).to_be_focused()
    expect(customer.locator(".said.theirs")).to_have_count(1)
    room.keyboard.press("Enter")
    expect(room.locator("#notes")).to_contain_text("The draft is sent.")
    expect(customer.locator(".desk-log")).to_contain_text(draft)
    expect(row(room, question)).to_have_count(0)


def test_words_survive_the_end_of_a_session(shop: Desk, new_page: Pages) -> None:
    question = "Do you sell oat milk in barrels?"
    customer, room = open_chat(new_page(), shop.url), sign_in(new_page(), shop.url)
    ask(customer, question)
    open_case(room, question)
    room.keyboard.press("r")
    room.get_by_label("Your answer").fill("Not in barrels.")
    room.context.clear_cookies()
    room.keyboard.press("Control+Enter")
    expect(room.get_by_text("Your session has ended")).to_be_visible()
    room.get_by_label("Name").fill("anna")
    room.get_by_label("Password").fill(PASSWORD)
    room.get_by_role("button", name="Sign in").click()
    expect(room.get_by_label("Your answer")).to_have_value("Not in barrels.")


def test_a_dismissal_is_undone(shop: Desk, new_page: Pages) -> None:
    question = "Do you lend out teapots for weddings?"
    customer, room = open_chat(new_page(), shop.url), sign_in(new_page(), shop.url)
    ask(customer, question)
    open_case(room, question)
    room.keyboard.press("r")
    room.get_by_label("Your answer").fill("We do not lend out teapots.")
    room.keyboard.press("Control+Enter")
    room.goto(f"{shop.url}/room#knowledge")
    newest = room.locator(".proposal").first.get_by_label("Question")
    expect(newest).to_have_value(question)
    room.locator(".proposal").first.get_by_role("button", name="Dismiss").click()
    expect(room.locator("#notes")).to_contain_text("Dismissed.")
    room.locator("#notes").get_by_role("button", name="Undo").click()
    expect(newest).to_have_value(question)


def test_wrong_words_at_the_door_say_so_and_let_nobody_in(shop: Desk, new_page: Pages) -> None:
    page = new_page()
    page.goto(f"{shop.url}/room")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.locator(".shell")).to_have_count(0)


def test_every_place_can_be_reached_by_keyboard_and_fits_a_phone(
    shop: Desk, new_page: Pages, shoot: Shoot
) -> None:
    for phone in (False, True):
        page = sign_in(new_page(phone=phone), shop.url, "bo")
        for key, title in (
            ("c", "Conversations"),
            ("k", "Knowledge"),
            ("n", "Numbers"),
            ("t", "Team"),
            ("i", "Inbox"),
        ):
            page.keyboard.press("g")
            page.keyboard.press(key)
            expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
            page.wait_for_load_state("load")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            shoot(page, f"room-{title.lower()}{'-phone' if phone else ''}")


def test_a_customers_words_are_never_more_than_words(shop: Desk, new_page: Pages) -> None:
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script> Can you embroider it?"
    customer, room = open_chat(new_page(), shop.url), sign_in(new_page(), shop.url)
    say(customer, nasty)
    room.goto(f"{shop.url}/room#conversations")
    room.locator(".row-item", has_text="embroider").click()
    expect(room.locator(".log")).to_contain_text("<img src=x onerror=alert(1)>")
    assert room.locator(".log img, .log script").count() == 0


def test_a_desk_without_users_prints_a_link_that_works_once(
    make_desk: Callable[..., Desk], sample_documents: Path, new_page: Pages
) -> None:
    desk = make_desk(sample_documents)
    link = re.search(r"http://\S+token=\S+", desk.next_line())
    assert link is not None
    page = new_page()
    page.goto(link[0])
    expect(page.get_by_text("You came in by the one-time link")).to_be_visible()
    assert "token" not in page.url
    page.get_by_role("link", name="Add yourself").click()
    page.get_by_label("Name to sign in with").fill("anna")
    page.get_by_label("Full name").fill("Anna Lee")
    page.locator("#new-role").select_option("admin")
    page.get_by_label("Password, 10 characters or more").fill(PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".member", has_text="Anna Lee")).to_be_visible()
    again = new_page()
    again.goto(link[0])
    expect(again.locator("#notes")).to_contain_text("sign in with a name")
    sign_in(new_page(), desk.url)
