"""Promises that hold: only hours count in which people are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.hours import due, is_open, promise
from agents.policy import People, load_policy

POLICY = load_policy()
PEOPLE = POLICY.people


def at(text: str) -> datetime:
    """A moment of Denver's winter or summer, given with its offset."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        ("2026-11-23T10:00-07:00", "2026-11-23T12:00-07:00"),  # a Monday morning
        ("2026-11-23T16:00-07:00", "2026-11-24T10:00-07:00"),  # one hour today, one tomorrow
        ("2026-11-23T22:40-07:00", "2026-11-24T11:00-07:00"),  # at night
        ("2026-11-27T16:30-07:00", "2026-11-30T10:30-07:00"),  # over a weekend
        ("2026-12-24T16:00-07:00", "2026-12-28T10:00-07:00"),  # over a holiday and a weekend
        ("2026-11-21T08:00-07:00", "2026-11-23T11:00-07:00"),  # a Saturday
        ("2026-11-23T15:00-07:00", "2026-11-23T17:00-07:00"),  # just until closing time
        ("2027-03-12T16:00-07:00", "2027-03-15T10:00-06:00"),  # the clocks change on the Sunday between
    ],
)
def test_only_open_hours_count(asked: str, promised: str) -> None:
    assert due(PEOPLE, at(asked)) == at(promised)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_promise_is_later_and_falls_into_open_hours(asked: datetime) -> None:
    promised = due(PEOPLE, asked)
    assert promised > asked
    assert is_open(PEOPLE, promised - timedelta(seconds=1))


def test_a_longer_promise_than_a_day_goes_on_over_days() -> None:
    people = PEOPLE.model_copy(update={"first_response_minutes": 20 * 60})
    assert due(people, at("2026-11-23T09:00-07:00")) == at("2026-11-25T13:00-07:00")


def test_in_open_hours_a_customer_is_told_how_long_it_takes() -> None:
    said = promise(POLICY, at("2026-11-23T10:00-07:00"))
    assert "2 hours" in said
    assert "9–17 Denver time, Monday to Friday" in said


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2026-11-23T06:00-07:00", "11:00 today"),
        ("2026-11-23T22:40-07:00", "Tuesday 11:00"),
        ("2026-12-24T20:00-07:00", "Monday 11:00"),
    ],
)
def test_at_other_times_a_customer_is_told_when(asked: str, told: str) -> None:
    assert told in promise(POLICY, at(asked))


def test_a_policy_without_an_open_day_is_an_error_and_no_endless_search() -> None:
    days = [datetime(2026, 1, 1, tzinfo=UTC).date() + timedelta(days=n) for n in range(800)]
    people = People.model_validate(PEOPLE.model_dump() | {"holidays": days})
    with pytest.raises(ValueError, match="no open day"):
        due(people, at("2026-02-01T10:00-07:00"))
