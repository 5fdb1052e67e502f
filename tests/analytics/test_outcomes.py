"""What the sides of a campaign did in its window."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.arms import Arm
from analytics.outcomes import arms, bought, sides
from tests.analytics.small_shop import Row, TablesOf, sale

START, END = date(2026, 3, 1), date(2026, 3, 15)


def part(customer: str, day: date, kind: str, amount: int, order: str) -> Row:
    """A discount of an order, or a refund."""
    document = f"refund {order}" if kind == "refund" else order
    return {
        "document": document,
        "order_id": order,
        "customer_id": customer,
        "day": day,
        "part": kind,
        "amount": amount,
    }


def test_both_sides_are_counted_over_everybody_assigned(tables_of: TablesOf) -> None:
    inside = date(2026, 3, 5)
    tables = tables_of(
        sales=[
            *sale("mailed", inside, "chai", amount=5_000, order="1"),
            part("mailed", inside, "discount", -1_500, "1"),
            *sale("mailed", date(2026, 3, 9), "chai", amount=1_000, order="2"),
            *sale("early", date(2026, 2, 28), "chai", amount=9_000, order="3"),
            *sale("late", END, "chai", amount=9_000, order="4"),
            *sale("held", inside, "chai", amount=2_000, order="5"),
            part("held", inside, "discount", -500, "5"),
            part("sent back", inside, "refund", -700, "6"),
            *sale("a stranger", inside, "chai", amount=9_000, order="7"),
        ]
    )
    assigned = pd.DataFrame(
        {
            "customer_id": ["early", "mailed", "late", "sent back", "held", "quiet"],
            "held_out": [False, False, False, False, True, True],
        }
    )
    found = bought(tables.orders, START, END)
    mailed, held = sides(assigned, found, 0.5, offer_share=0.2)
    assert (mailed.customers, mailed.ordered, held.customers, held.ordered) == (4, 1, 2, 1)
    assert mailed.revenue.total == 5_000 - 1_500 + 1_000 - 700
    assert mailed.revenue.squares == 4_500**2 + 700**2
    # 1,200 of the discount is the offer, a fifth of 6,000; the other 300 are a discount as ever.
    assert mailed.profit.total == pytest.approx((4_500 + 1_200) * 0.5 - 1_200 - 350)
    assert held.profit.total == pytest.approx(750), "who is held out has no offer"


def test_nobody_has_bought_yet(tables_of: TablesOf) -> None:
    assigned = pd.DataFrame({"customer_id": ["a", "b"], "held_out": [False, True]})
    mailed, held = sides(assigned, bought(tables_of().orders, START, END), 0.5)
    assert (mailed.customers, mailed.ordered, mailed.revenue.total) == (1, 0, 0)
    assert (held.customers, held.ordered, held.profit.total) == (1, 0, 0)


def test_a_customer_on_a_side_twice_is_refused(tables_of: TablesOf) -> None:
    assigned = pd.DataFrame({"customer_id": ["a", "a"], "held_out": [False, True]})
    with pytest.raises(ValueError, match="twice"):
        sides(assigned, bought(tables_of().orders, START, END), 0.5)


def test_arms_count_their_own(tables_of: TablesOf) -> None:
    tables = tables_of(sales=[*sale("a", START, "chai"), *sale("d", START, "chai")])
    assigned = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "arm": ["one", "one", "two", None]})
    assert arms(assigned, bought(tables.orders, START, END)) == [Arm("one", 2, 1), Arm("two", 1, 0)]
    assert arms(assigned, pd.Index(["c"])) == [Arm("one", 2, 0), Arm("two", 1, 1)]
