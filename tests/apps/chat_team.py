"""The team's side of a served desk, from another process than the server's: the database is the only channel."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from agents.domain import Decided, Decision, Review, Verb
from agents.session import Session
from integrations import connect
from integrations.settings import Settings
from tests.apps.chat_page import open_chat, say

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MAYA = "Maya Ortiz"
SOON = 5_000
"""Milliseconds within which a page shows what a person did: three seconds, and slack for a busy machine."""


class Team:
    """People at work on a home."""

    def __init__(self, home: Path, models: Path) -> None:
        self.home = home
        self.session = Session(connect(Settings(home=home, models=models)))

    def newest(self) -> Review:
        """The review that was opened last."""
        return max(self.session.reviews("all"), key=lambda review: review.opened)

    def decide(self, verb: Verb, text: str | None = None, by: str = MAYA) -> Decided:
        """Decide the newest review."""
        return self.session.decide(self.newest().id, Decision(verb=verb, by=by, text=text))

    def say(self, text: str, by: str = MAYA) -> None:
        """Say something in the conversation of the newest review."""
        self.session.say(self.newest().conversation, text, by)

    def typing(self) -> None:
        """Type in the conversation of the newest review."""
        self.session.typing(self.newest().conversation)

    def let_promise_pass(self) -> None:
        """Make the newest review overdue."""
        with sqlite3.connect(self.home / "gtm.sqlite3", timeout=30) as database:
            database.execute("UPDATE reviews SET due = opened WHERE id = ?", [self.newest().id])


def wait_for_a_person(page: Page, url: str) -> Page:
    """Open the chat and ask for a person."""
    open_chat(page, url)
    say(page, "I would like to talk to a person, please.")
    expect(strip(page)).to_be_visible()
    return page


def strip(page: Page) -> Locator:
    """What stands under the head while a person is expected or there."""
    return page.get_by_role("region", name="Your conversation with our team")
