"""One Altair specification a chart: interactive on a page, a PNG in Slack and in files, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from analytics.chart_rows import Rows

Specification = dict[str, Any]
"""A chart in Vega-Lite."""

_BLUE, _ORANGE, _GREY = "#2f5d8a", "#c8742b", "#9aa3ab"


def revenue_chart(rows: Rows, currency: str) -> Specification:
    """Net revenue a week, this year and the year before."""
    import altair as alt  # noqa: PLC0415 - a second, and only for charts

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


def spend_chart(rows: Rows, currency: str) -> Specification:
    """Spend a week by channel."""
    import altair as alt  # noqa: PLC0415 - as above

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


def segments_chart(rows: Rows, currency: str) -> Specification:  # noqa: ARG001 - all charts are drawn alike
    """How many customers each segment has."""
    import altair as alt  # noqa: PLC0415 - as above

    chart = alt.Chart(_data(rows), title="Customers by segment").mark_bar(color=_BLUE)
    return _finished(
        chart.encode(
            alt.X("customers:Q", title=None),
            alt.Y("segment:N", title=None, sort=[str(one["segment"]) for one in rows]),
            tooltip=["segment:N", "customers:Q", alt.Tooltip("share:Q", format=".0%")],
        ),
        rows,
    )


def cohorts_chart(rows: Rows, currency: str) -> Specification:  # noqa: ARG001 - as above
    """Which share of each cohort bought in the months after its first."""
    import altair as alt  # noqa: PLC0415 - as above

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


def forecast_chart(rows: Rows, currency: str) -> Specification:
    """Net revenue of the last months, and the forecast of this one with its interval."""
    import altair as alt  # noqa: PLC0415 - as above

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


CHARTS: Final[Mapping[str, Callable[[Rows, str], Specification]]] = {
    "revenue": revenue_chart,
    "forecast": forecast_chart,
    "spend": spend_chart,
    "segments": segments_chart,
    "cohorts": cohorts_chart,
}
"""Each chart of a report by the name of its rows, in the order in which they are shown."""


def png(specification: Specification, scale: float = 2.0) -> bytes:
    """The chart as a PNG, drawn without a browser and without a network."""
    import vl_convert  # noqa: PLC0415 - as above

    drawn: bytes = vl_convert.vegalite_to_png(specification, scale=scale)
    return drawn


def _data(rows: Rows) -> Any:
    """The rows within the specification."""
    import altair as alt  # noqa: PLC0415 - as above

    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]


def _finished(chart: Any, rows: Rows) -> Specification:
    """A chart of our size; of no rows one that says so."""
    import altair as alt  # noqa: PLC0415 - as above

    if not rows:
        chart = alt.Chart(_data([{}]), title=chart.title).mark_text(text="nothing to show yet", color=_GREY)
    sized = chart.properties(width=520, height=260).configure_view(strokeWidth=0)
    specification: Specification = sized.to_dict()
    return specification
