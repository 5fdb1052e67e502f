"""The parts of a measure in words: ranked, listed, or along time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agents.inquiry.assignment import Assignment
from agents.inquiry.finding import Finding, Line
from agents.inquiry.looking import Seen
from agents.inquiry.phrasing import day_words, label_words, listed, only_words, period_words, value_words
from agents.inquiry.writing_context import Context
from analytics.inquiries.query import GRAINS, UNKNOWN, Row, bucket_label, bucket_number, bucket_start

_ADDS_UP: Final = frozenset(
    [
        "gross_revenue",
        "discounts",
        "refunds",
        "net_revenue",
        "orders",
        "units",
        "new_customers",
        "marketing_spend",
        "customers",
        "support_volume",
    ]
)
_AVERAGES: Final = ("average_order_value", "cac_blended", "cac_paid", "ltv_historic")
_SHOWN: Final = 8
STEADY: Final = 0.005
UNFINISHED: Final = " (part of it)"


def part_lines(assignment: Assignment, main: Seen, context: Context) -> tuple[Line, ...]:
    """Each part as it is shown: along time in order, else the greatest first, or the best where that is asked for."""
    assert main.now is not None  # noqa: S101 - the caller has looked
    by, metric = assignment.query.by, assignment.metric
    rows = list(main.now.rows)
    if by not in GRAINS:
        rows = [one for one in rows if _wanted(one, assignment)]
        rows.sort(key=lambda one: (one.value.value is None, _rank(one, assignment, context), one.label))
    whole = main.now.value.value
    lines = []
    for row in rows:
        known = row.value
        if known.value is not None and metric.name in _AVERAGES and row.rests_on < context.fewest:
            known = replace(known, value=None, reason=context.too_few(metric, row.rests_on))
        share = None
        if known.value is not None and metric.name in _ADDS_UP and whole and whole > 0 and known.value >= 0:
            share = known.value / whole
        words = (
            "not known" if known.value is None else value_words(known.value, metric.unit, context.currency)
        )
        label = label_words(row.label, by)
        if by in GRAINS and _unfinished(row.label, assignment):
            label += UNFINISHED
        lines.append(
            Line(
                label=label,
                value=known.value,
                text=words,
                share=share,
                reason=known.reason,
            )
        )
    return tuple(lines)


def _unfinished(label: str, assignment: Assignment) -> bool:
    """Whether the period has only a part of a stretch of time."""
    by, period = assignment.query.by, assignment.span.period
    assert by in GRAINS  # noqa: S101 - the caller has looked
    first, last = bucket_number(by, period.start), bucket_number(by, period.last)
    if label == bucket_label(by, last) and bucket_start(by, last + 1) > period.end:
        return True
    return label == bucket_label(by, first) and bucket_start(by, first) < period.start


def _wanted(row: Row, assignment: Assignment) -> bool:
    only = None if assignment.query.by in GRAINS else next(
        (one for one in assignment.query.only if one.kind == assignment.query.by), None
    )  # fmt: skip
    return only is None or row.label in only.values


def _rank(row: Row, assignment: Assignment, context: Context) -> tuple[int, float]:
    """Paid channels come first where ROAS is ranked; then by value, the end that was asked for first."""
    unpaid = assignment.metric.name == "roas" and row.label not in context.paid_channels
    unknown = row.label == UNKNOWN
    value = float(row.value.value or 0)
    return int(unpaid) + 2 * int(unknown), value if ascending(assignment) else -value


def ascending(assignment: Assignment) -> bool:
    """Whether the least comes first."""
    order = assignment.order
    if order in (None, "highest"):
        return False
    if order == "lowest":
        return True
    less = assignment.metric.less_is_better
    return less if order == "best" else not less


def ranking(assignment: Assignment, lines: tuple[Line, ...], context: Context) -> str:
    """Who is first, and who comes after."""
    known = [one for one in lines if one.value is not None and one.label != "not known"]
    if assignment.metric.name == "roas":
        paid = {name.replace("_", " ") for name in context.paid_channels}
        known = [one for one in known if one.label in paid] or known
    if not known:
        when = period_words(assignment.span)
        return f"{_capital(assignment.metric.label)} is not known by {assignment.query.by} {when}."
    side = "lowest" if ascending(assignment) else "highest"
    first, rest = known[0], known[1 : (assignment.limit or 4)]
    ties = [one for one in rest if one.value == first.value]
    label = assignment.metric.label.removeprefix("the ")
    only = only_words([one for one in assignment.query.only if one.kind != assignment.query.by])
    who = listed([_capital(first.label), *(one.label for one in ties)], "and")
    text = f"{who} had the {side} {label}{_spaced(only)} {period_words(assignment.span)}: {first.text}{_share(first)}"
    after = [f"{one.label} ({one.text}{_share(one)})" for one in rest if one not in ties]
    return text + (f", before {listed(after, 'and')}." if after else ".")


def shown_lines(assignment: Assignment, lines: tuple[Line, ...]) -> str:
    """The greatest parts in a sentence; the rest is in the table."""
    known = [one for one in lines if one.value is not None]
    said = [
        one.label + f" {one.text}" + ("" if one.share is None else f" ({one.share:.0%})")
        for one in known[:_SHOWN]
    ]
    more = f", and {len(lines) - len(said)} more" if len(lines) > len(said) else ""
    return (
        f"By {assignment.query.by}: {', '.join(said)}{more}."
        if said
        else f"Nothing is known by {assignment.query.by}."
    )


def trend(found: Finding, assignment: Assignment, lines: tuple[Line, ...], context: Context) -> str:
    """The highest and the lowest stretch, the last one, and the whole."""
    known = [one for one in lines if one.value is not None]
    subject = f"{_capital(assignment.metric.label)}{_spaced(only_words(assignment.query.only))}"
    if not known:
        return f"{subject} is not known {period_words(assignment.span)}."
    whole_ones = [one for one in known if not one.label.endswith(UNFINISHED)] or known
    high = max(whole_ones, key=lambda one: one.value or 0)
    low = min(whole_ones, key=lambda one: one.value or 0)
    whole = ""
    if found.value is not None:
        words = value_words(found.value, assignment.metric.unit, context.currency)
        whole = f" {'In all' if assignment.metric.name in _ADDS_UP else 'Over all of it'}: {words}."
    if assignment.order is not None:
        one = low if ascending(assignment) else high
        side = "lowest" if ascending(assignment) else "highest"
        of = f"of the {assignment.query.by}s {period_words(assignment.span)}"
        return f"{subject} was {side} in {one.label}: {one.text} ({of}).{whole}"
    last = known[-1]
    return (
        f"{subject} by {assignment.query.by} {period_words(assignment.span)}: highest in {high.label} ({high.text}), "
        f"lowest in {low.label} ({low.text}), last {last.text} in {last.label}.{whole}"
    )


def comparison_lines(assignment: Assignment, main: Seen, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with what they were in the other period, where that was asked for."""
    if main.before is None or not main.before.rows:
        return lines
    then = {label_words(row.label, assignment.query.by): row.value.value for row in main.before.rows}
    return tuple(one.model_copy(update={"previous": then.get(one.label)}) for one in lines)


def compared(found: Finding, assignment: Assignment, context: Context) -> str:
    """How a value stands against the other period, as the end of a sentence."""
    if found.value is None or found.previous is None or assignment.against is None or found.unit is None:
        return ""
    snapshot = assignment.metric.source not in ("sales", "tickets")
    day = day_words(assignment.against.period.last)
    when = f"at the end of {day}" if snapshot else period_words(assignment.against)
    was = value_words(found.previous, found.unit, context.currency)
    if found.value == found.previous:
        return f", the same as {when}"
    if found.unit == "share":
        points = (found.value - found.previous) * 100
        return f", {points:+.1f} points against {was} {when}"
    side = "more" if found.value > found.previous else "less"
    if found.change is None:
        return f", after {was} {when}"
    if abs(found.change) < STEADY:
        return f", about the same as {when} ({was})"
    return f", {abs(found.change):.0%} {side} than {when} ({was})"


def _share(line: Line) -> str:
    return "" if line.share is None else f", {line.share:.0%} of all"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spaced(words: str) -> str:
    return f" {words}" if words else ""
