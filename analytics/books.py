"""Everything by day and channel, read once for a report: a few thousand rows however many orders there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.period import Period
from analytics.tables import Tables, days

_PACE_WEEKS = 8
MEASURES = ("gross", "discount", "net", "orders", "new_customers")


@dataclass(frozen=True)
class Books:
    """Daily frames with a column `day` of days; money in minor units.

    `sold` has a row a day and channel with the measures, `spent` one a day and channel with `amount`. `budget` has
    `month`, `item`, `amount`; `cash` has `day`, `account`, `cash_in`, `cash_out`, `balance`.
    """

    sold: pd.DataFrame
    spent: pd.DataFrame
    budget: pd.DataFrame
    cash: pd.DataFrame

    @property
    def first_day(self) -> date | None:
        """The day of the first order, or None without any."""
        return None if self.sold.empty else self.sold["day"].min().date()

    @property
    def last_day(self) -> date | None:
        """The day of the last order, or None without any."""
        return None if self.sold.empty else self.sold["day"].max().date()

    def sum(self, measure: str, period: Period, channels: Collection[str] | None = None) -> int:
        """The sum of a measure of sales over a period, of all channels or some."""
        return int(within(self.sold, period, channels)[measure].sum())

    def spend(self, period: Period, channels: Collection[str] | None = None) -> int | None:
        """What was spent in a period; None where nothing is recorded for it."""
        rows = within(self.spent, period, channels)
        return None if rows.empty else int(rows["amount"].sum())

    def daily(self, measure: str, until: date) -> pd.Series[int]:
        """A measure of sales for every day from the first to the one before `until`, 0 where nothing was sold."""
        end = pd.Timestamp(until)
        rows = self.sold[self.sold["day"] < end]
        if rows.empty:
            return pd.Series(dtype="int64")
        every = pd.date_range(rows["day"].min(), end - pd.Timedelta(days=1), freq="D")
        return rows.groupby("day")[measure].sum().reindex(every, fill_value=0)


def within(frame: pd.DataFrame, period: Period, channels: Collection[str] | None = None) -> pd.DataFrame:
    """The rows of a period, of all channels or some."""
    inside = (frame["day"] >= pd.Timestamp(period.start)) & (frame["day"] < pd.Timestamp(period.end))
    if channels is not None:
        inside &= frame["channel"].isin(list(channels))
    return frame[inside]


def weekday_weights(books: Books, week: Period) -> list[float]:
    """How much of a week's net revenue falls on each weekday, Monday first, by the last eight weeks."""
    sold = books.daily("net", week.end).tail(7 * _PACE_WEEKS).clip(lower=0)
    if sold.empty or sold.sum() == 0:
        return [1 / 7] * 7
    means = sold.groupby(pd.DatetimeIndex(sold.index).dayofweek).mean()
    each = [float(means.get(day, 0.0)) for day in range(7)]
    least = sum(each) / 7 * 0.05  # a weekday on which nothing was sold may yet sell
    whole = sum(each) + 7 * least
    return [(one + least) / whole for one in each]


def read_books(tables: Tables, until: date) -> Books:
    """The books up to, but not including, a day. Raises what the engine raises."""
    documents = tables.documents.filter(tables.documents.day < until)
    spend = tables.spend.filter(tables.spend.day < until)
    spent = spend.group_by(["day", "channel"]).agg(amount=spend.amount.sum().cast("int64"))
    cash = tables.cash.filter(tables.cash.day < until)
    return Books(
        sold=_frame(days(documents, tables.names), "day", "channel"),
        spent=_frame(spent, "day", "channel"),
        budget=_frame(tables.budget.select("month", "item", "amount"), "month", "item"),
        cash=_frame(cash.select("day", "account", "cash_in", "cash_out", "balance"), "day", "account"),
    )


def _frame(expression: object, day: str, then: str) -> pd.DataFrame:
    """The rows in order; an engine gives them in any."""
    frame: pd.DataFrame = expression.to_pandas()  # type: ignore[attr-defined]
    frame[day] = pd.to_datetime(frame[day])
    frame[then] = frame[then].fillna("unknown")
    return frame.sort_values([day, then], ignore_index=True)
