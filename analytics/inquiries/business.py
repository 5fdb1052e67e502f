"""What there is to ask about in a store: its channels, countries, products and topics, and the days it covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.countries import country_code

if TYPE_CHECKING:
    from analytics.tables import Tables

Days = tuple[date, date] | None
"""The first and the last day, or None where there is nothing."""


@dataclass(frozen=True)
class Business:
    """The values that a store knows, as it writes them, the commonest first."""

    channels: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    ordered: Days = None
    spent: Days = None
    asked: Days = None

    def in_country(self, code: str) -> tuple[str, ...]:
        """How the store writes a country; () where it has none of it."""
        return tuple(one for one in self.countries if country_code(one) == code)


def read_business(tables: Tables) -> Business:
    """Read it: some hundred values at most of each kind. Raises what the engine raises."""
    sold, spent = _values(tables.orders, "channel"), _values(tables.spend, "channel")
    return Business(
        channels=tuple(dict.fromkeys([*sold, *spent])),
        countries=tuple(
            dict.fromkeys([*_values(tables.orders, "country"), *_values(tables.customers, "country")])
        ),
        products=tuple(_values(tables.sales.filter(tables.sales.part == "sale"), "product")),
        topics=tuple(_values(tables.tickets, "topic")),
        ordered=_days(tables.orders),
        spent=_days(tables.spend),
        asked=_days(tables.tickets),
    )


def _values(table: Any, column: str, most: int = 500) -> list[str]:
    known = table.filter(table[column].notnull(), table[column] != "")
    counted = known.group_by(column).agg(times=known.count())
    frame = counted.order_by([counted.times.desc(), counted[column]]).limit(most).to_pandas()
    return [str(one) for one in frame[column]]


def _days(table: Any) -> Days:
    frame = table.agg(first=table.day.min(), last=table.day.max()).to_pandas()
    first, last = frame["first"].iloc[0], frame["last"].iloc[0]
    if pd.isna(first):
        return None
    return pd.Timestamp(first).date(), pd.Timestamp(last).date()
