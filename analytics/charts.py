"""One Altair specification a chart: interactive on a page, a PNG in Slack and in files, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from analytics.chart_rows import Rows
from analytics.chart_themes import THEMES, Theme

Specification = dict[str, Any]
"""A chart in Vega-Lite."""

_MONEY: Final = ",.0f"
_PAPER: Final = "white"
_MAIN, _QUIET, _INK = ({"expr": name} for name in ("main", "quiet", "ink"))


def revenue_chart(rows: Rows, currency: str) -> Specification:
    """Net revenue a week, this year and the year before."""
    import altair as alt  # noqa: PLC0415 - a second, and only for charts

    scale = alt.Scale(domain=["this year", "a year before"], range=[_MAIN, _QUIET])
    width = alt.condition("datum.of == 'this year'", alt.value(2.6), alt.value(1.4))
    chart = alt.Chart(_data(rows)).mark_line(point={"size": 26, "filled": True})
    return _finished(
        chart.encode(
            _time("week"),
            alt.Y("net:Q", title=None, axis=_money_axis()),
            alt.Color("of:N", title=None, scale=scale),
            strokeWidth=width,
            tooltip=[
                alt.Tooltip("week:O"),
                alt.Tooltip("of:N", title="year"),
                alt.Tooltip("net:Q", title="net revenue", format=_MONEY),
            ],
        ),
        rows,
        f"Net revenue a week, {currency}",
    )


def spend_chart(rows: Rows, currency: str) -> Specification:
    """Spend a week by channel."""
    import altair as alt  # noqa: PLC0415 - as above

    named = [{**row, "channel": str(row["channel"]).replace("_", " ")} for row in rows]
    chart = alt.Chart(_data(named)).mark_bar(cornerRadius=1)
    return _finished(
        chart.encode(
            _time("week"),
            alt.Y("spend:Q", title=None, axis=_money_axis()),
            alt.Color("channel:N", title=None, legend=alt.Legend(columns=3)),
            tooltip=[
                alt.Tooltip("week:O"),
                alt.Tooltip("channel:N"),
                alt.Tooltip("spend:Q", format=_MONEY),
            ],
        ),
        rows,
        f"Marketing spend a week, {currency}",
    )


def segments_chart(rows: Rows, currency: str) -> Specification:  # noqa: ARG001 - all charts are drawn alike
    """How many customers each segment has."""
    import altair as alt  # noqa: PLC0415 - as above

    most = max((float(row["customers"] or 0) for row in rows), default=0.0)
    base = alt.Chart(_data(rows)).encode(
        alt.X("customers:Q", title=None, axis=None, scale=alt.Scale(domain=[0, most * 1.5 or 1])),
        alt.Y(
            "segment:N",
            title=None,
            sort=[str(one["segment"]) for one in rows],
            axis=alt.Axis(labelFontSize=12, grid=False),
        ),
        tooltip=[
            alt.Tooltip("segment:N"),
            alt.Tooltip("customers:Q", format=",d"),
            alt.Tooltip("share:Q", format=".1%"),
        ],
    )
    words = base.transform_calculate(
        words="format(datum.customers, ',d') + '  (' + format(datum.share, '.0%') + ')'"
    ).mark_text(align="left", dx=6, color=_INK)
    bars = base.mark_bar(color=_MAIN, cornerRadiusEnd=3, height={"band": 0.7})
    return _finished(bars + words.encode(text="words:N"), rows, "Customers by segment")


def cohorts_chart(rows: Rows, currency: str) -> Specification:  # noqa: ARG001 - as above
    """Which share of each cohort bought in the months after its first, in percent within each cell."""
    import altair as alt  # noqa: PLC0415 - as above

    most = max((float(row["retention"] or 0) for row in rows), default=0.0)
    base = alt.Chart(_data(rows)).encode(
        alt.X("month:O", title="months later", axis=alt.Axis(orient="top", labelAngle=0)),
        alt.Y("cohort:O", title=None),
        tooltip=[
            alt.Tooltip("cohort:O", title="first order in"),
            alt.Tooltip("month:O", title="months later"),
            alt.Tooltip("retention:Q", title="bought", format=".1%"),
        ],
    )
    cells = base.mark_rect(cornerRadius=2).encode(
        alt.Color("retention:Q", legend=None, scale=alt.Scale(domain=[0, most or 1]))
    )
    numbers = (
        base.transform_calculate(percent="format(datum.retention * 100, '.0f')")
        .mark_text(fontSize=11, color={"expr": f"datum.retention > {most} * flip ? on_high : on_low"})
        .encode(text="percent:N")
    )
    height = max(60, 24 * len({row["cohort"] for row in rows}))
    return _finished(cells + numbers, rows, "% of new customers who bought again", height=height)


def forecast_chart(rows: Rows, currency: str) -> Specification:
    """Net revenue of the last months, and the forecast of this one with its interval."""
    import altair as alt  # noqa: PLC0415 - as above

    base = alt.Chart(_data(rows)).encode(_time("month"))
    tooltip = [
        alt.Tooltip("month:O"),
        alt.Tooltip("of:N", title="what"),
        alt.Tooltip("net:Q", title="net revenue", format=_MONEY),
        alt.Tooltip("low:Q", title="interval from", format=_MONEY),
        alt.Tooltip("high:Q", title="interval to", format=_MONEY),
    ]
    bars = base.mark_bar(cornerRadiusEnd=3, width={"band": 0.72}).encode(
        alt.Y("net:Q", title=None, axis=_money_axis()),
        alt.Color("of:N", title=None, scale=alt.Scale(domain=["sold", "forecast"], range=[_QUIET, _MAIN])),
        tooltip=tooltip,
    )
    ahead = base.transform_filter("isValid(datum.low)")
    interval = ahead.mark_rule(color=_INK, strokeWidth=2).encode(alt.Y("low:Q"), alt.Y2("high:Q"))
    ends = [
        ahead.mark_tick(color=_INK, thickness=2, size=12, orient="horizontal").encode(alt.Y(f"{end}:Q"))
        for end in ("low", "high")
    ]
    return _finished(alt.layer(bars, interval, *ends), rows, f"Net revenue a month, {currency}")


CHARTS: Final[Mapping[str, Callable[[Rows, str], Specification]]] = {
    "revenue": revenue_chart,
    "forecast": forecast_chart,
    "spend": spend_chart,
    "segments": segments_chart,
    "cohorts": cohorts_chart,
}
"""Each chart of a report by the name of its rows, in the order in which they are shown."""


def on_paper(specification: Specification, theme: Theme) -> Specification:
    """The same chart for light or dark paper."""
    return {**specification, "config": THEMES[theme]}


def png(specification: Specification, scale: float = 2.0) -> bytes:
    """The chart as a PNG on white, drawn without a browser and without a network."""
    import vl_convert  # noqa: PLC0415 - as above

    drawn: bytes = vl_convert.vegalite_to_png({**specification, "background": _PAPER}, scale=scale)
    return drawn


def svg(specification: Specification, theme: Theme = "light") -> str:
    """The chart as an SVG without a background, drawn as a PNG is."""
    import vl_convert  # noqa: PLC0415 - as above

    drawn: str = vl_convert.vegalite_to_svg(on_paper(specification, theme))
    return drawn


def _data(rows: Rows) -> Any:
    """The rows within the specification."""
    import altair as alt  # noqa: PLC0415 - as above

    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]


def _time(field: str) -> Any:
    """Weeks or months in the order of the rows; labels for which there is no room are left out."""
    import altair as alt  # noqa: PLC0415 - as above

    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8)
    return alt.X(f"{field}:O", title=None, sort=None, axis=axis)


def _money_axis() -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    return alt.Axis(format="~s", tickCount=5)


def _finished(chart: Any, rows: Rows, title: str, height: int = 240) -> Specification:
    """A chart of our size and look; of no rows one that says so."""
    import altair as alt  # noqa: PLC0415 - as above

    if not rows:
        chart = alt.Chart(_data([{}])).mark_text(text="nothing to show yet", color=_QUIET)
    sized = chart.properties(width=520, height=height, title=title)
    specification: Specification = sized.to_dict()
    return on_paper(specification, "light")
