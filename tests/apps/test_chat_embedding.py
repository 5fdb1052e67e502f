"""The chat inside a page of another site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import RETURNS, say
from tests.apps.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]

SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>button {{ background: lime; font-size: 40px }} body {{ font-family: serif; margin: 40px }}</style></head>
<body><h1>A shop</h1><p>It sells tins.</p><script src="{url}/embed.js" data-label="Ask Two Peaks" async></script>
</body></html>"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Iterator[str]:
    """The address of a page on another port that embeds the chat."""
    (tmp_path / "index.html").write_text(SHOP.format(url=desk.url), "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_customer_asks_inside_another_page(shop: str, new_page: Pages, shoot: Shoot, phone: bool) -> None:
    page = new_page(phone=phone)
    page.goto(shop)
    launcher = page.get_by_role("button", name="Ask Two Peaks")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    shoot(page, f"embedded-{'phone' if phone else 'desktop'}-closed")
    launcher.click()
    dialog = page.get_by_role("dialog", name="Ask Two Peaks")
    expect(dialog).to_be_visible()
    chat = page.frame_locator("iframe")
    expect(chat.locator('.desk[data-state="open"]')).to_be_visible()
    expect(say(chat, RETURNS)).to_contain_text("7 days")
    shoot(page, f"embedded-{'phone' if phone else 'desktop'}-open")
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily") == "serif"

    page.get_by_role("button", name="Close the chat").click()
    expect(dialog).to_be_hidden()
    expect(launcher).to_be_focused()
    page.reload()
    launcher.click()
    expect(page.frame_locator("iframe").locator(".mine")).to_contain_text(RETURNS)


def test_escape_closes_the_chat_from_inside_and_gives_the_focus_back(shop: str, new_page: Pages) -> None:
    page = new_page()
    page.goto(shop)
    launcher = page.get_by_role("button", name="Ask Two Peaks")
    launcher.press("Enter")
    chat = page.frame_locator("iframe")
    expect(chat.locator('[data-state="open"]')).to_be_visible()
    chat.get_by_label("Your question").press("Escape")
    expect(page.get_by_role("dialog", name="Ask Two Peaks")).to_be_hidden()
    expect(launcher).to_be_focused()
