"""Revenue, acquisition, cash and budget. Definitions and their sources stand beside each name in `DEFINITIONS`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import pandas as pd

from analytics.books import Books, weekday_weights, within
from analytics.figures import Assumptions, Figure, Known, Unit, figures, money, ratio
from analytics.period import Period, month_of

UNITS: Final[Mapping[str, Unit]] = {
    "gross_revenue": "minor",
    "discounts": "minor",
    "refunds": "minor",
    "net_revenue": "minor",
    "orders": "count",
    "average_order_value": "minor",
    "new_customers": "count",
    "marketing_spend": "minor",
    "cac_blended": "minor",
    "cac_paid": "minor",
    "roas": "ratio",
    "mer": "ratio",
    "break_even_mer": "ratio",
    "gross_revenue_yoy": "share",
    "net_revenue_yoy": "share",
    "cash_balance": "minor",
    "gross_burn": "minor",
    "net_burn": "minor",
    "runway": "months",
    "budget_variance": "share",
    "budget_variance_marketing_spend": "share",
    "pacing": "ratio",
}

_BURN_MONTHS = 3


def finance(books: Books, week: Period, assumptions: Assumptions) -> list[Figure]:
    """The figures of a week beside those of the week before; money in minor units."""
    now, before = (_values(books, period, assumptions) for period in (week, week.before()))
    return figures(UNITS, now, before)


def _values(books: Books, week: Period, assumptions: Assumptions) -> dict[str, Known]:
    return {
        **_revenue(books, week),
        **_acquisition(books, week, assumptions),
        **_cash(books, week),
        **_budget(books, week, assumptions),
    }


def _revenue(books: Books, week: Period) -> dict[str, Known]:
    """Gross: sales of positive orders, without tax and shipping; net: less discounts, and refunds at their date."""
    if books.first_day is None or books.first_day >= week.end:
        why = "no orders are known up to the end of this week"
        names = ("gross_revenue", "discounts", "refunds", "net_revenue", "orders", "new_customers")
        known = dict.fromkeys(names, Known.unknown(why))
        return {
            **known,
            "average_order_value": Known.unknown(why),
            "gross_revenue_yoy": Known.unknown(why),
            "net_revenue_yoy": Known.unknown(why),
        }
    gross, discounts, net, orders, new = (
        books.sum(measure, week) for measure in ("gross", "discount", "net", "orders", "new_customers")
    )
    return {
        "gross_revenue": Known.of(gross),
        "discounts": Known.of(discounts),
        "refunds": Known.of(gross - discounts - net),
        "net_revenue": Known.of(net),
        "orders": Known.of(orders),
        "average_order_value": money(ratio(gross, orders, "no order in this week")),
        "new_customers": Known.of(new),
        "gross_revenue_yoy": _year_on_year(books, week, "gross"),
        "net_revenue_yoy": _year_on_year(books, week, "net"),
    }


def _year_on_year(books: Books, week: Period, measure: str) -> Known:
    """By what part it has changed against the week 52 weeks before."""
    ago = week.before(52)
    if books.first_day is None or books.first_day > ago.start:
        return Known.unknown("the orders known do not reach back a year")
    then = books.sum(measure, ago)
    return ratio(books.sum(measure, week) - then, abs(then), "nothing was sold in that week a year ago")


def _acquisition(books: Books, week: Period, assumptions: Assumptions) -> dict[str, Known]:
    """CAC (a16z), ROAS by net revenue of the channels paid for (Northbeam), MER and the one that breaks even."""
    spent = books.spend(week)
    none = "no spend is recorded for this week" if len(books.spent) else "no spend was imported"
    spend = Known.unknown(none) if spent is None else Known.of(spent)
    paid = assumptions.paid_channels
    paid_spent = books.spend(week, paid)
    paid_spend = (
        Known.unknown("no spend on paid channels is recorded for this week")
        if paid_spent is None
        else Known.of(paid_spent)
    )
    new, new_paid = books.sum("new_customers", week), books.sum("new_customers", week, paid)
    nobody = "no new customer in this week"
    zero = "nothing was spent in this week"
    return {
        "marketing_spend": spend,
        "cac_blended": money(ratio(spend, new, nobody)),
        "cac_paid": money(ratio(paid_spend, new_paid, "no new customer from paid channels in this week")),
        "roas": ratio(books.sum("net", week, paid), paid_spend, zero),
        "mer": ratio(books.sum("net", week), spend, zero),
        "break_even_mer": ratio(1, assumptions.margin, "the contribution margin is 0"),
    }


def _cash(books: Books, week: Period) -> dict[str, Known]:
    """Burn: the mean of the last three complete months (a16z). Runway: cash by net burn."""
    cash = books.cash[books.cash["day"] < pd.Timestamp(week.end)]
    if cash.empty:
        why = Known.unknown("no cash book was imported")
        return dict.fromkeys(("cash_balance", "gross_burn", "net_burn", "runway"), why)
    balances = cash.dropna(subset=["balance"]).groupby("account")["balance"].last()
    balance = (
        Known.unknown("the cash book has no balance") if balances.empty else Known.of(int(balances.sum()))
    )
    months = []
    month = month_of(week.end)
    for _ in range(_BURN_MONTHS):
        month = month_of(month.start - timedelta(days=1))
        rows = within(cash, month)
        if not rows.empty:
            months.append((int(rows["cash_out"].sum()), int(rows["cash_in"].sum())))
    if len(months) < _BURN_MONTHS:
        short = Known.unknown(f"the cash book covers {len(months)} of the last {_BURN_MONTHS} whole months")
        return {"cash_balance": balance, "gross_burn": short, "net_burn": short, "runway": short}
    out, back = (sum(each) for each in zip(*months, strict=True))
    net = (out - back) / _BURN_MONTHS
    runway = ratio(balance, net, "cash-generating") if net > 0 else Known.unknown("cash-generating")
    return {
        "cash_balance": balance,
        "gross_burn": money(Known.of(out / _BURN_MONTHS)),
        "net_burn": money(Known.of(net)),
        "runway": runway,
    }


def _budget(books: Books, week: Period, assumptions: Assumptions) -> dict[str, Known]:
    """Variance of the last whole month, better than planned above 0; pacing of the month under way."""
    whole = month_of(month_of(week.end).start - timedelta(days=1))
    return {
        "budget_variance": _variance(books, whole, "net_revenue", assumptions),
        "budget_variance_marketing_spend": _variance(books, whole, "marketing_spend", assumptions),
        "pacing": _pacing(books, month_of(week.last), week),
    }


def _planned(books: Books, month: Period, item: str) -> Known:
    if books.budget.empty:
        return Known.unknown("no budget was imported")
    rows = books.budget[(books.budget["month"] == pd.Timestamp(month.start)) & (books.budget["item"] == item)]
    if rows.empty:
        return Known.unknown(f"the budget has no {item} for {month.start:%B %Y}")
    return Known.of(int(rows["amount"].sum()))


def _variance(books: Books, month: Period, item: str, assumptions: Assumptions) -> Known:
    planned = _planned(books, month, item)
    if planned.value is None:
        return planned
    actual = books.sum("net", month) if item == "net_revenue" else books.spend(month)
    if actual is None:
        return Known.unknown(f"no spend is recorded for {month.start:%B %Y}")
    sign = -1 if item in assumptions.cost_lines else 1
    return ratio(sign * (actual - planned.value), abs(planned.value), "the budget is 0")


def _pacing(books: Books, month: Period, week: Period) -> Known:
    """Actual by the budget for the days that have gone, each weighed as its weekday sold lately."""
    planned = _planned(books, month, "net_revenue")
    if planned.value is None:
        return planned
    weights = weekday_weights(books, week)
    share = sum(weights[day.weekday()] for day in _days(Period(month.start, week.end))) / sum(
        weights[day.weekday()] for day in _days(month)
    )
    actual = books.sum("net", Period(month.start, week.end))
    return ratio(actual, planned.value * share, "the budget is 0")


def _days(period: Period) -> list[pd.Timestamp]:
    return list(pd.date_range(period.start, period.last, freq="D"))
