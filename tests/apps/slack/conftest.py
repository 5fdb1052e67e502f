"""A desk, its jobs and its bot in this process, against the local counterpart of Slack in Socket Mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.slack.bot import Bot
from apps.worker import turn_on
from tests.business import import_into, write_csv
from tests.campaign_shop import fill
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import running, wait_until
from tests.slack_server import LocalSlack, local_slack

ZONE = "America/Denver"  # of the shop's customers


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


@pytest.fixture
def customers(work: SlackAtWork, tmp_path: Path) -> None:
    """The desk has customers to win back, who sleep now; the name of one would mean something elsewhere."""
    settings, services = work.desk.settings, work.desk.services
    if not settings.analytics_file.exists():
        usual = services.open_campaign_policy()
        hour = 23 if services.now().astimezone(ZoneInfo(ZONE)).hour < 12 else 0
        night = usual.sending.model_copy(update={"opens": time(hour), "closes": time(hour, 1)})
        services.open_campaign_policy = lambda: usual.model_copy(update={"sending": night})
        fill(settings, tmp_path)
        named = ("k0", "<!channel> & {{first_name}}", "ann0@shop.example", "yes", ZONE)
        loyal = [("order_id", "date", "customer_id", "product", "sku", "quantity", "amount")]
        loyal += [
            (f"l{number}-{month}", f"2026-0{month}-05", f"k{number}", "Masala Chai", "MAS", "1", "60.00")
            for number in range(0, 40, 2)
            for month in range(1, 6)
        ]
        import_into(settings, write_csv(tmp_path / "loyal.csv", *loyal), "orders", currency="USD")
        head = ("customer_id", "name", "email", "consent", "timezone")
        import_into(settings, write_csv(tmp_path / "named.csv", head, named), "customers")
