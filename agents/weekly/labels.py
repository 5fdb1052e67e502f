"""Names and numbers of the weekly report as a person reads them, the same on every surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from analytics.currency import minor_units, written
from analytics.figures import Number, Unit

SECTIONS: Final[Mapping[str, str]] = {
    "finance": "Finance",
    "marketing": "Marketing",
    "insights": "Customers",
    "support": "Support",
}
"""Each specialist's section and its title, in the order in which they are read."""

LABELS: Final[Mapping[str, str]] = {
    "gross_revenue": "Gross revenue",
    "discounts": "Discounts",
    "refunds": "Refunds",
    "net_revenue": "Net revenue",
    "orders": "Orders",
    "average_order_value": "Average order value",
    "new_customers": "New customers",
    "marketing_spend": "Marketing spend",
    "cac_blended": "CAC, blended",
    "cac_paid": "CAC, paid",
    "roas": "ROAS",
    "mer": "MER",
    "break_even_mer": "Break-even MER",
    "gross_revenue_yoy": "Gross revenue on last year",
    "net_revenue_yoy": "Net revenue on last year",
    "cash_balance": "Cash balance",
    "gross_burn": "Gross burn a month",
    "net_burn": "Net burn a month",
    "runway": "Runway",
    "budget_variance": "Net revenue against budget",
    "budget_variance_marketing_spend": "Marketing spend against budget",
    "pacing": "Pacing",
    "customers": "Customers",
    "ltv_historic": "LTV, historic",
    "ltv_predicted": "LTV, predicted",
    "ltv_cac": "LTV:CAC",
    "support_volume": "Questions to support",
    "support_answered": "Answered by the bot",
    "support_escalated": "Passed to a person",
    "support_resolved": "Resolved by the bot",
    "first_response_time": "First response",
    "nps_proxy": "NPS proxy",
}

LESS_IS_BETTER: Final = frozenset(
    {
        "discounts",
        "refunds",
        "cac_blended",
        "cac_paid",
        "gross_burn",
        "net_burn",
        "support_escalated",
        "first_response_time",
    }
)
NEITHER: Final = frozenset({"marketing_spend", "break_even_mer", "support_volume"})
"""Metrics of which more is neither better nor worse."""

_SIGNED: Final = frozenset(
    {"gross_revenue_yoy", "net_revenue_yoy", "budget_variance", "budget_variance_marketing_spend"}
)
_STEADY: Final = 0.005
UNKNOWN: Final = "unknown"


def label(name: str) -> str:
    """A metric's name in words; of one without a label its own name."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def said(value: Number | None, unit: Unit, currency: str, name: str = "") -> str:
    """A number as a person writes it; `name` is the metric, where its sign matters."""
    if value is None:
        return UNKNOWN
    if name == "nps_proxy":
        return f"{value * 100:+.0f} points"
    if unit == "share" and name in _SIGNED:
        return f"{value:+.1%}"
    return _WRITERS[unit](value, currency)


def change_said(change: float | None, unit: Unit) -> str | None:
    """A change on the week before: in percent, of a share in points; None where it is not known."""
    if change is None:
        return None
    if abs(change) < _STEADY:
        return "level"
    return f"{change * 100:+.1f} points" if unit == "share" else f"{change:+,.0%}"


def direction(change: float | None) -> str | None:
    """`up`, `down` or `level`; None where the change is not known."""
    if change is None:
        return None
    return "level" if abs(change) < _STEADY else "up" if change > 0 else "down"


def whole(value: Number, unit: Unit, currency: str) -> Number:
    """A number as a spreadsheet wants it: money in whole units of the currency, the rest as it is."""
    return value / minor_units(currency) if unit == "minor" else value


def week_said(first: date, last: date) -> str:
    """The days of a period, as `9 to 15 November 2026`."""
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    if first.month != last.month:
        return f"{first.day} {first:%B} to {last.day} {last:%B %Y}"
    return f"{first.day} to {last.day} {last:%B %Y}"


def _count(value: Number) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _duration(seconds: Number) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size * 1.5:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


_WRITERS: Final[Mapping[Unit, Callable[[Number, str], str]]] = {
    "minor": written,
    "share": lambda value, _: f"{value:.1%}",
    "count": lambda value, _: _count(value),
    "ratio": lambda value, _: f"{value:.2f}",
    "months": lambda value, _: f"{value:.1f} months",
    "days": lambda value, _: f"{value:.0f} days",
    "seconds": lambda value, _: _duration(value),
}
