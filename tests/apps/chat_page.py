"""The chat as its customers handle it, for the browser tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

RETURNS = "What is your return policy for perishable items?"


def open_chat(page: Page, url: str) -> Page:
    """Go to the chat and wait until it can be used."""
    page.goto(url)
    expect(page.locator('.desk[data-state="open"]')).to_be_visible()
    return page


def say(where: Page | FrameLocator, text: str) -> Locator:
    """Type a message, send it, and wait for the whole reply, which is returned."""
    replies = where.locator(".theirs")
    before = replies.count()
    box = where.get_by_label("Your question")
    box.fill(text)
    box.press("Enter")
    expect(replies).to_have_count(before + 1)
    expect(where.locator(".desk-log")).not_to_have_attribute("aria-busy", "true")
    expect(where.locator(".said").last).to_have_class(re.compile("theirs"))
    return replies.last
