"""Facts as a model is told them: one a line, as data, with the number as it may be written."""

from __future__ import annotations

import json
from collections.abc import Iterator

from agents.weekly.claims import Fact, FactSheet
from analytics.currency import written

_BESIDE = {
    "before": "the week before",
    "year": "the same week a year ago",
    "expected": "what was to be expected",
    "plan": "plan",
    "target": "target",
}


def as_data(sheet: FactSheet) -> Iterator[str]:
    """Each fact as a line of JSON: what it is, its number as written, what it is beside, which thing it is of."""
    for fact in sheet.facts:
        line = {"fact": fact.label, "write": written_as(fact, sheet.currency), "name it": fact.phrases[0]}
        if fact.of:
            line["beside the name"] = f"“{fact.of[0]}”" if any(map(str.isdigit, fact.of[0])) else fact.of[0]
        if fact.against is not None:
            line["compared with"] = _BESIDE[fact.against]
        if fact.also:
            line["also say one of"] = ", ".join(fact.also[:3])
        if fact.period:
            line["period"] = fact.period
        yield json.dumps(line, ensure_ascii=False)


def written_as(fact: Fact, currency: str) -> str:
    """A fact's number, with its direction where it is a change."""
    value = abs(fact.value) if fact.form == "change" else fact.value
    number = _number(fact, value, currency)
    if fact.form != "change":
        return number
    return f"{'up' if fact.value > 0 else 'down'} {number}" if fact.value else f"level ({number})"


def _number(fact: Fact, value: float, currency: str) -> str:
    sign = "+" if fact.form == "signed" and value > 0 else ""
    if fact.points:
        return f"{sign}{value * 100:.0f} points"
    written_in = {
        "minor": lambda: written(value, currency),
        "count": lambda: f"{sign}{value:,.0f}",
        "ratio": lambda: f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}",
        "share": lambda: f"{value:.0%}",
        "months": lambda: f"{value:.1f} months",
        "seconds": lambda: _duration(value),
        "days": lambda: f"{value:.0f} days",
    }
    return written_in[fact.unit]()


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size * 1.5:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
