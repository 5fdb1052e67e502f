"""When the weekly report is made of itself, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from agents.weekly.policy import Schedule, load_weekly_policy
from agents.weekly.schedule import last_moment, next_moment


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-11-16T15:59:59", "2026-11-09T16:00", "2026-11-16T16:00"),
        ("2026-11-16T16:00:00", "2026-11-16T16:00", "2026-11-23T16:00"),
        ("2026-11-22T12:00:00", "2026-11-16T16:00", "2026-11-23T16:00"),
        ("2026-11-23T05:00:00", "2026-11-16T16:00", "2026-11-23T16:00"),  # Sunday evening in Denver
        ("2026-03-04T12:00:00", "2026-03-02T16:00", "2026-03-09T15:00"),  # the clocks go forward on the 8th
        ("2026-10-28T12:00:00", "2026-10-26T15:00", "2026-11-02T16:00"),  # and back on the 1st
    ],
)
def test_it_is_monday_at_nine_by_the_clock_of_the_place(now: str, last: str, following: str) -> None:
    policy = load_weekly_policy()
    assert last_moment(policy, at(now)) == at(last)
    assert next_moment(policy, at(now)) == at(following)
    assert last_moment(policy, at(now)).strftime("%A %H:%M") == "Monday 09:00"


def test_a_time_that_a_day_lacks_comes_when_the_clocks_have_gone_forward() -> None:
    shipped = load_weekly_policy()
    policy = shipped.model_copy(update={"schedule": Schedule(day="sunday", at=time(2, 30))})
    moment = next_moment(policy, at("2026-03-07T12:00"))
    assert moment == at("2026-03-08T09:30")
    assert moment.strftime("%H:%M") == "03:30"
    assert last_moment(policy, moment) == moment
    assert last_moment(policy, moment - timedelta(seconds=1)) == at("2026-03-01T09:30")
