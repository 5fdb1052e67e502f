"""The room as its team handles it, for the browser tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.apps.conftest import GTM, Desk
from tests.apps.room.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


def add_member(desk: Desk, name: str, role: str, *options: str) -> None:
    """Add somebody to the team, as one does in a shell."""
    add = [str(GTM), "--home", str(desk.home), "users", "add", name, "--role", role, *options]
    subprocess.run([*add, "--password-stdin"], input=PASSWORD, text=True, check=True, capture_output=True)


def sign_in(page: Page, url: str, name: str = "anna") -> Page:
    """Come in at the door."""
    page.goto(f"{url}/room")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    return page


def complaints_of(page: Page) -> list[str]:
    """What the browser complains of, from now on."""
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    return complaints


def whole(page: Page, shoot: Callable[[Page, str], None], name: str) -> None:
    """A picture of all that can be scrolled to."""
    height = page.evaluate("document.querySelector('#stage').scrollHeight")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": min(height + 140, 8000)})
    shoot(page, name)
    page.set_viewport_size(size)
