"""What customers ask and how it is answered, from tickets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics.figures import Figure, Known, Unit, figures, ratio
from analytics.period import Period

if TYPE_CHECKING:
    from ibis import Table

UNITS: Final[Mapping[str, Unit]] = {
    "support_volume": "count",
    "support_answered": "share",
    "support_escalated": "share",
    "support_resolved": "share",
    "first_response_time": "seconds",
    "nps_proxy": "share",
}
PROXY_DAYS: Final = 90
_FEWEST: Final = 30
_NORMAL_95: Final = 1.96


@dataclass(frozen=True, slots=True)
class Topic:
    """What is asked about: how often in this week, and as a mean of the eight weeks before."""

    name: str
    count: int
    usual: float
    escalated: int


@dataclass(frozen=True, slots=True)
class Support:
    """The figures of a week, its topics, the most asked first, and the interval of the NPS proxy."""

    figures: tuple[Figure, ...]
    topics: tuple[Topic, ...]
    proxy_interval: tuple[float, float] | None


def support(tickets: Table, week: Period) -> Support:
    """The support of a week beside the one before. Without tickets everything is unknown, with a reason."""
    since = week.end - timedelta(days=PROXY_DAYS + 7)
    frame = tickets.filter(tickets.day < week.end, tickets.day >= since).to_pandas()
    frame["day"] = pd.to_datetime(frame["day"])
    frame = frame.sort_values(["day", "ticket_id"], ignore_index=True)
    now, before = _values(frame, week), _values(frame, week.before())
    return Support(tuple(figures(UNITS, now, before)), tuple(_topics(frame, week)), _proxy(frame, week)[1])


def _inside(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    return frame[(frame["day"] >= pd.Timestamp(period.start)) & (frame["day"] < pd.Timestamp(period.end))]


def _values(frame: pd.DataFrame, week: Period) -> dict[str, Known]:
    """Shares of the week's tickets; the median of seconds until the first answer."""
    if frame.empty:
        return dict.fromkeys(UNITS, Known.unknown("no tickets were imported for the last weeks"))
    rows = _inside(frame, week)
    none = "no ticket in this week"
    times = rows["first_response_seconds"].dropna()
    return {
        "support_volume": Known.of(len(rows)),
        "support_answered": ratio(int((rows["answered_by"] == "bot").sum()), len(rows), none),
        "support_escalated": ratio(int((rows["status"] == "escalated").sum()), len(rows), none),
        "support_resolved": ratio(int((rows["status"] == "resolved").sum()), len(rows), none),
        "first_response_time": Known.unknown("no first answer is timed in this week")
        if times.empty
        else Known.of(float(times.median())),
        "nps_proxy": _proxy(frame, week)[0],
    }


def _proxy(frame: pd.DataFrame, week: Period) -> tuple[Known, tuple[float, float] | None]:
    """Positive less negative shares over each customer's last ticket in 90 days, with a 95% interval."""
    rows = _inside(frame, Period(week.end - timedelta(days=PROXY_DAYS), week.end))
    rated = rows.dropna(subset=["satisfaction", "customer_id"]).groupby("customer_id")["satisfaction"].last()
    return pleased(len(rated), int((rated == "positive").sum()), int((rated == "negative").sum()))


def pleased(rated: int, up: int, down: int) -> tuple[Known, tuple[float, float] | None]:
    """Positive less negative shares of so many customers who rated, with a 95% interval; unknown below 30 of them."""
    if rated < _FEWEST:
        return Known.unknown(
            f"{rated} customers have rated an answer in {PROXY_DAYS} days; {_FEWEST} are needed"
        ), None
    share_up, share_down = up / rated, down / rated
    value = share_up - share_down
    error = _NORMAL_95 * math.sqrt(max(share_up + share_down - value**2, 0) / rated)
    return Known.of(value), (value - error, value + error)


def _topics(frame: pd.DataFrame, week: Period) -> list[Topic]:
    rows = _inside(frame, week).dropna(subset=["topic"])
    earlier = _inside(frame, Period(week.before(8).start, week.start)).dropna(subset=["topic"])
    usual = earlier["topic"].value_counts() / 8
    escalated = rows[rows["status"] == "escalated"]["topic"].value_counts()
    counts = sorted(rows["topic"].value_counts().items(), key=lambda item: (-int(item[1]), str(item[0])))
    return [
        Topic(str(name), int(count), float(usual.get(name, 0.0)), int(escalated.get(name, 0)))
        for name, count in counts
    ]
