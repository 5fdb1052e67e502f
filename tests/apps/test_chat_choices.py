"""What the desk asks back in the chat, and how a customer chooses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import open_chat, say
from tests.apps.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]
QUESTION = "How should I store my tea?"


@pytest.fixture(scope="module")
def unsure_desk(make_desk: Callable[..., Desk], sample_documents: Path) -> Desk:
    """A desk that never is sure enough to answer at once."""
    return make_desk(sample_documents, thresholds=(0.999, 0.0), messages_a_minute=1000)


def options(reply: Locator) -> list[str]:
    return reply.locator(".option").all_inner_texts()


def test_a_section_is_chosen_by_its_button_and_shown(
    unsure_desk: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = open_chat(new_page(), unsure_desk.url)
    say(page, QUESTION)
    asked, shown = page.locator(".theirs").nth(0), page.locator(".theirs").nth(1)
    first, second = options(asked)
    expect(asked).to_contain_text(f"“{first}” or “{second}”")
    shoot(page, "desktop-choice")
    asked.get_by_role("button", name=second).click()
    expect(page.locator(".mine").last).to_contain_text(second)
    expect(shown.locator(".words")).to_contain_text("not quite sure")
    expect(shown.locator(".words strong")).to_contain_text(second)
    expect(shown.locator("summary")).to_have_count(1)
    expect(shown.locator(".sure")).to_contain_text("Not sure")
    expect(asked.locator(".option").first).to_be_hidden()
    expect(asked.get_by_role("button", name="Talk to a person")).to_be_visible()
    shoot(page, "desktop-chosen")


def test_what_is_not_chosen_yet_can_be_chosen_after_a_reload_with_the_keyboard(
    unsure_desk: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = open_chat(new_page(phone=True), unsure_desk.url)
    first, _ = options(say(page, QUESTION))
    page.reload()
    button = page.get_by_role("button", name=first)
    expect(button).to_be_visible()
    shoot(page, "phone-choice")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".theirs").nth(1).locator("strong")).to_contain_text(first)
    expect(page.get_by_label("Your question")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "phone-chosen")


def test_neither_goes_to_a_person(unsure_desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(), unsure_desk.url)
    say(page, QUESTION)
    expect(say(page, "neither of them")).to_contain_text("A person will answer")
