"""What to recommend to whom: what others bought who bought the same, from real purchases alone.

The anchor is the dearest item of a customer's last order. Of the products that customers of the anchor have bought too,
often enough to mean something and more often than customers in general (lift above 1), the one that most of them
bought is recommended; without such a one, the best-seller. Nothing from the last order itself, and nothing that has
not been sold of late. The store counts; what it has counted is small enough to choose from in memory.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics.tables import Tables, total

if TYPE_CHECKING:
    from ibis import Table

SUPPORT: Final = 10
"""So many customers must have bought both."""

_SOLD_DAYS: Final = 180
_PRODUCTS: Final = 200  # the best-sellers, among which pairs are counted: bounds the work on any catalogue
_BESIDE: Final = 6
_BEST: Final = 12
_KEY: Final = ["customer_id", "item"]


def recommend(
    tables: Tables, day: date, people: Table | None = None, *, support: int = SUPPORT
) -> pd.DataFrame:
    """A row a customer with an order of products before `day`, sorted by id; of `people` only where given.

    Columns: customer_id, last_day, last_product, product, sku, basis ("bought together" or "best-seller"), and
    `together` of `buyers`: so many of the anchor's customers bought it too, null for a best-seller. `product` is null
    for who has just bought all that could be recommended.
    """
    lines = _lines(tables, day)
    best = _best_sellers(lines, day)
    last = _last_lines(tables, lines, day, people)
    anchors = last.drop_duplicates("customer_id")[["customer_id", "last_day", "item", "name"]]
    chosen = _choose(anchors, last, _pairs(lines, best, support), best)
    named = anchors.rename(columns={"name": "last_product"}).drop(columns="item")
    return named.merge(chosen, "left", "customer_id").reset_index(drop=True)


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
    return sold.select(
        "document",
        "customer_id",
        "day",
        "sku",
        "amount",
        item=sold.sku.coalesce(sold.product),
        name=sold.product.coalesce(sold.sku),
    )


def _last_lines(tables: Tables, lines: Table, day: date, people: Table | None) -> pd.DataFrame:
    """The items of everybody's last positive order that has any, the dearest first."""
    orders = tables.orders
    placed = orders.filter(orders.seq.notnull(), orders.day < day)
    if people is not None:
        placed = placed.semi_join(people, "customer_id")
    placed = placed.select("document", "seq", last_day=placed.day.cast("timestamp"))
    of = lines.drop("day", "sku").join(placed, "document")
    latest = of.mutate(latest=of.seq.max().over(group_by=of.customer_id))
    latest = latest.filter(latest.seq == latest.latest)
    items = latest.group_by(["customer_id", "last_day", "item"]).agg(
        name=latest.name.max(), amount=total(latest.amount)
    )
    frame: pd.DataFrame = items.to_pandas()
    return frame.sort_values(
        ["customer_id", "amount", "item"], ascending=[True, False, True], ignore_index=True
    )


def _best_sellers(lines: Table, day: date) -> pd.DataFrame:
    """The products that are still sold, those of most customers first."""
    counted = lines.group_by("item").agg(
        name=lines.name.max(),
        sku=lines.sku.max(),
        buyers=lines.customer_id.nunique().cast("int64"),
        sold=lines.day.max(),
    )
    sold = counted.filter(counted.sold >= day - timedelta(days=_SOLD_DAYS)).drop("sold")
    frame: pd.DataFrame = sold.order_by([sold.buyers.desc(), sold.item]).limit(_PRODUCTS).to_pandas()
    return frame


def _pairs(lines: Table, best: pd.DataFrame, support: int) -> pd.DataFrame:
    """For each of the best-sellers those bought by the same customers, most first: `item`, and `other` beside it."""
    owned = lines.filter(lines.item.isin(best["item"].tolist())).select(*_KEY).distinct()
    # No join of the table with itself: PostgreSQL would compare every row with every other.
    baskets = owned.group_by("customer_id").agg(basket=owned.item.collect())
    one = baskets.select("basket", item=baskets.basket.unnest())
    both = one.select("item", other=one.basket.unnest())
    both = both.filter(both.item != both.other)
    counted = both.group_by(["item", "other"]).agg(together=both.count().cast("int64"))
    frame: pd.DataFrame = counted.filter(counted.together >= support).to_pandas()
    customers = int(owned.customer_id.nunique().to_pandas())
    buyers = best.set_index("item")["buyers"]
    frame["buyers"], of_other = frame["item"].map(buyers), frame["other"].map(buyers)
    lifted = frame[frame["together"] * customers > frame["buyers"] * of_other]
    ranked = lifted.sort_values(["item", "together", "other"], ascending=[True, False, True])
    return ranked.groupby("item").head(_BESIDE)


def _choose(
    anchors: pd.DataFrame, last: pd.DataFrame, pairs: pd.DataFrame, best: pd.DataFrame
) -> pd.DataFrame:
    """One product a customer: the first of what goes with the anchor, else of the best-sellers; no row for none."""
    had = pd.MultiIndex.from_frame(last[_KEY])
    beside = anchors[_KEY].merge(pairs, on="item").drop(columns="item").rename(columns={"other": "item"})
    beside = beside[~pd.MultiIndex.from_frame(beside[_KEY]).isin(had)].drop_duplicates("customer_id")
    found = [beside.assign(basis="bought together")]
    left = anchors.loc[~anchors["customer_id"].isin(beside["customer_id"]), "customer_id"]
    for item in best["item"].head(_BEST):
        owners = last.loc[last["item"] == item, "customer_id"]
        fresh = left[~left.isin(owners)]
        found.append(pd.DataFrame({"customer_id": fresh, "item": item, "basis": "best-seller"}))
        left = left[left.isin(owners)]
    chosen = pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)
    chosen = chosen.reindex(columns=[*_KEY, "basis", "together", "buyers"])
    chosen = chosen.astype({"together": "Int64", "buyers": "Int64"})
    named = best[["item", "name", "sku"]].rename(columns={"name": "product"})
    columns = ["customer_id", "product", "sku", "basis", "together", "buyers"]
    return chosen.merge(named, "left", "item")[columns]
