"""Why something changed, in words: what it is made of, and where it happened; each way adds up to the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.inquiry.assignment import Assignment
from agents.inquiry.finding import Finding, Line, Split
from agents.inquiry.looking import Seen
from agents.inquiry.phrasing import label_words, signed_words, value_words
from agents.inquiry.writing_context import Context
from agents.weekly.report import SpecialistName
from analytics.inquiries.change import Part

_TOLD = 4
_NOTHING = 0.03
_ADDITIVE = (
    "gross_revenue",
    "net_revenue",
    "orders",
    "new_customers",
    "marketing_spend",
    "discounts",
    "refunds",
    "units",
)


def premise(found: Finding, assignment: Assignment) -> str:
    """Says so first where what was asked about did not happen."""
    if assignment.direction is None or found.value is None or found.previous is None:
        return ""
    rose = found.value > found.previous
    if found.value == found.previous:
        return "It did not change. "
    if assignment.direction == "down" and rose:
        return "It did not drop. "
    return "It did not rise. " if assignment.direction == "up" and not rose else ""


def explain(
    found: Finding,
    assignment: Assignment,
    main: Seen,
    seen: Mapping[SpecialistName, Seen],
    context: Context,
) -> tuple[list[str], tuple[Split, ...]]:
    """Sentences, and the cuts behind them."""
    assert found.value is not None and found.previous is not None  # noqa: S101, PT018 - the caller has looked
    said, splits = [], []
    change = found.value - found.previous
    if change and main.causes:
        splits.append(_split("By what it is made of", main.causes, assignment, context, None))
        said.append(f"What made the difference: {_told(main.causes, assignment, context)}.")
    for who, kind in (("marketing", "channel"), ("insights", "country")):
        look = seen.get(who)  # type: ignore[call-overload]
        parts = look.parts.get(kind, ()) if look is not None and look.parts else ()
        parts = tuple(Part(label_words(one.label, kind), one.amount) for one in parts)  # type: ignore[arg-type]
        if not change or len(parts) < 2:
            continue
        splits.append(_split(f"By {kind}", parts, assignment, context, change))
        if kind == "channel" or _one_sided(parts, change):
            said.append(f"By {kind}: {_told(parts, assignment, context, change)}.")
    said += _days(assignment, found, context)
    said += _year_ago(main, found)
    return said, tuple(splits)


def _told(
    parts: Sequence[Part], assignment: Assignment, context: Context, change: float | None = None
) -> str:
    """The greatest parts with their signs; the share of the change where one has most of it."""
    ordered = sorted((one for one in parts if one.amount), key=lambda one: -abs(one.amount))
    said: list[str] = []
    told = ordered if len(ordered) == _TOLD + 1 else ordered[:_TOLD]
    for one in told:
        words = f"{one.label} {signed_words(one.amount, assignment.metric.unit, context.currency)}"
        if change and not said and 0.5 <= one.amount / change <= 1:
            words += f" ({one.amount / change:.0%} of it)"
        said.append(words)
    rest = sum(one.amount for one in ordered[len(told) :])
    if len(ordered) > len(told):
        said.append(f"the others {signed_words(rest, assignment.metric.unit, context.currency)}")
    return ", ".join(said) or "nothing stands out"


def _one_sided(parts: Sequence[Part], change: float) -> bool:
    """Whether one part has most of the change: only then is the cut worth a sentence."""
    greatest = max(parts, key=lambda one: abs(one.amount))
    return 0.6 <= greatest.amount / change <= 1


def _split(
    title: str, parts: Sequence[Part], assignment: Assignment, context: Context, change: float | None
) -> Split:
    unit = assignment.metric.unit
    return Split(
        title=title,
        lines=tuple(
            Line(
                label=one.label,
                value=one.amount,
                text=signed_words(one.amount, unit, context.currency),
                share=one.amount / change if change else None,
            )
            for one in sorted(parts, key=lambda one: -abs(one.amount))
        ),
    )


def _days(assignment: Assignment, found: Finding, context: Context) -> list[str]:
    """Months differ in length; what a day brought does not."""
    if assignment.against is None or assignment.metric.name not in _ADDITIVE:
        return []
    now, then = ((one.period.end - one.period.start).days for one in (assignment.span, assignment.against))
    if now == then or found.value is None or found.previous is None:
        return []
    each = [
        value_words(amount / days, assignment.metric.unit, context.currency)
        for amount, days in ((found.value, now), (found.previous, then))
    ]
    if assignment.metric.unit == "count":
        each = [f"{amount / days:.1f}" for amount, days in ((found.value, now), (found.previous, then))]
    return [f"The periods have {now} and {then} days: a day made {each[0]} against {each[1]}."]


def _year_ago(main: Seen, found: Finding) -> list[str]:
    """How the same step went a year before: the season, if it is that."""
    if main.year_ago is None:
        return []
    now, then = main.year_ago[0].value, main.year_ago[1].value
    if now is None or not then or found.value is None or found.previous is None:
        return []
    change = (now - then) / abs(then)
    if abs(change) < _NOTHING:
        return ["A year before, the same step changed next to nothing."]
    side = "up" if change > 0 else "down"
    alike = (change > 0) == (found.value > found.previous)
    meaning = "some of it may be the season" if alike else "the season does not explain it"
    return [f"A year before, the same step went {side} {abs(change):.0%}, so {meaning}."]
