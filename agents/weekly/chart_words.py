"""What a chart shows, in a sentence, for whoever does not see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agents.weekly.labels import said
from analytics.currency import minor_units

Rows = Sequence[Mapping[str, str | float | None]]


def chart_said(name: str, rows: Rows, currency: str) -> str:
    """The chart of a name in words; its rows stand in a table beside it."""
    if not rows:
        return "There is nothing to show yet."
    return _WORDS[name](rows, currency)


def _money(value: str | float | None, currency: str) -> str:
    if not isinstance(value, int | float):
        return "unknown"
    return said(round(value * minor_units(currency)), "minor", currency)


def _number(value: str | float | None) -> float:
    return value if isinstance(value, int | float) else 0.0


def _revenue(rows: Rows, currency: str) -> str:
    now = [row for row in rows if row["of"] == "this year"]
    if not now:
        return "Net revenue a week, of the year before alone."
    low, high = (pick(now, key=lambda row: _number(row["net"])) for pick in (min, max))
    return (
        f"Net revenue of {len(now)} weeks up to that of {now[-1]['week']}, beside the year before. Lowest "
        f"{_money(low['net'], currency)} (week of {low['week']}), highest {_money(high['net'], currency)} (week of "
        f"{high['week']}), last {_money(now[-1]['net'], currency)}."
    )


def _forecast(rows: Rows, currency: str) -> str:
    last = rows[-1]
    net, low, high = (_money(last[name], currency) for name in ("net", "low", "high"))
    if last["of"] != "forecast":
        return (
            f"Net revenue of {len(rows)} months, the last {last['month']} with {net}. There is no forecast."
        )
    return f"Net revenue of {len(rows) - 1} months, and the forecast for {last['month']}: {net}, {low} to {high}."


def _spend(rows: Rows, currency: str) -> str:
    last = rows[-1]["week"]
    named = {str(row["channel"]).replace("_", " "): row["spend"] for row in rows if row["week"] == last}
    listed = ", ".join(f"{name} {_money(spend, currency)}" for name, spend in named.items())
    return f"Marketing spend a week by channel. In the week of {last}: {listed}."


def _segments(rows: Rows, currency: str) -> str:  # noqa: ARG001 - all charts are told alike
    return (
        "Customers by segment: " + ", ".join(f"{row['segment']} {row['customers']:,}" for row in rows) + "."
    )


def _cohorts(rows: Rows, currency: str) -> str:  # noqa: ARG001 - as above
    first = [_number(row["retention"]) for row in rows if row["month"] == 1]
    months = len({row["cohort"] for row in rows})
    if not first:
        return f"Who bought again, of {months} months of first orders."
    return (
        f"Which share of a month's new customers bought again, of {months} months. In the month after the first "
        f"order between {min(first):.0%} and {max(first):.0%}."
    )


_WORDS: Final[Mapping[str, Callable[[Rows, str], str]]] = {
    "revenue": _revenue,
    "forecast": _forecast,
    "spend": _spend,
    "segments": _segments,
    "cohorts": _cohorts,
}
