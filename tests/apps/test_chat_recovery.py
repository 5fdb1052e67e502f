"""The server goes away in the middle of a conversation and comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.apps.chat_page import RETURNS, open_chat, say
from tests.apps.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page


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
