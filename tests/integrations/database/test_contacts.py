"""Who may not be written to: at once, for all processes, and until they say otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest

from agents.campaigns.unsubscribing import Suppression, SuppressionReason
from integrations.database.contacts import HEARD, LinkKeyTable, SuppressionTable
from integrations.database.engine import Store
from integrations.database.tables import link_keys

NOW = datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def store(lasting_store: Store) -> Store:
    return lasting_store


@pytest.fixture
def table(store: Store) -> SuppressionTable:
    return SuppressionTable(store)


@pytest.fixture
def jane() -> str:
    return token_hex(12)


@pytest.fixture
def john() -> str:
    return token_hex(12)


def off(contact: str, reason: SuppressionReason = "unsubscribed", at: datetime = NOW) -> Suppression:
    return Suppression(contact=contact, reason=reason, at=at, campaign="c-1")


def test_who_unsubscribed_is_known_at_once(
    store: Store, table: SuppressionTable, jane: str, john: str
) -> None:
    assert table.reason(jane) is None
    assert table.add([off(jane)]) == 1
    assert SuppressionTable(store).reason(jane) == "unsubscribed"
    assert table.reason(john) is None


def test_a_second_time_changes_nothing(table: SuppressionTable, jane: str) -> None:
    before = table.counts()
    assert table.add([off(jane), off(jane), off(jane, at=NOW - timedelta(days=1))]) == 1
    assert table.add([]) == 0
    assert table.counts() == {**before, "unsubscribed": before["unsubscribed"] + 1}


def test_of_several_reasons_the_most_serious_is_told(table: SuppressionTable, jane: str, john: str) -> None:
    table.add([off(jane, "bounced"), off(jane), off(jane, "complained"), off(john, "bounced"), off(john)])
    assert table.reasons([jane, john, token_hex(12)]) == {jane: "complained", john: "unsubscribed"}


def test_many_are_asked_at_once(table: SuppressionTable) -> None:
    table.add([off(f"{k:024x}") for k in range(0, 12_000, 1000)])
    assert len(table.reasons([f"{k:024x}" for k in range(12_000)])) == 12


def test_who_subscribes_again_is_written_to_again_unless_the_mailbox_is_gone(
    table: SuppressionTable, jane: str, john: str
) -> None:
    table.add([off(jane), off(jane, "complained"), off(john, "bounced")])
    assert table.lift(jane)
    assert not table.lift(jane)
    assert not table.lift(john)
    assert not table.lift(token_hex(12))
    assert table.reasons([jane, john]) == {john: "bounced"}


def test_news_from_before_they_came_back_counts_no_more_and_later_news_does(
    table: SuppressionTable, jane: str
) -> None:
    table.add([off(jane)])
    table.lift(jane)
    assert table.add([off(jane, at=NOW - timedelta(hours=1)), off(jane)]) == 0
    assert table.reason(jane) is None
    assert table.add([off(jane, at=datetime.now(UTC) + timedelta(minutes=1))]) == 1
    assert table.reason(jane) == "unsubscribed"


def test_of_many_at_once_one_is_new(table: SuppressionTable, jane: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(lambda _: table.add([off(jane)]), range(6))) == 1


def test_every_process_has_the_same_keys_and_a_new_one_signs_once_all_know_it(store: Store) -> None:
    with ThreadPoolExecutor(6) as threads:
        rings = set(threads.map(lambda _: LinkKeyTable(store).ring(), range(6)))
    [ring] = rings
    assert [len(key) for key in ring.keys] == [32]
    LinkKeyTable(store).rotate()
    young = LinkKeyTable(store).ring()
    assert (young.keys[:1], young.signing, len(set(young.keys))) == (ring.keys, 0, 2)
    with store.writing() as connection:
        connection.execute(link_keys.update().values(created=datetime.now(UTC) - HEARD))
    assert LinkKeyTable(store).ring().signing == 1
