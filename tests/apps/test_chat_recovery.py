"""The server goes away in the middle of a conversation and comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.apps.chat_page import RETURNS, open_chat, say
from tests.apps.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def test_a_restart_loses_neither_the_conversation_nor_the_message_in_the_box(
    make_desk: Callable[..., Desk],
    sample_documents: Path,
    new_page: Callable[..., Page],
    shoot: Callable[[Page, str], None],
) -> None:
    desk = make_desk(sample_documents)
    page = open_chat(new_page(), desk.url)
    say(page, RETURNS)
    assert desk.stop() == 0
    box = page.get_by_label("Your question")
    box.fill("How long does shipping to Canada take?")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(box).to_have_value("How long does shipping to Canada take?")
    shoot(page, "desktop-server-gone")
    desk.start()
    expect(page.get_by_role("alert")).to_be_hidden(timeout=30_000)
    expect(page.locator(".mine")).to_contain_text(RETURNS)
    expect(box).to_have_value("How long does shipping to Canada take?")
    box.press("Enter")
    expect(page.locator(".theirs")).to_have_count(2)
    page.reload()
    expect(page.locator(".mine")).to_have_count(2)


def test_a_message_that_was_stored_before_the_line_broke_is_not_asked_twice(
    make_desk: Callable[..., Desk], sample_documents: Path, new_page: Callable[..., Page]
) -> None:
    desk = make_desk(sample_documents)
    page = open_chat(new_page(), desk.url)
    say(page, "Thank you!")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/chat/ask", lose_the_answer)
    box = page.get_by_label("Your question")
    box.fill(RETURNS)
    box.press("Enter")
    expect(page.locator(".theirs")).to_have_count(2, timeout=30_000)
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.get_by_role("alert")).to_be_hidden(timeout=30_000)
    expect(box).to_have_value("")


HASTY = "const wait = AbortSignal.timeout; AbortSignal.timeout = (ms) => wait.call(AbortSignal, ms / 40);"


def test_a_call_that_never_ends_is_given_up_and_the_message_kept(
    desk: Desk, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.add_init_script(HASTY)
    page.route("**/chat/ask", lambda route: None)
    open_chat(page, desk.url)
    box = page.get_by_label("Your question")
    box.fill(RETURNS)
    box.press("Enter")
    expect(page.locator(".desk-typing")).to_be_visible()
    expect(box).to_have_value(RETURNS, timeout=20_000)
    expect(page.locator(".desk-typing")).to_be_hidden()
    expect(page.locator(".said")).to_have_count(0)
