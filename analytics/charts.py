"""One Altair specification a chart: interactive on a page, a PNG in Slack and in files, without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from analytics.books import Books
from analytics.currency import minor_units
from analytics.customers import Cohort, Segment
from analytics.forecast import Forecast
from analytics.period import Period

Specification = dict[str, Any]
"""A chart in Vega-Lite."""

_WEEKS: Final = 26
_COHORTS: Final = 13
_BLUE, _ORANGE, _GREY = "#2f5d8a", "#c8742b", "#9aa3ab"


def revenue_chart(books: Books, week: Period, currency: str) -> Specification:
    """Net revenue a week, of the last 26 and of the same weeks a year before where they are known."""
    import altair as alt  # noqa: PLC0415 - a second, and only for charts

    rows = []
    for back in range(_WEEKS - 1, -1, -1):
        for name, at in (("this year", week.before(back)), ("a year before", week.before(back + 52))):
            if books.first_day is not None and at.start >= books.first_day:
                sold = books.sum("net", at) / minor_units(currency)
                rows.append({"week": _day(week.before(back)), "net": sold, "of": name})
    colour = alt.Color("of:N", title=None, scale=alt.Scale(range=[_GREY, _BLUE]))
    chart = alt.Chart(_data(rows), title="Net revenue a week").mark_line(point=True)
    return _finished(
        chart.encode(
            alt.X("week:O", title=None, sort=None),
            alt.Y("net:Q", title=currency),
            colour,
            tooltip=["week:O", "of:N", alt.Tooltip("net:Q", format=",.0f")],
        ),
        rows,
    )


def spend_chart(books: Books, week: Period, currency: str) -> Specification:
    """Spend a week by channel, of the last 13."""
    import altair as alt  # noqa: PLC0415 - as above

    rows = []
    for back in range(12, -1, -1):
        at = week.before(back)
        for name in sorted(set(books.spent["channel"])):
            spent = books.spend(at, [name])
            if spent is not None:
                rows.append({"week": _day(at), "channel": name, "spend": spent / minor_units(currency)})
    chart = alt.Chart(_data(rows), title="Marketing spend a week").mark_bar()
    return _finished(
        chart.encode(
            alt.X("week:O", title=None, sort=None),
            alt.Y("spend:Q", title=currency),
            alt.Color("channel:N", title=None, scale=alt.Scale(scheme="tableau10")),
            tooltip=["week:O", "channel:N", alt.Tooltip("spend:Q", format=",.0f")],
        ),
        rows,
    )


def segments_chart(segments: Sequence[Segment]) -> Specification:
    """How many customers each segment has."""
    import altair as alt  # noqa: PLC0415 - as above

    rows = [{"segment": one.name, "customers": one.customers, "share": one.share} for one in segments]
    chart = alt.Chart(_data(rows), title="Customers by segment").mark_bar(color=_BLUE)
    return _finished(
        chart.encode(
            alt.X("customers:Q", title=None),
            alt.Y("segment:N", title=None, sort=[one.name for one in segments]),
            tooltip=["segment:N", "customers:Q", alt.Tooltip("share:Q", format=".0%")],
        ),
        rows,
    )


def cohorts_chart(cohorts: Sequence[Cohort]) -> Specification:
    """Which share of each of the last cohorts bought in the months after its first."""
    import altair as alt  # noqa: PLC0415 - as above

    rows = [
        {"cohort": one.month, "month": month, "retention": share}
        for one in cohorts[-_COHORTS:]
        for month, share in enumerate(one.retention)
        if 0 < month < _COHORTS
    ]
    chart = alt.Chart(_data(rows), title="Who bought again, by month of the first order").mark_rect()
    return _finished(
        chart.encode(
            alt.X("month:O", title="months later"),
            alt.Y("cohort:O", title=None),
            alt.Color(
                "retention:Q", title=None, scale=alt.Scale(scheme="blues"), legend=alt.Legend(format=".0%")
            ),
            tooltip=["cohort:O", "month:O", alt.Tooltip("retention:Q", format=".1%")],
        ),
        rows,
    )


def forecast_chart(books: Books, forecast: Forecast, currency: str) -> Specification:
    """Net revenue of the last months, and the forecast of this one with its interval."""
    import altair as alt  # noqa: PLC0415 - as above

    units = minor_units(currency)
    rows: list[dict[str, Any]] = []
    month = forecast.month
    for _ in range(12):
        month = (month - timedelta(days=1)).replace(day=1)
        end = (month + timedelta(days=32)).replace(day=1)
        if books.first_day is not None and month >= books.first_day.replace(day=1):
            sold = books.sum("net", Period(month, end)) / units
            rows.insert(0, {"month": f"{month:%b %y}", "net": sold, "low": None, "high": None, "of": "sold"})
    if forecast.value is not None and forecast.low is not None and forecast.high is not None:
        rows.append(
            {
                "month": f"{forecast.month:%b %y}",
                "net": forecast.value / units,
                "low": forecast.low / units,
                "high": forecast.high / units,
                "of": "forecast",
            }
        )
    base = alt.Chart(_data(rows), title="Net revenue a month")
    x = alt.X("month:O", title=None, sort=None)
    bars = base.mark_bar().encode(
        x,
        alt.Y("net:Q", title=currency),
        alt.Color("of:N", title=None, scale=alt.Scale(domain=["sold", "forecast"], range=[_BLUE, _ORANGE])),
        tooltip=["month:O", alt.Tooltip("net:Q", format=",.0f")],
    )
    interval = base.transform_filter("isValid(datum.low)").mark_errorbar(ticks=True)
    return _finished(bars + interval.encode(x, alt.Y("low:Q", title=currency), alt.Y2("high:Q")), rows)


def png(specification: Specification, scale: float = 2.0) -> bytes:
    """The chart as a PNG, drawn without a browser and without a network."""
    import vl_convert  # noqa: PLC0415 - as above

    drawn: bytes = vl_convert.vegalite_to_png(specification, scale=scale)
    return drawn


def _day(week: Period) -> str:
    """The Monday of a week as charts write it; as text no time zone can move it."""
    return f"{week.start.day} {week.start:%b %y}"


def _data(rows: list[dict[str, Any]]) -> Any:
    """The rows within the specification."""
    import altair as alt  # noqa: PLC0415 - as above

    return alt.Data(values=rows)  # type: ignore[no-untyped-call]


def _finished(chart: Any, rows: list[dict[str, Any]]) -> Specification:
    """A chart of our size; of no rows one that says so."""
    import altair as alt  # noqa: PLC0415 - as above

    if not rows:
        chart = alt.Chart(_data([{}]), title=chart.title).mark_text(text="nothing to show yet", color=_GREY)
    sized = chart.properties(width=520, height=260).configure_view(strokeWidth=0)
    specification: Specification = sized.to_dict()
    return specification
