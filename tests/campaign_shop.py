"""A small shop with customers to win back, and campaigns of it, for tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.campaigns.book import SHARDS
from agents.campaigns.campaign import Campaign
from agents.campaigns.mailing import CampaignMessage, Refused, Sent
from agents.campaigns.policy import load_campaign_policy
from agents.campaigns.sending import Means, Sender
from agents.domain import Decision
from agents.ports import Services
from agents.session import Session
from integrations import connect
from integrations.settings import Settings
from tests.business import import_into, settings_of, write_csv

NOON = datetime(2026, 11, 18, 19, tzinfo=UTC)
"""Noon in Denver, on a Wednesday; afternoon in New York."""

LAPSED = 40


def fill(settings: Settings, folder: Path, lapsed: int = LAPSED) -> None:
    """So many customers who ordered in June, and ten who ordered last week; all have agreed to be written to."""
    orders = [("order_id", "date", "customer_id", "product", "sku", "quantity", "amount")]
    people = [("customer_id", "name", "email", "consent", "timezone")]
    for number in range(lapsed + 10):
        day = "2026-06-10" if number < lapsed else "2026-11-12"
        product = "Masala Chai" if number % 2 else "Rooibos Vanilla"
        orders.append((f"o{number}", day, f"k{number}", product, product[:3].upper(), "1", "60.00"))
        people.append(
            (f"k{number}", f"Ann{number} Lee", f"ann{number}@shop.example", "yes", "America/Denver")
        )
    import_into(settings, write_csv(folder / "orders.csv", *orders), "orders", currency="USD")
    import_into(settings, write_csv(folder / "people.csv", *people), "customers")


@dataclass
class Shop:
    """A session on a shop whose clock the test holds."""

    session: Session
    services: Services
    settings: Settings
    clock: list[datetime] = field(default_factory=lambda: [NOON])

    def draft(self, asked: str = "winback offer=0") -> Campaign:
        """A campaign that waits for a decision."""
        return self.session.campaigns.draft(asked, "Maria")

    def approved(self, asked: str = "winback offer=0") -> Campaign:
        """A campaign that one person has approved, against whatever finance says."""
        made = self.draft(asked)
        self.session.decide(made.id, Decision(verb="approve", by="Sam", text="a test"))
        return self.session.campaigns.campaign(made.id)


def open_shop(settings: Settings) -> Shop:
    """Connect to a shop."""
    services = connect(settings)
    clock = [NOON]
    services.now = lambda: clock[0]
    return Shop(Session(services), services, settings, clock)


@contextlib.contextmanager
def shop_in(folder: Path, lapsed: int = LAPSED, **other: object) -> Iterator[Shop]:
    """A filled shop in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(folder / "home").model_copy(update=other)
    fill(settings, folder, lapsed)
    shop = open_shop(settings)
    yield shop
    shop.session.close()


@dataclass
class ScriptedMailer:
    """A campaign mailer that does what a script says of each message, and takes what it says nothing of."""

    repeatable: bool = False
    reaches_people: bool = False
    script: dict[str, list[Exception | Refused]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def send(self, message: CampaignMessage, key: str) -> Sent | Refused:
        """What the script says next of this address, else it is taken."""
        for said in self.script.get(message.to, [])[:1]:
            self.script[message.to].pop(0)
            if isinstance(said, Exception):
                raise said
            return said
        self.taken.append(message.to)
        return Sent(reference=f"ref-{len(self.taken)}")

    def describe(self) -> str:
        """It goes nowhere."""
        return "a script"

    def check(self) -> None:
        """Always ready."""

    def close(self) -> None:
        """Nothing is held."""


def later(shop: Shop, **by: float) -> None:
    """Move the shop's clock on."""
    shop.clock[0] += timedelta(**by)


def send(shop: Shop, campaign: Campaign, mailer: ScriptedMailer, rounds: int = 3) -> None:
    """Let attempts work on every shard, one after the other, without waiting for the rate."""
    services = shop.services
    policy = load_campaign_policy()
    means = Means(
        book=services.campaigns,
        list=services.send_list,
        suppressions=services.suppressions,
        mailer=mailer,
        links=services.open_links(),
        policy=policy.model_copy(
            update={"sending": policy.sending.model_copy(update={"a_minute": 1_000_000})}
        ),
        patience=services.policy.delivery,
        shares=lambda known: {arm.name: 1 / 3 for arm in known.draft.audience.arms},
        bounced=shop.session.contacts.bounced,
        now=services.now,
        sleep=lambda _seconds: None,
    )
    for attempt in range(rounds):
        for shard in range(SHARDS):
            Sender(means, campaign, shard, f"holder {attempt} {shard}").work()
        later(shop, minutes=30)
