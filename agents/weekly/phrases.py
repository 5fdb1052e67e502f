"""Turns of phrase of the rule-based writer."""

from __future__ import annotations

from typing import Final

from analytics.figures import Figure, Number

STEADY: Final = 0.005  # below half a per cent nothing has changed


def by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    """Figures under their names."""
    return {one.name: one for one in figures}


def count(number: Number | None, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number or 0:,} {one if number == 1 else many}"


def verb(name: str) -> str:
    """Was or were."""
    return "were" if name == "refunds" else "was"


def channel(name: str) -> str:
    """A channel's name in words."""
    return name.replace("_", " ")


def up_or_down(change: float) -> str:
    """A change in words."""
    return "level" if abs(change) < STEADY else f"{'up' if change > 0 else 'down'} {abs(change):.0%}"


def against(figure: Figure, what: str) -> str:
    """How a figure has changed, as the end of a sentence."""
    if figure.change is None:
        return ""
    if abs(figure.change) < STEADY:
        return f", as in {what}"
    return f", {abs(figure.change):.0%} {'more' if figure.change > 0 else 'less'} than in {what}"


def changed(now: Number, before: Number | None) -> str:
    """How a sum has changed, as the end of a sentence."""
    if not before:
        return ""
    change = (now - before) / before
    return ", as the week before" if abs(change) < STEADY else f", {up_or_down(change)} on the week before"


def moved(moved: int | None, before: str = ", ") -> str:
    """By how many a segment has grown or shrunk."""
    return f"{before}{moved:+,} since last week" if moved else ""


def duration(seconds: Number) -> str:
    """Seconds as a person says them."""
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size * 1.5:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.0f} s"
