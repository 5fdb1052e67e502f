"""A desk, its jobs and its bot in this process, against the local counterpart of Slack in Socket Mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from apps.slack.bot import Bot
from apps.worker import turn_on
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import running, wait_until
from tests.slack_server import LocalSlack, local_slack


@dataclass
class SlackAtWork:
    """A desk and the workspace that its bot is in."""

    desk: Desk
    slack: LocalSlack
    bot: Bot

    def ask(self, text: str = "Can you engrave a name on the tin?", conversation: str | None = None) -> str:
        """A customer asks; gives the conversation."""
        return self.desk.session.ask(text, conversation).conversation

    def escalate(self, text: str = "Can you engrave a name on the tin?") -> tuple[str, dict[str, Any]]:
        """A question that waits, and its card."""
        before = len(self.slack.cards())
        conversation = self.ask(text)
        wait_until(lambda: len(self.slack.cards()) == before + 1)
        return conversation, self.slack.cards()[-1]

    def card(self, ts: str) -> dict[str, Any]:
        """A card as it is now."""
        return next(each for each in self.slack.messages() if each["ts"] == ts)

    def said(self, conversation: str) -> list[str]:
        """What people have said to the customer."""
        return [each.text for each in self.desk.session.messages(conversation) if each.role == "person"]

    def whispers(self, user: str) -> list[str]:
        """What one member alone was told."""
        return [each["text"] for each in self.slack.messages() if each.get("ephemeral_to") == user]


@pytest.fixture(scope="package")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    """One counterpart for all tests here."""
    with local_slack(tmp_path_factory.mktemp("slack")) as running_slack:
        yield running_slack


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, slack: LocalSlack) -> Iterator[SlackAtWork]:
    """A desk that is unsure of everything, and its bot."""
    slack.reset()
    folder = tmp_path_factory.mktemp("desk")
    desk = open_desk(folder / "home", 0.3, [write_documents(folder / "docs")], slack_url=slack.api)
    channel = desk.services.open_channel()
    assert channel is not None
    turn_on(desk.services, channel)
    bot = Bot(desk.session, desk.services, desk.settings)
    with running(desk), bot.listening():
        wait_until(slack.connected)
        yield SlackAtWork(desk, slack, bot)
    desk.close()
