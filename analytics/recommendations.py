"""What to recommend to whom: what others bought who bought the same, from real purchases alone.

The anchor is the dearest item of a customer's last order. Of the products that customers of the anchor have bought too,
often enough to mean something and more often than customers in general (lift above 1), the one that most of them
bought is recommended; without such a one, the best-seller. Nothing from the last order itself, and nothing that has
not been sold of late. Integer counts and unique last keys: the same on every engine.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from analytics.tables import Tables, total

if TYPE_CHECKING:
    from ibis import Table

SUPPORT: Final = 10
"""So many customers must have bought both."""

_SOLD_DAYS: Final = 180
_PRODUCTS: Final = 200  # the best-sellers, among which pairs are counted: bounds the work on any catalogue
_BESIDE: Final = 6
_BEST: Final = 12


def recommend(tables: Tables, day: date, people: Table | None = None, *, support: int = SUPPORT) -> Table:
    """A row a customer with an order of products before `day`, of `people` only where given (by `customer_id`).

    Columns: customer_id, last_day, last_product, product, sku, basis ("bought together" or "best-seller"), and
    `together` of `buyers`: so many of the anchor's customers bought it too, null for a best-seller. `product` is null
    for who has just bought all that could be recommended.
    """
    lines = _lines(tables, day)
    last = _last_lines(tables, lines, day, people)
    anchor = last.filter(_rank(last, "customer_id", by=[last.amount.desc(), last.item]) == 0)
    anchor = anchor.select("customer_id", "last_day", anchor=anchor.item, last_product=anchor.name)
    best = _best_sellers(lines, day)
    chosen = _choose(anchor, last, _pairs(lines, best, support), best)
    joined = anchor.left_join(chosen, "customer_id")
    return joined.select(
        "customer_id", "last_day", "last_product", "product", "sku", "basis", "together", "buyers"
    )


def _lines(tables: Tables, day: date) -> Table:
    """An item of an order each; an item goes by its number, or its name where it has none."""
    sales = tables.sales
    sold = sales.filter(
        sales.part == "sale",
        sales.amount > 0,
        sales.day < day,
        sales.customer_id.notnull(),
        sales.sku.notnull() | sales.product.notnull(),
    )
    named = sold.mutate(item=sold.sku.coalesce(sold.product), name=sold.product.coalesce(sold.sku))
    return named.group_by(["document", "customer_id", "item"]).agg(
        name=named.name.max(), amount=total(named.amount), day=named.day.max(), sku=named.sku.max()
    )


def _last_lines(tables: Tables, lines: Table, day: date, people: Table | None) -> Table:
    """The items of everybody's last positive order that has any."""
    orders = tables.orders
    placed = orders.filter(orders.seq.notnull(), orders.day < day)
    if people is not None:
        placed = placed.semi_join(people, "customer_id")
    placed = placed.select("document", "customer_id", "seq", last_day=placed.day)
    of = lines.drop("day").join(placed, ["document", "customer_id"])
    latest = of.group_by("customer_id").agg(seq=of.seq.max())
    return of.semi_join(latest, ["customer_id", "seq"])


def _best_sellers(lines: Table, day: date) -> Table:
    """The products by the number of their customers, `place` 0 the best, of those that are still sold."""
    import ibis  # noqa: PLC0415 - half a second that `gtm --help` does without

    since = day - timedelta(days=_SOLD_DAYS)
    counted = lines.group_by("item").agg(
        name=lines.name.max(),
        sku=lines.sku.max(),
        buyers=lines.customer_id.nunique().cast("int64"),
        sold=lines.day.max(),
    )
    sold = counted.filter(counted.sold >= since).drop("sold")
    placed = sold.mutate(
        place=ibis.row_number().over(ibis.window(order_by=[sold.buyers.desc(), sold.item])).cast("int64")
    )
    return placed.filter(placed.place < _PRODUCTS)


def _pairs(lines: Table, best: Table, support: int) -> Table:
    """For each product those bought by the same customers, `place` 0 the most."""
    owned = lines.select("customer_id", "item").distinct().semi_join(best, "item")
    customers = owned.select("customer_id").distinct().count().as_scalar()
    other = owned.select("customer_id", other=owned.item)
    both = owned.join(other, "customer_id")
    both = both.filter(both.item != both.other)
    counted = both.group_by(["item", "other"]).agg(together=both.customer_id.count().cast("int64"))
    counted = counted.filter(counted.together >= support)
    counted = counted.join(best.select("item", "buyers"), "item")
    others = best.select(other=best.item, product=best.name, sku=best.sku, other_buyers=best.buyers)
    counted = counted.join(others, "other")
    lifted = counted.filter(counted.together * customers > counted.buyers * counted.other_buyers)
    placed = lifted.mutate(place=_rank(lifted, "item", by=[lifted.together.desc(), lifted.other]))
    return placed.filter(placed.place < _BESIDE)


def _choose(anchor: Table, last: Table, pairs: Table, best: Table) -> Table:
    """One product a customer: the first of what goes with the anchor, then of the best-sellers."""
    import ibis  # noqa: PLC0415 - as above

    beside = anchor.join(pairs, anchor.anchor == pairs.item).select(
        "customer_id",
        "product",
        "sku",
        "place",
        "together",
        "buyers",
        item="other",
        basis=_text("bought together"),
    )
    top = best.filter(best.place < _BEST)
    anyway = anchor.cross_join(top).select(
        "customer_id",
        "sku",
        "item",
        product="name",
        place=top.place + _BESIDE,
        together=ibis.null("int64"),
        buyers=ibis.null("int64"),
        basis=_text("best-seller"),
    )
    columns = ("customer_id", "item", "product", "sku", "basis", "place", "together", "buyers")
    offered = beside.select(*columns).union(anyway.select(*columns))
    fresh = offered.anti_join(last.select("customer_id", "item"), ["customer_id", "item"])
    first = _rank(fresh, "customer_id", by=[fresh.place, fresh.item])
    return fresh.filter(first == 0).drop("item", "place")


def _rank(table: Table, group: str, *, by: list[Any]) -> Any:
    import ibis  # noqa: PLC0415 - as above

    return ibis.row_number().over(ibis.window(group_by=table[group], order_by=by)).cast("int64")


def _text(text: str) -> Any:
    import ibis  # noqa: PLC0415 - as above

    return ibis.literal(text)
