"""A recipient is in one hand at a time, and what nobody can tell is never tried again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from agents.campaigns.book import SHARDS
from agents.campaigns.campaign import Addressee, Person
from agents.personal import Address
from integrations.database.campaign_recipients import RecipientTable, freeze
from integrations.database.engine import Store
from integrations.database.personal import PersonalTables
from integrations.database.tables import gtm_campaigns

NOW = datetime(2026, 11, 18, 19, tzinfo=UTC)
MANY = 120


@pytest.fixture
def recipients(store: Store) -> RecipientTable:
    with store.writing() as connection:
        connection.execute(
            gtm_campaigns.insert().values(id="c-1", created=NOW, status="approved", version=1, content="{}")
        )
        freeze(
            connection,
            (
                Addressee(
                    campaign="c-1",
                    contact=f"{number:024x}",
                    person=Person(customer=f"k{number}", address=f"k{number}@shop.example"),
                    held_out=number % 10 == 0,
                )
                for number in range(MANY)
            ),
            NOW,
        )
    return RecipientTable(store)


def claimed(table: RecipientTable, holder: str, limit: int = MANY) -> list[str]:
    return [
        one.contact
        for shard in range(SHARDS)
        for one in table.claim("c-1", shard, holder, lambda who: who[-1], now=NOW, limit=limit)
    ]


def test_of_two_workers_each_recipient_is_claimed_by_one(recipients: RecipientTable) -> None:
    with ThreadPoolExecutor(2) as pool:
        mine, other = pool.map(lambda holder: claimed(recipients, holder), ["one", "two"])
    assert sorted(mine + other) == sorted(set(mine + other))
    assert len(mine + other) == MANY - MANY // 10


def test_what_is_released_can_be_claimed_from_its_moment_on_with_the_arm_it_had(
    recipients: RecipientTable,
) -> None:
    [first, *_] = claimed(recipients, "one", 5)
    soon = NOW + timedelta(hours=1)
    recipients.release("c-1", [first], "one", soon, note="busy")
    assert first not in claimed(recipients, "two")
    arms = {
        one.contact: (one.arm, one.attempts)
        for shard in range(SHARDS)
        for one in recipients.claim("c-1", shard, "three", lambda _: "other", now=soon, limit=9)
    }
    assert arms == {first: (str(int(first, 16))[-1], 1)}


def test_who_lost_a_recipient_can_neither_hand_over_nor_settle_it(recipients: RecipientTable) -> None:
    [first, *_] = claimed(recipients, "one", 1)
    for shard in range(SHARDS):
        recipients.take_over("c-1", shard, "two", repeatable=False)
    assert not recipients.hand_over("c-1", first, "one")
    recipients.sent("c-1", "one", {first: None}, NOW)
    assert recipients.counts("c-1").sent == 0
    assert first in claimed(recipients, "two")
    assert recipients.hand_over("c-1", first, "two")


@pytest.mark.parametrize(("repeatable", "queued", "uncertain"), [(True, 108, 0), (False, 107, 1)])
def test_what_was_handed_over_is_repeated_only_where_that_is_one_message(
    recipients: RecipientTable, repeatable: bool, queued: int, uncertain: int
) -> None:
    [first, *_] = claimed(recipients, "one")
    recipients.hand_over("c-1", first, "one")
    lost = sum(recipients.take_over("c-1", n, "two", repeatable=repeatable) for n in range(SHARDS))
    counts = recipients.counts("c-1")
    assert (lost, counts.queued, counts.uncertain) == (uncertain, queued, uncertain)
    if uncertain:
        [listed] = recipients.recipients("c-1", ["uncertain"])
        assert "between handing the message over" in (listed.note or "")


def test_nobody_is_claimed_while_the_campaign_is_paused(recipients: RecipientTable, store: Store) -> None:
    with store.writing() as connection:
        connection.execute(gtm_campaigns.update().values(status="paused"))
    assert claimed(recipients, "one") == []


def test_who_got_a_campaign_lately_is_known(recipients: RecipientTable) -> None:
    everybody = claimed(recipients, "one")
    recipients.sent("c-1", "one", dict.fromkeys(everybody), NOW)
    assert len(recipients.written_to(NOW - timedelta(days=1))) == len(everybody)
    assert not recipients.written_to(NOW + timedelta(days=1)), "nothing is under way"


def test_who_is_forgotten_is_written_to_no_more_and_the_counts_stay(
    recipients: RecipientTable, store: Store
) -> None:
    address = Address("k3@shop.example")
    personal = PersonalTables(store)
    [row] = personal.rows_of(address, [])["campaign_recipients"]
    assert row["customer"] == "k3"
    personal.erase([], address, None)
    assert not personal.rows_of(address, [])["campaign_recipients"]
    counts = recipients.counts("c-1")
    assert (counts.withheld, counts.queued) == (1, MANY - MANY // 10 - 1)
    assert f"{3:024x}" not in claimed(recipients, "one")
