"""The tables that reports are made from, as Ibis expressions: the same on DuckDB, PostgreSQL and any other engine.

Sums are of integers and every order has a unique last key, so that all engines give the same numbers to the last
digit. Months are counted as year * 12 + month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.schema import NET_PARTS, UNDATED

if TYPE_CHECKING:
    from ibis import Table


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in a store: its currency, the day until which its data are a sample, and the state they have.

    `generation` changes whenever the data do.
    """

    currency: str | None = None
    sample: date | None = None
    filled: bool = False
    generation: str | None = None

    @property
    def real(self) -> bool:
        """Whether there are data that are no sample."""
        return self.filled and self.sample is None


@dataclass(frozen=True)
class Names:
    """Texts of `sales` that large tables know by numbers, each in a table of its own with its number.

    `people` has `customer_id` and `person`, in the order of the ids; `channels` `channel` and `channel_number`;
    `countries` `country` and `country_number`.
    """

    people: Table
    channels: Table
    countries: Table


@dataclass(frozen=True)
class Tables:
    """What is known of a business. `documents`, `orders` and `buyers` are made of `sales`, and may be kept ready.

    `orders` are the `documents` with names in place of numbers: they are the same rows. `buyers(day)` are the
    customers as they stood at the beginning of that day. A `document` is the same in `sales` and in `orders`, and
    nothing to show: an engine may know it by a number.
    """

    sales: Table
    documents: Table
    names: Names
    orders: Table
    spend: Table
    budget: Table
    cash: Table
    customers: Table
    tickets: Table
    campaigns: Table
    buyers: Callable[[date], Table]


def total(column: Any, where: Any = None) -> Any:
    """The sum of an integer column; 0 of no rows."""
    return column.sum(where=where).fill_null(0).cast("int64")


def month_number(day: Any) -> Any:
    """Months since the year 0, so that their difference counts months."""
    return (day.year() * 12 + day.month() - 1).cast("int64")


def numbered(sales: Table, name: str, number: str) -> Table:
    """Every text that stands in a column of `sales` once, and beside it its place among them as a number.

    Large tables are counted by numbers: to sort and to group by them takes half the time, and a part of the memory.
    """
    import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

    known = sales.filter(sales[name].notnull()).select(name).distinct()
    place = ibis.row_number().over(ibis.window(order_by=[known[name]]))
    return known.mutate(**{number: place.cast("int64")})


def names(sales: Table) -> Names:
    """The numbers of the customers, channels and countries in `sales`."""
    return Names(
        people=numbered(sales, "customer_id", "person"),
        channels=numbered(sales, "channel", "channel_number"),
        countries=numbered(sales, "country", "country_number"),
    )


def documents(sales: Table, names: Names, identity: Callable[[Any], Any]) -> Table:
    """A row a document: order, or refund of its own; its customer, channel and country as numbers.

    `positive` is 1 where the document's total without tax and shipping is above zero; only such have a `gross`
    (its sales), a `seq` (the customer's how-manieth positive order) and a `gap` (days since the one before).
    `net` is sales less discounts and refunds. `identity` gives what stands for a document's text in comparisons.
    """
    import ibis  # noqa: PLC0415 - as above

    summed = _sums(sales, names, identity)
    flagged = summed.mutate(
        positive=ibis.ifelse(summed.whole > 0, 1, 0).cast("int64"),
        gross=ibis.ifelse((summed.whole > 0) & (summed.sold > 0), summed.sold, 0).cast("int64"),
    )
    # Of two orders on one day the one with the lower key counts as the first: any engine finds the same.
    order = ibis.window(group_by=[flagged.person, flagged.positive], order_by=[flagged.day, flagged.key])
    named = (flagged.positive == 1) & flagged.person.notnull()
    before = flagged.day.lag().over(order)
    return flagged.mutate(
        seq=ibis.ifelse(named, ibis.row_number().over(order) + 1, ibis.null("int64")).cast("int64"),
        gap=ibis.ifelse(named, flagged.day.delta(before, unit="day"), ibis.null("int64")).cast("int64"),
    ).drop("sold", "whole", "key")


def _sums(sales: Table, names: Names, identity: Callable[[Any], Any]) -> Table:
    """The sums of each document, and the lowest key of its lines."""
    import ibis  # noqa: PLC0415 - as above

    # An export of orders says what was refunded, but not when; a refund that was imported itself takes its place.
    dated = sales.filter(sales.part == "refund", sales.document.startswith("refund "))
    dated = dated.filter(~dated.document.startswith(UNDATED)).select("order_id").distinct()
    doubled = sales.document.startswith(UNDATED) & sales.order_id.isin(dated.order_id)
    lines = sales.filter(~doubled)
    lines = lines.select(
        "key", "day", "part", "amount", "customer_id", "channel", "country", document=identity(lines.document)
    )
    for known, name in (
        (names.people, "customer_id"),
        (names.channels, "channel"),
        (names.countries, "country"),
    ):
        lines = lines.left_join(known, name).drop(name, f"{name}_right")

    def of(part: Any) -> Any:
        return ibis.ifelse(part, lines.amount, 0).sum().cast("int64")

    return lines.group_by("document").agg(
        key=lines.key.min(),
        person=lines.person.max(),
        day=lines.day.min(),
        channel_number=lines.channel_number.max(),
        country_number=lines.country_number.max(),
        sold=of(lines.part == "sale"),
        discount=-of(lines.part == "discount"),
        net=of(lines.part.isin(NET_PARTS)),
        whole=of(~lines.part.isin(("shipping", "tax"))),
    )


def orders(documents: Table, names: Names) -> Table:
    """The documents with the names of customer, channel and country."""
    found = documents.left_join(names.people, "person").drop("person_right")
    found = found.left_join(names.channels, "channel_number").drop("channel_number", "channel_number_right")
    return found.left_join(names.countries, "country_number").drop("country_number", "country_number_right")


def standing_at(documents: Table, day: date, every: int = 1) -> Table:
    """Everyone with a positive order before `day`, by `person`: recency, frequency and money as of then.

    `median_gap` is in days; null for who has ordered once. `channel_number` is that of the first order. With `every`
    above 1 only so many-th people, by number.
    """
    import ibis  # noqa: PLC0415 - as above

    known = documents.filter(documents.day < day, documents.person.notnull())
    if every > 1:
        known = known.filter(known.person % every == 0)
    bought = known.positive == 1
    found = known.group_by("person").agg(
        first_day=known.day.min(where=bought),
        last_day=known.day.max(where=bought),
        orders=total(known.positive),
        gross=total(known.gross),
        net=total(known.net),
        median_gap=known.gap.median(where=known.gap.notnull()).cast("float64"),
        channel_number=known.channel_number.max(where=known.seq == 1),
        country_number=known.country_number.max(),
    )
    found = found.filter(found.orders > 0)
    at = ibis.date(day.year, day.month, day.day)
    return found.mutate(recency=at.delta(found.last_day, unit="day").cast("int64"))


def buyers(documents: Table, names: Names, day: date) -> Table:
    """Everyone with a positive order before `day`, as of then, with the segment.

    `r`, `f` and `m` are fifths, 5 the best, ties parted by the customer's id. The segments are DEFINITIONS' in
    their order: the first that fits.
    """
    import ibis  # noqa: PLC0415 - as above

    aged = standing_at(documents, day)

    def fifth(*by: Any) -> Any:
        # The numbers of people are in the order of their ids.
        return (ibis.ntile(5).over(ibis.window(order_by=[*by, aged.person])) + 1).cast("int64")

    ranked = aged.mutate(r=fifth(aged.recency.desc()), f=fifth(aged.orders), m=fifth(aged.net))
    worth = ranked.f + ranked.m  # twice the mean of F and M
    segment = ibis.cases(
        ((ranked.recency > 3 * ranked.median_gap) & (ranked.r == 1), "Churned"),
        ((ranked.r >= 4) & (worth >= 8), "Champions"),
        ((ranked.r >= 3) & (worth >= 6), "Loyal"),
        ((ranked.r >= 4) & (ranked.orders == 1), "New"),
        (ranked.r >= 3, "Potential"),
        ((ranked.r <= 2) & (worth >= 6), "At Risk"),
        else_="Hibernating",
    )
    found = ranked.mutate(segment=segment).join(names.people, "person")
    found = found.left_join(names.channels.rename(first_channel="channel"), "channel_number")
    found = found.drop("channel_number", "channel_number_right").left_join(names.countries, "country_number")
    return found.drop("country_number", "country_number_right")


def days(documents: Table, names: Names) -> Table:
    """A row a day and channel: gross, discounts, net, and the number of positive orders and of new customers."""
    summed = documents.group_by(["day", "channel_number"]).agg(
        gross=total(documents.gross),
        discount=total(documents.discount),
        net=total(documents.net),
        orders=total(documents.positive),
        new_customers=total(documents.positive, documents.seq == 1),
    )
    return summed.left_join(names.channels, "channel_number").drop("channel_number", "channel_number_right")
