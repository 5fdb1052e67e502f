"""Outcomes of mails: each event once, in whatever order it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest

from agents.campaigns.outcomes import Outcome, OutcomeCounts, OutcomeKind
from integrations.database.engine import Store
from integrations.database.mail_outcomes import MailOutcomeTable

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def store(lasting_store: Store) -> Store:
    return lasting_store


@pytest.fixture
def campaign() -> str:
    return f"c-{token_hex(6)}"


@pytest.fixture
def table(store: Store) -> MailOutcomeTable:
    return MailOutcomeTable(store)


def outcome(
    campaign: str, number: int, kind: OutcomeKind = "clicked", contact: str = "a", minutes: int = 0
) -> Outcome:
    at, id_ = NOW + timedelta(minutes=minutes), f"{campaign}:{number}"
    return Outcome(id=id_, kind=kind, campaign=campaign, contact=contact, at=at, detail="x" * 600)


def test_an_event_that_is_told_again_counts_once(table: MailOutcomeTable, campaign: str) -> None:
    first, second = outcome(campaign, 1), outcome(campaign, 2)
    assert table.note([first, first, second]) == 2
    assert table.note([second, outcome(campaign, 3, "delivered")]) == 1
    assert table.note([]) == 0
    assert table.counts(campaign) == OutcomeCounts(clicked=1, delivered=1)


def test_contacts_are_counted_and_not_their_clicks(table: MailOutcomeTable, campaign: str) -> None:
    table.note([outcome(campaign, k, contact=contact) for k, contact in enumerate("aab")])
    assert table.counts(campaign).clicked == 2
    assert table.counts("c-other") == OutcomeCounts()


def test_the_first_time_counts_whichever_was_told_first(table: MailOutcomeTable, campaign: str) -> None:
    table.note([outcome(campaign, 2, minutes=5), outcome(campaign, 1, minutes=1)])
    assert table.contacts(campaign, "clicked") == {"a": NOW + timedelta(minutes=1)}
    assert table.contacts(campaign, "bounced") == {}
