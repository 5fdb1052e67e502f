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
class Tables:
    """What is known of a business. `orders` and `buyers` are made of `sales`, and may be kept ready.

    `buyers(day)` are the customers as they stood at the beginning of that day. `person` in both is a customer's
    number, which only these tables know.
    """

    sales: Table
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


def people(sales: Table) -> Table:
    """A row a customer who stands in a sale: `customer_id`, and `person`, a number in the order of the ids.

    Everything that has to do with each customer is counted by the number: it is quicker than a text.
    """
    import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

    known = sales.filter(sales.customer_id.notnull()).select("customer_id").distinct()
    place = ibis.row_number().over(ibis.window(order_by=[known.customer_id]))
    return known.mutate(person=place.cast("int64"))


def orders(sales: Table, people: Table) -> Table:
    """A row a document: order, or refund of its own.

    `positive` is 1 where the document's total without tax and shipping is above zero; only such have a `gross`
    (its sales), a `seq` (the customer's how-manieth positive order) and a `gap` (days since the one before).
    `net` is sales less discounts and refunds.
    """
    import ibis  # noqa: PLC0415 - as above

    # An export of orders says what was refunded, but not when; a refund that was imported itself takes its place.
    dated = sales.filter(sales.part == "refund", sales.document.startswith("refund "))
    dated = dated.filter(~dated.document.startswith(UNDATED)).select("order_id").distinct()
    doubled = sales.document.startswith(UNDATED) & sales.order_id.isin(dated.order_id)
    sales = sales.filter(~doubled)
    counted = ~sales.part.isin(("shipping", "tax"))
    documents = sales.group_by("document").agg(
        customer_id=sales.customer_id.max(),
        day=sales.day.min(),
        channel=sales.channel.max(),
        country=sales.country.max(),
        sold=total(sales.amount, sales.part == "sale"),
        discount=total(-sales.amount, sales.part == "discount"),
        net=total(sales.amount, sales.part.isin(NET_PARTS)),
        whole=total(sales.amount, counted),
    )
    documents = documents.left_join(people, "customer_id").drop("customer_id_right")
    flagged = documents.mutate(
        positive=ibis.ifelse(documents.whole > 0, 1, 0).cast("int64"),
        gross=ibis.ifelse((documents.whole > 0) & (documents.sold > 0), documents.sold, 0).cast("int64"),
    )
    order = ibis.window(group_by=[flagged.person, flagged.positive], order_by=[flagged.day, flagged.document])
    named = (flagged.positive == 1) & flagged.person.notnull()
    before = flagged.day.lag().over(order)
    return flagged.mutate(
        seq=ibis.ifelse(named, ibis.row_number().over(order) + 1, ibis.null("int64")).cast("int64"),
        gap=ibis.ifelse(named, flagged.day.delta(before, unit="day"), ibis.null("int64")).cast("int64"),
    ).select(
        "document",
        "customer_id",
        "person",
        "day",
        "channel",
        "country",
        "gross",
        "discount",
        "net",
        "positive",
        "seq",
        "gap",
    )


def standing_at(orders: Table, day: date, every: int = 1) -> Table:
    """Everyone with a positive order before `day`, by `person`: recency, frequency and money as of then.

    `median_gap` is in days; null for who has ordered once. With `every` above 1 only so many-th people, by number.
    """
    import ibis  # noqa: PLC0415 - as above

    known = orders.filter(orders.day < day, orders.person.notnull())
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
        first_channel=known.channel.max(where=known.seq == 1),
        country=known.country.max(),
    )
    found = found.filter(found.orders > 0)
    at = ibis.date(day.year, day.month, day.day)
    return found.mutate(recency=at.delta(found.last_day, unit="day").cast("int64"))


def buyers(orders: Table, people: Table, day: date) -> Table:
    """Everyone with a positive order before `day`, as of then, with the segment.

    `r`, `f` and `m` are fifths, 5 the best, ties parted by the customer's id. The segments are DEFINITIONS' in
    their order: the first that fits.
    """
    import ibis  # noqa: PLC0415 - as above

    aged = standing_at(orders, day)

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
    return ranked.mutate(segment=segment).join(people, "person")


def days(orders: Table) -> Table:
    """A row a day and channel: gross, discounts, net, and the number of positive orders and of new customers."""
    return orders.group_by(["day", "channel"]).agg(
        gross=total(orders.gross),
        discount=total(orders.discount),
        net=total(orders.net),
        orders=total(orders.positive),
        new_customers=total(orders.positive, orders.seq == 1),
    )
