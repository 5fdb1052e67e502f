"""What each channel costs and brings, what moving budget would do, and how campaigns did against who was held out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.books import Books
from analytics.figures import Assumptions, Known, money, ratio
from analytics.period import Period

if TYPE_CHECKING:
    from ibis import Table

_WEEKS: Final = 13
_FEWEST_WEEKS: Final = 6
_NORMAL_80: Final = 1.2816


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel in a week, money in minor units; None is unknown, for the reason beside it."""

    name: str
    spend: int | None
    net: int
    orders: int
    new_customers: int
    roas: Known
    cac: Known
    spend_before: int | None
    net_before: int
    roas_before: Known


@dataclass(frozen=True, slots=True)
class Move:
    """Budget to move, and what the week's net revenue would gain, with an 80% interval; minor units.

    It takes the next unit of money to bring what the average one has brought in the last 13 weeks.
    """

    away_from: str
    towards: str
    amount: int
    gain: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign under way or just ended, against the customers held out; `lift` in orders a recipient."""

    name: str
    segment: str
    started: date
    ended: date
    recipients: int
    held_out: int
    lift: Known
    low: float | None
    high: float | None


def channels(books: Books, week: Period) -> list[Channel]:
    """Every channel that sold or cost something in the week or the one before, the dearest first."""
    before = week.before()
    names: set[str] = set()
    for frame in (books.sold, books.spent):
        inside = (frame["day"] >= pd.Timestamp(before.start)) & (frame["day"] < pd.Timestamp(week.end))
        names |= set(frame.loc[inside, "channel"])
    found = [_channel(books, week, before, name) for name in sorted(names)]
    return sorted(found, key=lambda one: (-(one.spend or 0), -one.net, one.name))


def _channel(books: Books, week: Period, before: Period, name: str) -> Channel:
    only = [name]
    spend, then = books.spend(week, only), books.spend(before, only)
    none = "no spend is recorded for it in this week"
    cost = Known.unknown(none) if spend is None else Known.of(spend)
    cost_then = Known.unknown(none) if then is None else Known.of(then)
    net, net_then = books.sum("net", week, only), books.sum("net", before, only)
    new = books.sum("new_customers", week, only)
    return Channel(
        name,
        spend,
        net,
        books.sum("orders", week, only),
        new,
        ratio(net, cost, "nothing was spent on it in this week"),
        money(ratio(cost, new, "it brought no new customer in this week")),
        then,
        net_then,
        ratio(net_then, cost_then, "nothing was spent on it in this week"),
    )


def suggest_move(books: Books, week: Period, found: list[Channel], assumptions: Assumptions) -> Move | Known:
    """Some of the worst paid channel's spend to the best; unknown with a reason where that cannot be said."""
    paid = [one for one in found if one.name in assumptions.paid_channels and one.spend]
    if len(paid) < 2:
        return Known.unknown("fewer than two paid channels cost something in this week")
    rates = {one.name: _rate(books, week, one.name) for one in paid}
    usable = {name: rate for name, rate in rates.items() if rate is not None}
    if len(usable) < 2:
        return Known.unknown(f"fewer than two paid channels have spend in {_FEWEST_WEEKS} of the last weeks")
    best, worst = max(usable, key=lambda name: usable[name][0]), min(usable, key=lambda name: usable[name][0])
    amount = round(next(one.spend or 0 for one in paid if one.name == worst) * assumptions.move_share)
    gain = amount * (usable[best][0] - usable[worst][0])
    error = amount * math.hypot(usable[best][1], usable[worst][1]) * _NORMAL_80
    return Move(worst, best, amount, round(gain), round(gain - error), round(gain + error))


def _rate(books: Books, week: Period, name: str) -> tuple[float, float] | None:
    """Net revenue by spend over the last weeks, and its standard error; None where too few have spend."""
    weeks = [week.before(back) for back in range(_WEEKS)]
    pairs = [(books.spend(one, [name]), books.sum("net", one, [name])) for one in weeks]
    known = np.array([(spend, net) for spend, net in pairs if spend], dtype=float)
    if len(known) < _FEWEST_WEEKS:
        return None
    spend, net = known.T
    rate = net.sum() / spend.sum()
    error = np.sqrt(((net - rate * spend) ** 2).sum() / (len(known) - 1) / len(known)) / spend.mean()
    return float(rate), float(error)


def running_campaigns(campaigns: Table, week: Period) -> list[Campaign]:
    """The campaigns that ran in the week, the last begun first."""
    inside = campaigns.filter(campaigns.started < week.end, campaigns.ended >= week.start)
    frame = inside.to_pandas()
    found = [_campaign(row) for row in frame.to_dict("records")]
    return sorted(found, key=lambda one: (-one.started.toordinal(), one.name))


def _campaign(row: dict[str, object]) -> Campaign:
    sent, held, ordered, held_ordered = (
        int(str(row[name])) for name in ("recipients", "held_out", "recipients_ordered", "held_out_ordered")
    )
    lift, low, high = Known.unknown("nobody was held out, so nothing is measured"), None, None
    if sent and held:
        treated, control = ordered / sent, held_ordered / held
        lift = Known.of(treated - control)
        error = _NORMAL_80 * math.sqrt(treated * (1 - treated) / sent + control * (1 - control) / held)
        low, high = treated - control - error, treated - control + error
    return Campaign(
        str(row["campaign"]),
        str(row["segment"]),
        pd.Timestamp(str(row["started"])).date(),
        pd.Timestamp(str(row["ended"])).date(),
        sent,
        held,
        lift,
        low,
        high,
    )
