"""Two years of an invented tea shop: the same last day gives the same shop, to the cent.

Customers come through five channels, buy more before Christmas and less in summer, and stop one by one; the last
weeks hold something to find: paid social costs more and brings no more, and people ask about oat milk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.period import last_complete_week
from analytics.schema import TABLES
from ingest.sample_contacts import make_contacts

if TYPE_CHECKING:
    import pyarrow as pa

CURRENCY: Final = "USD"
DAYS: Final = 730
CUSTOMERS: Final = 1_850
_SEED: Final = 20_240_229
_MOST_ORDERS: Final = 90

CHANNELS: Final = ("organic", "email", "paid_social", "paid_search", "affiliate")
_CHANNEL_SHARES: Final = (0.27, 0.10, 0.31, 0.22, 0.10)
_COUNTRIES: Final = ("US", "CA", "GB", "DE")
_COUNTRY_SHARES: Final = (0.78, 0.11, 0.07, 0.04)
_PRODUCTS: Final = (
    ("CHAI-MASALA", "Masala Chai Concentrate", 1800),
    ("CHAI-VANILLA", "Vanilla Chai Concentrate", 1950),
    ("CHAI-DECAF", "Decaf Chai Concentrate", 1900),
    ("LOOSE-ASSAM", "Loose Leaf Assam Chai, 250 g", 2400),
    ("LOOSE-ROOIBOS", "Rooibos Chai, 250 g", 2200),
    ("TIN-GIFT", "Gift Tin, Three Chais", 4200),
    ("SUB-MONTH", "Monthly Chai Subscription", 3400),
    ("WHISK", "Bamboo Whisk", 1400),
)
_TOPICS: Final = ("shipping", "subscription", "returns", "brewing", "ingredients", "order change", "oat milk")
_TOPIC_SHARES: Final = (0.27, 0.21, 0.15, 0.13, 0.12, 0.10, 0.02)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sample:
    """The tables of the shop, and how much is in them."""

    tables: Mapping[str, pa.Table]
    currency: str
    orders: int
    customers: int


@dataclass(frozen=True, slots=True)
class _Orders:
    """One entry an order, in order of time; days count from the first."""

    customer: Ints
    day: Ints
    first: NDArray[np.bool_]


def make_sample(last: date) -> Sample:
    """The shop whose history ends on `last`."""
    chance = np.random.default_rng(_SEED)
    days = np.arange(DAYS, dtype=np.int64)
    dates = [last - timedelta(days=DAYS - 1 - int(at)) for at in days]
    season = _season(dates)
    channel = chance.choice(len(CHANNELS), CUSTOMERS, p=_CHANNEL_SHARES)
    country = chance.choice(len(_COUNTRIES), CUSTOMERS, p=_COUNTRY_SHARES)
    orders = _order_days(chance, season)
    calendar = np.array(dates, dtype="datetime64[D]")
    sales = _sales(chance, orders, calendar, channel, country)
    net = np.zeros(DAYS, dtype=np.int64)
    is_net = np.isin(sales["part"], ("sale", "discount", "refund"))
    np.add.at(net, sales["at"][is_net], sales["amount"][is_net])
    spend = _spend(chance, orders, channel, calendar, last)
    joined = np.full(CUSTOMERS, DAYS - 1)
    joined[orders.customer[orders.first]] = orders.day[orders.first]
    ids = np.array([f"C{number:05d}" for number in range(1, CUSTOMERS + 1)])
    made = {
        "sales": sales,
        "spend": spend,
        "budget": _budget(dates, net, spend),
        "cash": _cash(chance, net, spend, calendar),
        "customers": {
            "customer_id": ids,
            "country": np.array(_COUNTRIES)[country],
            "channel": np.array(CHANNELS)[channel],
            "joined": calendar[joined],
            **make_contacts([_COUNTRIES[at] for at in country], _SEED + 1),
        },
        "tickets": _tickets(chance, orders, calendar, ids),
        "campaigns": _campaigns(chance, dates),
    }
    tables = {name: _table(name, columns) for name, columns in made.items()}
    return Sample(tables, CURRENCY, len(orders.day), len(np.unique(orders.customer)))


def _season(dates: list[date]) -> NDArray[np.float64]:
    """How likely a day is to be bought on: winter over summer, the weeks before Christmas, weekdays."""
    of_year = np.array([day.timetuple().tm_yday for day in dates])
    yearly = 1 + 0.18 * np.cos(2 * np.pi * (of_year - 15) / 365.25)
    feast = 1 + 0.55 * np.exp(-(((of_year - 340) / 14.0) ** 2))
    week = np.array([1.08, 1.02, 1.0, 1.0, 0.96, 0.9, 1.04])[[day.weekday() for day in dates]]
    season: NDArray[np.float64] = yearly * feast * week
    scaled: NDArray[np.float64] = season / season.max()
    return scaled


def _order_days(chance: np.random.Generator, season: NDArray[np.float64]) -> _Orders:
    """When everybody buys: at a pace of their own, more in season, until they stop for good."""
    growing = np.linspace(0.75, 1.25, DAYS) * season
    joined = np.sort(chance.choice(DAYS, CUSTOMERS, p=growing / growing.sum()))
    pace = np.clip(chance.gamma(1.6, 22.0, CUSTOMERS), 9, 160)  # days between orders, in high season
    stopping = chance.beta(1.1, 6.5, CUSTOMERS)  # the chance to stop after any order
    gaps = chance.exponential(1.0, (CUSTOMERS, _MOST_ORDERS)) * pace[:, None] * 0.5
    gaps += pace[:, None] * 0.35
    gaps[:, 0] = 0
    at = joined[:, None] + np.cumsum(gaps, axis=1)
    alive = np.cumsum(chance.random((CUSTOMERS, _MOST_ORDERS)) < stopping[:, None], axis=1) == 0
    alive[:, 1:] = alive[:, :-1]
    alive[:, 0] = True
    inside = at < DAYS
    taken = chance.random((CUSTOMERS, _MOST_ORDERS)) < season[np.minimum(at, DAYS - 1).astype(int)] ** 0.6
    taken[:, 0] = True
    customer, nth = np.nonzero(alive & inside & taken)
    day = at[customer, nth].astype(np.int64)
    order = np.lexsort((customer, day))
    return _Orders(customer[order], day[order], (nth == 0)[order])


def _sales(
    chance: np.random.Generator,
    orders: _Orders,
    calendar: NDArray[Any],
    channel: Ints,
    country: Ints,
) -> dict[str, NDArray[Any]]:
    """The lines of every order: products, at times a discount, shipping under 50, and some refunds later."""
    count = len(orders.day)
    items = chance.choice([1, 2, 3], count, p=[0.5, 0.34, 0.16])
    of_order = np.repeat(np.arange(count), items)
    product = chance.choice(len(_PRODUCTS), len(of_order), p=[0.24, 0.13, 0.06, 0.16, 0.07, 0.06, 0.22, 0.06])
    quantity = chance.choice([1, 2, 3], len(of_order), p=[0.7, 0.22, 0.08])
    amount = np.array([price for _, _, price in _PRODUCTS])[product] * quantity
    sold = np.zeros(count, dtype=np.int64)
    np.add.at(sold, of_order, amount)
    discounted = np.flatnonzero(chance.random(count) < np.where(orders.first, 0.30, 0.11))
    shipped = np.flatnonzero(sold < 5000)
    returned = np.flatnonzero(chance.random(count) < 0.028)
    back = orders.day[returned] + chance.integers(3, 21, len(returned))
    returned, back = returned[back < DAYS], back[back < DAYS]
    pieces = (
        (of_order, orders.day[of_order], amount, "sale", product, quantity),
        (discounted, orders.day[discounted], -(sold[discounted] * 15 // 100), "discount", None, None),
        (shipped, orders.day[shipped], np.full(len(shipped), 595), "shipping", None, None),
        (returned, back, -(sold[returned] * 8 // 10), "refund", None, None),
    )
    # An order counts for the channel it came through: mostly the customer's own, often e-mail once they know us.
    through = np.where(
        ~orders.first & (chance.random(count) < 0.45), CHANNELS.index("email"), channel[orders.customer]
    )
    skus, names = (np.array([each[at] for each in _PRODUCTS]) for at in (0, 1))
    columns: dict[str, list[NDArray[Any]]] = {}
    for of, day, money, part, item, many in pieces:
        numbers = np.char.add("TP-", (of + 10_001).astype(str))
        piece = {
            "document": np.char.add("refund of ", numbers) if part == "refund" else numbers,
            "order_id": numbers,
            "customer_id": np.array([f"C{each + 1:05d}" for each in orders.customer[of]]),
            "day": calendar[day],
            "at": day,
            "channel": np.array(CHANNELS)[through[of]],
            "country": np.array(_COUNTRIES)[country[orders.customer[of]]],
            "sku": skus[item] if item is not None else np.full(len(of), None, dtype=object),
            "product": names[item] if item is not None else np.full(len(of), None, dtype=object),
            "quantity": many.astype(object) if many is not None else np.full(len(of), None, dtype=object),
            "part": np.full(len(of), part),
            "amount": money.astype(np.int64),
        }
        for name, values in piece.items():
            columns.setdefault(name, []).append(values.astype(object) if name != "at" else values)
    joined = {name: np.concatenate(values) for name, values in columns.items()}
    return {**joined, "amount": joined["amount"].astype(np.int64)}


def _spend(
    chance: np.random.Generator, orders: _Orders, channel: Ints, calendar: NDArray[Any], last: date
) -> dict[str, NDArray[Any]]:
    """What each channel costs a day: about so much a new customer, and since last week more for paid social."""
    cost = {"email": 900, "paid_social": 4_600, "paid_search": 4_100, "affiliate": 2_600, "organic": 700}
    weeks = np.arange(DAYS) // 7
    rows: dict[str, list[NDArray[Any]]] = {"day": [], "channel": [], "campaign": [], "amount": []}
    for at, name in enumerate(CHANNELS):
        new = np.bincount(orders.day[orders.first & (channel[orders.customer] == at)], minlength=DAYS)
        smooth = np.convolve(np.pad(new, 14, mode="reflect"), np.ones(29) / 29, mode="valid")
        noise = chance.normal(1, 0.05, weeks.max() + 1)[weeks] * chance.normal(1, 0.03, DAYS)
        money = np.maximum(smooth * cost[name], 150) * np.clip(noise, 0.7, 1.3)
        if name == "paid_social":
            money[calendar >= np.datetime64(last_complete_week(last + timedelta(days=1)).start)] *= 2.6
        rows["day"].append(calendar)
        rows["channel"].append(np.full(DAYS, name, dtype=object))
        rows["campaign"].append(np.full(DAYS, "always on", dtype=object))
        rows["amount"].append(money.astype(np.int64))
    return {name: np.concatenate(values) for name, values in rows.items()}


def _budget(dates: list[date], net: Ints, spend: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """A plan a month: what the year before suggested, with some growth."""
    months = sorted({day.replace(day=1) for day in dates})
    of_day = np.array([months.index(day.replace(day=1)) for day in dates])
    spent = np.zeros(DAYS, dtype=np.int64)
    np.add.at(spent, np.arange(len(spend["amount"])) % DAYS, spend["amount"])
    rows: list[tuple[date, str, int]] = []
    for at, month in enumerate(months):
        here = of_day == at
        whole = 30.4 / max(int(here.sum()), 1)
        for item, actual, factor in (
            ("net_revenue", net[here].sum(), 1.03),
            ("marketing_spend", spent[here].sum(), 0.94),
            ("cash_out", net[here].sum() * 1.10, 1.0),
        ):
            planned = round(float(actual) * factor * whole / 50_000) * 50_000  # plans are made in round sums
            rows.append((month, item, planned))
    return {
        "month": np.array([row[0] for row in rows], dtype="datetime64[D]"),
        "item": np.array([row[1] for row in rows]),
        "amount": np.array([row[2] for row in rows]),
    }


def _cash(
    chance: np.random.Generator, net: Ints, spend: Mapping[str, NDArray[Any]], calendar: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """Money in and out, and what is there, at the end of each week."""
    spent = np.zeros(DAYS, dtype=np.int64)
    np.add.at(spent, np.arange(len(spend["amount"])) % DAYS, spend["amount"])
    ends = np.arange(6, DAYS, 7)
    inflow = np.array([net[at - 6 : at + 1].sum() for at in ends])
    goods = (inflow * 0.42).astype(np.int64)
    wages = (chance.normal(620_000, 12_000, len(ends))).astype(np.int64)
    out = goods + wages + np.array([spent[at - 6 : at + 1].sum() for at in ends])
    balance = 45_000_000 + np.cumsum(inflow - out)
    return {
        "day": calendar[ends],
        "account": np.full(len(ends), "main", dtype=object),
        "cash_in": inflow,
        "cash_out": out,
        "balance": balance,
    }


def _tickets(
    chance: np.random.Generator, orders: _Orders, calendar: NDArray[Any], ids: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """What customers ask: about one question in seven orders, three in four answered by the bot."""
    asked = np.flatnonzero(chance.random(len(orders.day)) < 0.15)
    day = np.minimum(orders.day[asked] + chance.integers(0, 10, len(asked)), DAYS - 1)
    topic = chance.choice(len(_TOPICS), len(asked), p=_TOPIC_SHARES)
    lately = (day >= DAYS - 14) & (chance.random(len(asked)) < 0.3)
    topic[lately] = _TOPICS.index("oat milk")
    by_bot = (chance.random(len(asked)) < 0.75) & ~lately
    reopened = chance.random(len(asked)) < 0.06
    status = np.where(by_bot, np.where(reopened, "answered", "resolved"), "escalated")
    seconds = np.where(by_bot, 1, chance.lognormal(8.6, 0.7, len(asked)).astype(np.int64))
    mood = chance.random(len(asked))
    pleased = np.where(
        mood < np.where(by_bot, 0.52, 0.40), "positive", np.where(mood < 0.84, "neutral", "negative")
    )
    said = pleased.astype(object)
    said[chance.random(len(asked)) >= 0.7] = None
    return {
        "ticket_id": np.array([f"T{number:05d}" for number in range(1, len(asked) + 1)]),
        "customer_id": ids[orders.customer[asked]],
        "day": calendar[day],
        "topic": np.array(_TOPICS)[topic],
        "status": status,
        "answered_by": np.where(by_bot, "bot", "person"),
        "first_response_seconds": seconds,
        "satisfaction": said,
    }


def _campaigns(chance: np.random.Generator, dates: list[date]) -> dict[str, NDArray[Any]]:
    """Six past win-back and season mails, each with a tenth held out."""
    names = (
        "Spring thank-you",
        "Summer iced chai",
        "Win-back July",
        "Autumn spice",
        "Gift tins",
        "Win-back winter",
    )
    starts = [dates[at] for at in (150, 250, 330, 430, 560, DAYS - 12)]
    sent = chance.integers(140, 420, len(names))
    held = np.maximum(sent // 9, 14)
    ordered = (sent * chance.uniform(0.05, 0.11, len(names))).astype(np.int64)
    held_ordered = (held * chance.uniform(0.02, 0.06, len(names))).astype(np.int64)
    return {
        "campaign": np.array(names),
        "channel": np.full(len(names), "email", dtype=object),
        "segment": np.array(["Loyal", "Champions", "At Risk", "Loyal", "Champions", "At Risk"]),
        "started": np.array(starts, dtype="datetime64[D]"),
        "ended": np.array([day + timedelta(days=14) for day in starts], dtype="datetime64[D]"),
        "recipients": sent,
        "recipients_ordered": ordered,
        "held_out": held,
        "held_out_ordered": held_ordered,
        "revenue": ordered * 4_700,
        "cost": sent * 12,
    }


def _table(name: str, columns: Mapping[str, NDArray[Any]]) -> pa.Table:
    """The columns as the schema has them; in a sample the key is the place, and nothing ever changes."""
    import pyarrow as pa  # noqa: PLC0415 - with the engine

    kinds = {"int64": pa.int64(), "string": pa.string(), "date": pa.date32()}
    count = len(next(iter(columns.values())))
    given = {**columns, "key": np.arange(1, count + 1), "digest": np.zeros(count, dtype=np.int64)}
    arrays = []
    for column, kind in TABLES[name].items():
        values = given[column]
        if kind == "date":
            values = values.astype("datetime64[D]")
        arrays.append(pa.array(values.tolist() if kind != "date" else values, kinds[kind]))
    return pa.table(arrays, names=list(TABLES[name]))
