"""The chart beside an answer, as an Altair specification: bars for parts, a line for time, steps for a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from analytics.charts import Specification, on_paper
from analytics.figures import Unit

ChartName = Literal["bars", "line", "steps"]
Point = Mapping[str, str | float | None]
"""`label`, `value` in whole units or per cent, `text` as it is written, and `of` where there are two of each."""

_MAIN, _SECOND, _QUIET, _INK = ({"expr": name} for name in ("main", "second", "quiet", "ink"))
_MOST: Final = 20
_LETTERS: Final = 34


def draw(name: ChartName, points: Sequence[Point], title: str, axis: str) -> Specification:
    """The specification; of no points it says that there is nothing to show."""
    import altair as alt  # noqa: PLC0415 - a second, and only for charts

    shown = [_shortened(one) for one in points if one.get("value") is not None]
    if not shown:
        empty = alt.Chart(alt.Data(values=[{}]))  # type: ignore[no-untyped-call]
        return _sized(empty.mark_text(text="nothing to show", color=_QUIET), title, 60)
    if name == "line":
        return _line(shown, title, axis)
    return _bars(shown[:_MOST], title, signed=name == "steps")


def axis_of(unit: Unit, currency: str) -> str:
    """What stands beside the axis of a unit."""
    named = {"minor": currency, "share": "%", "seconds": "seconds", "months": "months", "days": "days"}
    return named.get(unit, "")


def plotted(value: float | None, unit: Unit, units: int) -> float | None:
    """A value as it is drawn: money in whole units of the currency, shares in per cent."""
    if value is None:
        return None
    return value / units if unit == "minor" else value * 100 if unit == "share" else value


def _line(points: Sequence[Point], title: str, axis: str) -> Specification:
    import altair as alt  # noqa: PLC0415 - as above

    chart = alt.Chart(alt.Data(values=list(points)))  # type: ignore[no-untyped-call]
    labels = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8)
    drawn = chart.mark_line(point={"size": 30, "filled": True, "color": _MAIN}, color=_MAIN).encode(
        alt.X("label:O", title=None, sort=None, axis=labels),
        alt.Y("value:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
        tooltip=[alt.Tooltip("label:O", title="when"), alt.Tooltip("text:N", title="value")],
    )
    return _sized(drawn, f"{title}, {axis}" if axis else title, 240)


def _bars(points: Sequence[Point], title: str, *, signed: bool) -> Specification:
    """One bar a part, or two where each is held against another period; its value stands at its end."""
    import altair as alt  # noqa: PLC0415 - as above

    two = list(dict.fromkeys(str(one["of"]) for one in points if one.get("of")))
    values = [float(one["value"] or 0) for one in points]
    room = (max([*values, 0.0]) - min([*values, 0.0])) * (0.5 if signed else 0.3) or 1.0
    domain = [min(values) - room if min(values) < 0 else 0, max(values) + room if max(values) > 0 else 0]
    base = alt.Chart(alt.Data(values=list(points))).encode(  # type: ignore[no-untyped-call]
        alt.X("value:Q", title=None, axis=None, scale=alt.Scale(domain=domain)),
        alt.Y(
            "label:N",
            title=None,
            sort=list(dict.fromkeys(str(one["label"]) for one in points)),
            axis=alt.Axis(labelLimit=260, labelFontSize=12, grid=False),
        ),
        tooltip=[alt.Tooltip("label:N", title="what"), alt.Tooltip("text:N", title="value")],
    )
    colour: Any = alt.value(_MAIN)
    if signed:
        colour = alt.condition("datum.value < 0", alt.value(_MAIN), alt.value(_SECOND))
    if two:
        base = base.encode(yOffset=alt.YOffset("of:N", sort=two))
        colour = alt.Color("of:N", title=None, sort=two, scale=alt.Scale(domain=two, range=[_MAIN, _QUIET]))
    bars = base.mark_bar(cornerRadiusEnd=3).encode(color=colour)
    layers = [bars]
    sides: tuple[tuple[str, Literal["left", "right"], int], ...] = (
        ("datum.value >= 0", "left", 6),
        ("datum.value < 0", "right", -6),
    )
    for test, align, dx in sides:
        words = base.transform_filter(test).mark_text(align=align, dx=dx, color=_INK)
        layers.append(words.encode(alt.Text("text:N")))
    height = max(80, 32 * len({one["label"] for one in points}) * max(1, len(two)))
    return _sized(alt.layer(*layers), title, height)


def _shortened(point: Point) -> dict[str, str | float | None]:
    label = str(point["label"])
    return {**point, "label": label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"}


def _sized(chart: Any, title: str, height: int) -> Specification:
    specification: Specification = chart.properties(width=520, height=height, title=title).to_dict()
    return on_paper(specification, "light")
