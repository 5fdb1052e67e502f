"""Business hours: by when a person answers, and how that is said. Pure; moments are aware, in any zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agents.policy import People, SupportPolicy

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST_SEARCH = 400  # days ahead; beyond, the policy has no open day


def is_open(people: People, at: datetime) -> bool:
    """Whether people are there at a moment."""
    local = at.astimezone(ZoneInfo(people.timezone))
    return _works(people, local) and people.opens <= local.time().replace(tzinfo=None) < people.closes


def due(people: People, asked: datetime) -> datetime:
    """The moment by which a question asked at `asked` is promised an answer; only open hours count.

    Raises `ValueError` if the policy's holidays leave no open day within a year.
    """
    zone = ZoneInfo(people.timezone)
    left = timedelta(minutes=people.first_response_minutes)
    day = asked.astimezone(zone)
    for _ in range(_LONGEST_SEARCH):
        if _works(people, day):
            opens = day.replace(hour=people.opens.hour, minute=people.opens.minute, second=0, microsecond=0)
            closes = day.replace(
                hour=people.closes.hour, minute=people.closes.minute, second=0, microsecond=0
            )
            start = max(asked.astimezone(zone), opens)
            # Differences in UTC: a day on which the clocks change has an hour more or less.
            available = closes.astimezone(ZoneInfo("UTC")) - start.astimezone(ZoneInfo("UTC"))
            if available > timedelta(0):
                if left <= available:
                    return start.astimezone(ZoneInfo("UTC")) + left
                left -= available
        day = (day + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    raise ValueError("the policy's holidays leave no open day within a year")


def promise(policy: SupportPolicy, asked: datetime) -> str:
    """What a customer who asked at `asked` is told about when a person answers."""
    people, texts = policy.people, policy.texts
    if is_open(people, asked):
        return texts.promise_open.format(time=_length(people.first_response_minutes), hours=_hours(people))
    return texts.promise_closed.format(due=_moment(people, due(people, asked), asked), hours=_hours(people))


def _works(people: People, local: datetime) -> bool:
    return _DAYS[local.weekday()] in people.days and local.date() not in people.holidays


def _length(minutes: int) -> str:
    if minutes % 60 == 0:
        return f"{minutes // 60} hour{'s' if minutes > 60 else ''}"
    return f"{minutes} minutes"


def _hours(people: People) -> str:
    """Such as “9–17 Denver time, Monday to Friday”."""
    return f"{_clock(people.opens)}–{_clock(people.closes)} {people.zone_name}, {_span(people.days)}"


def _clock(at: object) -> str:
    text = f"{at:%H:%M}"
    return str(int(text[:2])) if text.endswith(":00") else text


def _span(days: tuple[str, ...]) -> str:
    numbers = sorted(_DAYS.index(day) for day in set(days))
    names = [_DAYS[number].capitalize() for number in numbers]
    if len(numbers) == 7:
        return "every day"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _moment(people: People, at: datetime, seen_from: datetime) -> str:
    """A moment as people there say it: “11:00 today”, “Monday 11:00”, “4 January 11:00”."""
    zone = ZoneInfo(people.timezone)
    local, today = at.astimezone(zone), seen_from.astimezone(zone).date()
    ahead = (local.date() - today).days
    if ahead == 0:
        return f"{local:%H:%M} today"
    day = f"{local:%A}" if ahead < 7 else f"{local.day} {local:%B}"
    return f"{day} {local:%H:%M}"
