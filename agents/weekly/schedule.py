"""When the weekly report is made of itself. Pure; moments are aware, in any zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agents.weekly.policy import WeeklyPolicy

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def last_moment(policy: WeeklyPolicy, now: datetime) -> datetime:
    """The last moment of the schedule that has come, in the policy's time zone."""
    now = now.astimezone(UTC)  # two moments of one zone would be compared by the clock alone
    today = now.astimezone(ZoneInfo(policy.timezone)).date()
    day = today - timedelta(days=(today.weekday() - _DAYS.index(policy.schedule.day)) % 7)
    moment = _moment(policy, day)
    return moment if moment <= now else _moment(policy, day - timedelta(days=7))


def next_moment(policy: WeeklyPolicy, now: datetime) -> datetime:
    """The next moment of the schedule, in the policy's time zone."""
    return _moment(policy, last_moment(policy, now).date() + timedelta(days=7))


def _moment(policy: WeeklyPolicy, day: date) -> datetime:
    """That time of a day by the clock there, whether or not the clocks have changed meanwhile.

    A time that a day does not have, because the clocks go forward, comes when it would have come without that.
    """
    zone = ZoneInfo(policy.timezone)
    return datetime.combine(day, policy.schedule.at, zone).astimezone(UTC).astimezone(zone)
