"""How charts look on light and on dark paper: a configuration of Vega-Lite each, and colours by what they mean."""

from __future__ import annotations

from typing import Any, Final, Literal

Theme = Literal["light", "dark"]

_FONT: Final = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, Noto Sans, sans-serif"

# Neighbours differ in lightness too, for eyes that do not tell the hues apart.
_LIGHT: Final[dict[str, Any]] = {
    "ink": "#221d19",
    "soft": "#6a6058",
    "line": "#e5dfd6",
    "quiet": "#b3a79a",
    "main": "#8a4322",
    "second": "#2b6683",
    "range": ["#2b6683", "#d9913b", "#5f8a57", "#8a4322", "#8d7ab5", "#c9b458", "#7aa7bd", "#a3566b"],
    "low": "#f7efe4",
    "high": "#8a4322",
    "on_low": "#1d120a",
    "on_high": "#ffffff",
    "flip": 0.76,
}
_DARK: Final[dict[str, Any]] = {
    "ink": "#ede5db",
    "soft": "#ab9e91",
    "line": "#3a312b",
    "quiet": "#7d7166",
    "main": "#e5a570",
    "second": "#86c1dd",
    "range": ["#86c1dd", "#e5a570", "#84b37b", "#c9704a", "#b7a6dd", "#e0cf7e", "#4f8ba8", "#d58ca0"],
    "low": "#2b221c",
    "high": "#eab27f",
    "on_low": "#ffffff",
    "on_high": "#0d0603",
    "flip": 0.55,
}

NAMED: Final = ("ink", "soft", "quiet", "main", "second", "on_low", "on_high", "flip")
"""What a chart may name, as in `{"expr": "main"}`; beyond `flip` of a ramp words stand out in `on_high`."""


def _configuration(colours: dict[str, Any]) -> dict[str, Any]:
    axis = {
        "labelColor": colours["soft"],
        "titleColor": colours["soft"],
        "gridColor": colours["line"],
        "domainColor": colours["quiet"],
        "tickColor": colours["line"],
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    }
    words = {"labelColor": colours["soft"], "titleColor": colours["soft"], "labelFontSize": 12}
    return {
        "background": "transparent",
        "padding": {"left": 4, "top": 4, "right": 14, "bottom": 4},
        "font": _FONT,
        "params": [{"name": name, "value": colours[name]} for name in NAMED],
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False},
        "legend": {**words, "orient": "top", "symbolType": "square", "symbolSize": 90, "offset": 4},
        "title": {
            "color": colours["ink"],
            "subtitleColor": colours["soft"],
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 14,
            "fontWeight": 600,
            "subtitleFontSize": 12,
            "offset": 10,
        },
        "text": {"color": colours["ink"], "fontSize": 11},
        "range": {
            "category": colours["range"],
            "heatmap": [colours["low"], colours["high"]],
            "ramp": [colours["low"], colours["high"]],
        },
    }


THEMES: Final[dict[Theme, dict[str, Any]]] = {
    "light": _configuration(_LIGHT),
    "dark": _configuration(_DARK),
}
"""The configuration of Vega-Lite for each paper; a chart's own is the light one."""
