"""From what was understood to what is measured; where that is not clear or cannot be known, it says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from agents.inquiry.assignment import AskBack, Assignment, CannotKnow, Plan
from agents.inquiry.lexicon import Lexicon
from agents.inquiry.metrics import METRICS, Metric
from agents.inquiry.phrasing import day_words, listed, only_words, period_words
from agents.inquiry.reading import Reading
from agents.inquiry.spans import Calendar, Span, before, months_back, unit_of, units_back
from analytics.countries import country_name
from analytics.inquiries.business import Business, Days
from analytics.inquiries.change import explainable
from analytics.inquiries.query import GRAINS, Dimension, Grain, Query
from analytics.period import Period, last_complete_week

EXAMPLES: Final = (
    "What was net revenue last month?",
    "Which channel had the best ROAS last month?",
    "How many customers are at risk?",
)
_TREND: Final[dict[Grain, int]] = {"day": 30, "week": 13, "month": 12, "quarter": 8, "year": 5}
_DATA_END_LATE: Final = timedelta(days=7)
_SNAPSHOTS: Final = ("people", "report", "forecast", "churn", "retention", "pleased")


@dataclass(frozen=True)
class Planner:
    """Plans by what the store holds and what day it is."""

    business: Business
    calendar: Calendar
    lexicon: Lexicon

    def plan(self, reading: Reading) -> Plan:
        """What is measured, or why nothing is."""
        unclear = _unclear(reading, self.lexicon)
        if unclear is not None:
            return unclear
        metric, notes = _meant(reading)
        if metric is None:
            return _ask_for_metric(reading)
        refused = _refused(metric, reading)
        if refused is not None:
            return refused
        if metric.source in _SNAPSHOTS:
            return self._snapshot(metric, reading, notes)
        return self._stretch(metric, reading, notes)

    def _days(self, metric: Metric) -> Days:
        if metric.source in ("tickets", "pleased"):
            return self.business.asked
        return self.business.spent if metric.name == "marketing_spend" else self.business.ordered

    def _stretch(self, metric: Metric, reading: Reading, notes: tuple[str, ...]) -> Plan:
        """A measure over a stretch of time."""
        by = reading.by
        span = reading.spans[0] if reading.spans else None
        if span is None:
            span = self._usual(metric, reading)
            if by not in GRAINS and not span.whole:
                notes = (*notes, "No period was named, so this is the last complete one.")
        days = self._days(metric)
        late = _out_of_reach(span, days, self.calendar, metric)
        if late is not None:
            return late
        span, clipped = _clipped(span, days, self.calendar)
        notes = (*notes, *clipped)
        against = self._against(metric, reading, span, days)
        if against is None and reading.compared:
            notes = (*notes, "There is nothing before it to hold it against.")
        notes = (*notes, *_nowhere(reading, self.business))
        query = Query(metric.name, span.period, reading.only, by)
        if by in GRAINS and not 1 <= _parts(span, by) <= 400:
            return AskBack(f"That would be too many {by}s to show. Ask for a shorter period.")
        if reading.why and (against is None or not explainable(metric.name)):
            why = (
                "there is nothing before it to hold it against"
                if against is None
                else "it is not made of parts"
            )
            return CannotKnow(f"Why {metric.label} changed cannot be told: {why}.")
        return Assignment(
            metric, query, span, against, reading.compared or len(reading.spans) > 1, reading.why,
            reading.direction, reading.order, reading.limit, reading.counted, notes,
        )  # fmt: skip

    def _against(self, metric: Metric, reading: Reading, span: Span, days: Days) -> Span | None:
        if len(reading.spans) > 1 or reading.against is not None:
            return reading.against or reading.spans[1]
        if span.whole or (reading.by in GRAINS and not reading.why) or metric.source == "best":
            return None
        found = before(span, reading.ago or "before")
        return None if days is None or found.period.start < days[0] else found

    def _snapshot(self, metric: Metric, reading: Reading, notes: tuple[str, ...]) -> Plan:
        """A measure as it stands at the end of a period; without one, of the last week that the report has."""
        week = last_complete_week(self.calendar.anchor)
        span = reading.spans[0] if reading.spans and not reading.spans[0].whole else Span(week, "week")
        days = self._days(metric)
        if reading.why:
            return CannotKnow(
                f"Why {metric.label} changed cannot be told: it is not a sum over a period.",
                ("Why did net revenue change last month?",),
            )
        if metric.source == "forecast":
            span = Span(week, "week")  # it looks ahead of what is known, whatever month was named
        elif metric.source != "pleased" or days is not None:
            late = _out_of_reach(span, days or self.business.ordered, self.calendar, metric)
            if late is not None:
                return late
            span, clipped = _clipped(span, days or self.business.ordered, self.calendar)
            notes = (*notes, *clipped)
        notes = (*notes, *_nowhere(reading, self.business))
        against = None
        if metric.source == "people" and reading.by is None:
            against = reading.spans[1] if len(reading.spans) > 1 else Span(
                Period(span.period.start - timedelta(days=7), span.period.end - timedelta(days=7)), span.grain
            )  # fmt: skip
        return Assignment(
            metric, Query(metric.name, span.period, reading.only, reading.by), span, against,
            len(reading.spans) > 1, order=reading.order, limit=reading.limit, counted=reading.counted, notes=notes,
        )  # fmt: skip

    def _usual(self, metric: Metric, reading: Reading) -> Span:
        """The period that is meant where none was named."""
        anchor = self.calendar.anchor
        by = reading.by
        if metric.source == "best":
            first = self.calendar.first or anchor
            return Span(Period(first, max(anchor, first + timedelta(days=1))), None, whole=True)
        if by in GRAINS and not reading.why:
            return _last(by, anchor, _TREND[by])
        if by is not None or reading.order is not None:
            return Span(units_back("month", anchor, 1), "month")
        return Span(last_complete_week(anchor), "week")


def _last(grain: Grain, anchor: object, count: int) -> Span:
    from datetime import date  # noqa: PLC0415

    assert isinstance(anchor, date)  # noqa: S101
    if grain == "day":
        return Span(Period(anchor - timedelta(days=count), anchor))
    end = unit_of(grain, anchor).start
    if grain == "week":
        return Span(Period(end - timedelta(days=7 * count), end))
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    return Span(Period(months_back(end, months * count), end))


def _parts(span: Span, by: Dimension) -> int:
    length = {"day": 1, "week": 7, "month": 28, "quarter": 89, "year": 365}[by]
    return max(1, (span.period.end - span.period.start).days // length)


def _unclear(reading: Reading, lexicon: Lexicon) -> AskBack | CannotKnow | None:  # noqa: PLR0911 - a reason each
    """A question back where part of the question was not understood."""
    if reading.not_recorded is not None:
        said = reading.not_recorded
        return CannotKnow(f"I can't know: {said}.", EXAMPLES[:2])
    if reading.left:
        unknown = listed([f"“{word}”" for word in reading.left[:4]], "and")
        near = [each for word in reading.left for each in lexicon.near(word)]
        if near:
            return AskBack(f"I do not know {unknown}. Did you mean {listed(near[:3], 'or')}?")
        understood = _understood(reading)
        if not understood:
            return AskBack("I did not understand that as a question about numbers. You can ask:", EXAMPLES)
        return AskBack(
            f"I understood {understood}, but not {unknown}. It may be something that is not recorded here; "
            "ask without it, or in other words."
        )
    if len(reading.spans) > 2:
        return AskBack("I can hold two periods against each other, not more. Ask by month for a longer view.")
    if reading.also_by is not None and reading.metric is not None:
        label = METRICS[reading.metric].label
        tail = f" {period_words(reading.spans[0])}" if reading.spans else ""
        ways = (reading.by, reading.also_by)
        return AskBack(
            "By one thing at a time, please:", tuple(f"{_capital(label)} by {way}{tail}" for way in ways)
        )
    if reading.order is not None and reading.by is None and reading.metric not in (None, "best_customers"):
        return _ask_for_part(reading)
    if reading.also:
        every = [METRICS[name].label for name in (reading.metric, *reading.also) if name is not None]
        tail = f" {period_words(reading.spans[0])}" if reading.spans else ""
        return AskBack("One number at a time, please:", tuple(f"What was {one}{tail}?" for one in every[:3]))
    return None


def _ask_for_part(reading: Reading) -> AskBack | None:
    """The best or the most of what?"""
    assert reading.metric is not None  # noqa: S101 - the caller has looked
    metric = METRICS[reading.metric]
    ways = [*metric.parts[:2], *(["month"] if metric.timed else [])]
    if not ways:
        return None
    tail = f" {period_words(reading.spans[0])}" if reading.spans else ""
    label = metric.label.removeprefix("the ")
    return AskBack("Of what?", tuple(f"Which {way} had the {reading.order} {label}{tail}?" for way in ways))


def _understood(reading: Reading) -> str:
    said = [METRICS[reading.metric].label] if reading.metric else []
    said += [one.label for one in reading.only]
    said += [period_words(span) for span in reading.spans]
    return listed([f"“{one}”" for one in said], "and") if said else ""


def _meant(reading: Reading) -> tuple[Metric | None, tuple[str, ...]]:
    """The measure that a question means, also where it names none but leaves no doubt."""
    products = reading.by == "product" or any(one.kind == "product" for one in reading.only)
    name = reading.metric
    if name is None:
        if reading.by == "product" or (reading.order and products):
            name = "gross_revenue"
        elif reading.by == "topic" or any(one.kind == "topic" for one in reading.only):
            name = "support_volume"
        elif reading.by == "segment":
            name = "customers"
        elif reading.order and reading.by is not None and reading.by != "channel":
            name = "net_revenue"
    if (
        (
            name == "customers"
            and (products or (any(one.kind == "channel" for one in reading.only) and reading.spans))
        )
        or (
            name == "customers"
            and reading.spans
            and reading.by not in ("segment",)
            and not _by_segment(reading)
        )
        or (name == "customers" and reading.by in GRAINS)
    ):
        name = "active_customers"
    if name is None:
        return None, ()
    if products and name == "net_revenue":
        note = "Discounts and refunds are known by order, not by product, so this is gross revenue."
        return METRICS["gross_revenue"], (note,)
    return METRICS[name], ()


def _by_segment(reading: Reading) -> bool:
    return any(one.kind == "segment" for one in reading.only)


def _ask_for_metric(reading: Reading) -> AskBack:
    tail = f" {only_words(reading.only)}" if reading.only else ""
    tail += f" {period_words(reading.spans[0])}" if reading.spans else ""
    if reading.by == "channel":
        choices = ("ROAS", "net revenue", "number of new customers")
        word = "lowest" if reading.order in ("worst", "lowest") else "highest"
        return AskBack(
            "By which number?", tuple(f"Which channel had the {word} {one}{tail}?" for one in choices)
        )
    if not tail:
        return AskBack("Of which number? You can ask:", EXAMPLES)
    verb = "Why did {} change{}?" if reading.why else "What was {}{}?"
    measures = ("net revenue", "the number of orders", "the average order value")
    return AskBack("Which number do you want to know?", tuple(verb.format(one, tail) for one in measures))


def _refused(metric: Metric, reading: Reading) -> CannotKnow | None:
    """Why a measure cannot be parted or restricted as asked."""
    wanted: list[Dimension] = [one.kind for one in reading.only]
    if reading.by is not None:
        wanted.append(reading.by)
    for kind in wanted:
        if kind in GRAINS:
            if metric.timed:
                continue
            return CannotKnow(
                f"{_capital(metric.label)} is known as it stands at one time, not by {kind}.",
                (f"What was {metric.label} at the end of last month?",),
            )
        if kind not in metric.parts:
            return CannotKnow(
                f"I can't know {metric.label} by {kind}: {metric.why_whole}.",
                (f"What was {metric.label} last month?",),
            )
    return None


def _nowhere(reading: Reading, business: Business) -> tuple[str, ...]:
    """Says so where a country is meant from which there is nothing at all."""
    if not reading.nowhere:
        return ()
    known = [country_name(one) for one in business.countries[:6]]
    there = f"; orders come from {listed(known, 'and')}" if known else ""
    return (f"Nothing from {listed(reading.nowhere, 'or')} is recorded at all{there}.",)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _out_of_reach(span: Span, days: Days, calendar: Calendar, metric: Metric) -> CannotKnow | None:
    """Why nothing can be known of a period: it is to come, or no data reach there."""
    what = (
        "spend" if metric.name == "marketing_spend" else "tickets" if metric.source == "tickets" else "orders"
    )
    if span.period.start > calendar.today:
        choices = (
            ("What is the forecast for this month?",)
            if metric.name in ("net_revenue", "gross_revenue")
            else ()
        )
        return CannotKnow(
            f"I can't know: that has not begun yet; today is {day_words(calendar.today)}.", choices
        )
    if days is None:
        none = "no spend was imported" if what == "spend" else f"no {what} were imported"
        return CannotKnow(f"I can't know {metric.label}: {none}.")
    ended = "the spend known ends" if what == "spend" else f"the {what} known end"
    begun = "the spend known begins" if what == "spend" else f"the {what} known begin"
    if span.period.start > days[1]:
        return CannotKnow(
            f"I can't know {metric.label} {period_words(span)}: {ended} on {day_words(days[1])}."
        )
    if span.period.end <= days[0]:
        return CannotKnow(
            f"I can't know {metric.label} {period_words(span)}: {begun} on {day_words(days[0])}."
        )
    return None


def _clipped(span: Span, days: Days, calendar: Calendar) -> tuple[Span, tuple[str, ...]]:
    """No longer than there are data; said where that matters."""
    if days is None or span.whole:
        return span, ()
    end = days[1] + timedelta(days=1)
    period = span.period
    under_way = period.end > calendar.today
    if not under_way and period.end - end < _DATA_END_LATE:
        return span, ()
    last = min(period.end, end)
    if last == period.end:
        return span, ()
    note = f"The data end on {day_words(days[1])}."
    return replace(span, period=Period(period.start, last)), (note,)
