"""An answer to a question about numbers: the number, how it came about, and what it does not say."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from agents.domain import Value
from analytics.figures import Number, Unit
from analytics.inquiries.charts import ChartName

FindingKind = Literal["number", "unknown", "ask_back"]


class Stretch(Value):
    """Days, both included, and how a sentence names them."""

    start: date
    end: date
    words: str


class Line(Value):
    """One part of a measure, as it is shown; `value` is None for the `reason`."""

    label: str
    value: Number | None
    text: str
    share: float | None = None
    previous: Number | None = None
    reason: str | None = None


class Split(Value):
    """The change cut one way; its amounts sum to the change exactly."""

    title: str
    lines: tuple[Line, ...]


class Chart(Value):
    """What is drawn beside it, in whole units of the currency or per cent."""

    name: ChartName
    title: str
    axis: str
    points: tuple[dict[str, str | float | None], ...]


class Finding(Value):
    """What became of a question; of `unknown` and `ask_back` the `text` says why, `choices` can be asked instead."""

    kind: FindingKind
    question: str
    text: str
    metric: str | None = None
    label: str | None = None
    definition: str | None = None
    value: Number | None = None
    unit: Unit | None = None
    currency: str | None = None
    reason: str | None = None
    period: Stretch | None = None
    against: Stretch | None = None
    previous: Number | None = None
    change: float | None = None
    by: str | None = None
    lines: tuple[Line, ...] = ()
    splits: tuple[Split, ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    chart: Chart | None = None
    sql: str | None = None
    specialists: tuple[str, ...] = ()
    sample: bool = False
    read_by: str = "rules"
    """Who understood the question: the rules, or a model and its prompt."""

    def specification(self) -> dict[str, Any] | None:
        """The chart in Vega-Lite, or None where there is none."""
        if self.chart is None:
            return None
        from analytics.inquiries.charts import draw  # noqa: PLC0415 - a second, and only for charts

        return draw(self.chart.name, list(self.chart.points), self.chart.title, self.chart.axis)

    def picture(self) -> bytes | None:
        """The chart as a PNG, or None where there is none."""
        specification = self.specification()
        if specification is None:
            return None
        from analytics.charts import png  # noqa: PLC0415 - as above

        return png(specification)
