"""What the customers of a campaign did in its window, by side and by arm."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.arms import Arm
from analytics.holdout import Group, Sum
from analytics.tables import total

if TYPE_CHECKING:
    from ibis import Table

_MONEY: Final = ("gross", "discount", "net")


def bought(orders: Table, start: date, end: date) -> pd.DataFrame:
    """A row a customer who ordered, or sent something back, from `start` until before `end`: orders, and sums of
    gross, discount and net in minor units. The first day counts for both sides alike."""
    inside = orders.filter(orders.customer_id.notnull(), orders.day >= start, orders.day < end)
    sums = {name: total(inside[name]) for name in _MONEY}
    frame: pd.DataFrame = (
        inside.group_by("customer_id").agg(orders=total(inside.positive), **sums).to_pandas()
    )
    return frame.set_index("customer_id")


def sides(
    assigned: pd.DataFrame,
    bought: pd.DataFrame,
    margin: float,
    *,
    offer_share: float = 0.0,
    offer_amount: int = 0,
) -> tuple[Group, Group]:
    """Who was written to, and who was held out. `assigned` has `customer_id` and `held_out`, a row a customer.

    What an order was reduced by counts as the offer up to the offer's worth; the rest is a discount as ever, and part
    of net revenue.
    """
    joined = _joined(assigned, bought)
    held = assigned["held_out"].to_numpy(dtype=bool)
    worth = offer_share * joined["gross"] + offer_amount * joined["orders"]
    offers = np.where(held, 0.0, np.minimum(joined["discount"], worth))
    profit = (joined["net"] + offers) * margin - offers

    def group(mine: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Group:
        revenue, gained = joined["net"].to_numpy()[mine], profit.to_numpy()[mine]
        return Group(
            int(mine.sum()),
            int((joined["orders"].to_numpy()[mine] > 0).sum()),
            Sum(float(revenue.sum()), float((revenue**2).sum())),
            Sum(float(gained.sum()), float((gained**2).sum())),
        )

    return group(~held), group(held)


def arms(assigned: pd.DataFrame, succeeded: pd.DataFrame | pd.Index[str]) -> list[Arm]:
    """The arms with their counts, by name: `assigned` has `customer_id` and `arm`, null for who got none.

    `succeeded` are the customers who did what was hoped for: those of `bought` with an order, or ids of your own.
    """
    done = succeeded[succeeded["orders"] > 0].index if isinstance(succeeded, pd.DataFrame) else succeeded
    sent = assigned[assigned["arm"].notna()]
    hit = sent["customer_id"].isin(done)
    counted = pd.DataFrame({"arm": sent["arm"], "hit": hit}).groupby("arm")["hit"].agg(["size", "sum"])
    return [Arm(str(name), int(many), int(hits)) for name, many, hits in counted.itertuples()]


def _joined(assigned: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """What each assigned customer bought, in the order given; a customer twice raises `ValueError`."""
    if assigned["customer_id"].duplicated().any():
        raise ValueError("a customer stands on a side twice")
    return bought.reindex(assigned["customer_id"]).fillna(0).astype(float)
