"""The chart beside an answer, as an Altair specification: bars for parts, a line for time, steps for a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from analytics.charts import Specification
from analytics.figures import Unit

ChartName = Literal["bars", "line", "steps"]
Point = Mapping[str, str | float | None]
"""`label`, `value` in whole units of the currency or per cent, and `of` where there are two of each."""

_BLUE, _GREY, _GREEN, _RED = "#2f5d8a", "#9aa3ab", "#4f8a57", "#b3492f"
_MOST: Final = 40


def draw(name: ChartName, points: Sequence[Point], title: str, axis: str) -> Specification:
    """The specification; of no points it says that there is nothing to show."""
    import altair as alt  # noqa: PLC0415 - a second, and only for charts

    shown = list(points)[:_MOST] if name != "line" else list(points)
    chart = alt.Chart(alt.Data(values=shown), title=title)  # type: ignore[no-untyped-call]
    if not shown:
        return _sized(chart.mark_text(text="nothing to show", color=_GREY), 1)
    if name == "line":
        drawn = chart.mark_line(point=True, color=_BLUE).encode(
            alt.X("label:O", title=None, sort=None, axis=alt.Axis(labelAngle=-40, labelOverlap=True)),
            alt.Y("value:Q", title=axis),
            tooltip=["label:O", alt.Tooltip("value:Q", format=",.2~f")],
        )
        return _sized(drawn, None)
    order = [str(one["label"]) for one in shown]
    two = len({one.get("of") for one in shown}) > 1
    colour: Any = alt.value(_BLUE)
    if name == "steps":
        colour = alt.condition("datum.value < 0", alt.value(_RED), alt.value(_GREEN))
    elif two:
        colour = alt.Color("of:N", title=None, sort=None, scale=alt.Scale(range=[_BLUE, _GREY]))
    encoding: dict[str, Any] = {
        "x": alt.X("value:Q", title=axis),
        "y": alt.Y("label:N", title=None, sort=list(dict.fromkeys(order)), axis=alt.Axis(labelLimit=240)),
        "color": colour,
        "tooltip": ["label:N", alt.Tooltip("value:Q", format=",.2~f")],
    }
    if two:
        encoding["yOffset"] = alt.YOffset("of:N", sort=None)
    return _sized(chart.mark_bar().encode(**encoding), len(order))


def axis_of(unit: Unit, currency: str) -> str:
    """What stands beside the axis of a unit."""
    return {"minor": currency, "share": "%", "seconds": "seconds", "months": "months", "days": "days"}.get(
        unit, ""
    )


def plotted(value: float | None, unit: Unit, units: int) -> float | None:
    """A value as it is drawn: money in whole units of the currency, shares in per cent."""
    if value is None:
        return None
    return value / units if unit == "minor" else value * 100 if unit == "share" else value


def _sized(chart: Any, bars: int | None) -> Specification:
    height = 260 if bars is None else max(90, 30 * bars)
    sized = chart.properties(width=520, height=height).configure_view(strokeWidth=0)
    specification: Specification = sized.to_dict()
    return specification
