"""Findings in plain words, by rules: the number first, then what it is held against, its parts, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agents.inquiry.assignment import Assignment
from agents.inquiry.change_words import explain, premise
from agents.inquiry.finding import Chart, Finding, Line, Stretch
from agents.inquiry.looking import Seen
from agents.inquiry.metrics import definition
from agents.inquiry.part_words import compared, comparison_lines, part_lines, ranking, shown_lines, trend
from agents.inquiry.phrasing import (
    day_words,
    label_words,
    only_words,
    period_words,
    short_period,
    signed_words,
    value_words,
)
from agents.inquiry.snapshot_words import (
    best_words,
    churn_words,
    forecast_words,
    people_words,
    pleased_words,
    report_words,
)
from agents.inquiry.spans import Span
from agents.inquiry.writing_context import Context
from agents.weekly.report import SpecialistName
from analytics.currency import minor_units
from analytics.figures import Known
from analytics.inquiries.charts import ChartName, axis_of, plotted
from analytics.inquiries.query import GRAINS


@dataclass(frozen=True)
class Writer:
    """Puts what the specialists have seen into words."""

    context: Context

    def write(self, question: str, assignment: Assignment, seen: Mapping[SpecialistName, Seen]) -> Finding:
        """The answer. A value that rests on too little is not told, and the answer says so."""
        main = seen[assignment.metric.specialist] if not assignment.why else seen["finance"]
        known = self._gated(assignment, main)
        then = main.before.value if main.before is not None else None
        found = Finding(
            kind="number",
            question=question,
            text="",
            metric=assignment.metric.name,
            label=assignment.metric.label,
            definition=definition(assignment.metric.name),
            value=known.value,
            unit=assignment.metric.unit,
            currency=self.context.currency if assignment.metric.unit == "minor" else None,
            reason=known.reason,
            period=_stretch(assignment.span),
            against=None if assignment.against is None or then is None else _stretch(assignment.against),
            previous=None if then is None else then.value,
            change=_change(assignment, known, then),
            by=assignment.query.by,
            notes=assignment.notes,
            sql=main.sql or None,
            specialists=tuple(seen),
            sample=self.context.sample,
        )
        return self._told(found, assignment, main, seen)

    def _gated(self, assignment: Assignment, main: Seen) -> Known:
        if main.now is None:
            return Known.unknown("nothing was counted")
        rests_on = main.now.rests_on
        if main.now.value.value is not None and rests_on is not None and rests_on < self.context.fewest:
            return Known.unknown(self.context.too_few(assignment.metric, rests_on))
        return main.now.value

    def _told(  # noqa: PLR0911 - a way of telling each
        self, found: Finding, assignment: Assignment, main: Seen, seen: Mapping[SpecialistName, Seen]
    ) -> Finding:
        source = assignment.metric.source
        if source == "best":
            return best_words(found, assignment, main.customers, self.context)
        if source == "pleased" and main.pleased is not None:
            return pleased_words(found, assignment, main.pleased)
        if source == "churn":
            return churn_words(found, main.warned, self.context)
        if source == "forecast" and main.forecast is not None:
            return forecast_words(found, main.forecast, self.context)
        if assignment.why:
            return self._why(found, assignment, main, seen)
        if assignment.query.by is not None:
            return self._parts(found, assignment, main)
        if found.metric == "customers":
            return people_words(found, assignment)
        if source == "report" and found.value is not None:
            return report_words(found, assignment, self.context)
        return self._single(found, assignment, main)

    def _single(self, found: Finding, assignment: Assignment, main: Seen) -> Finding:
        if found.value is None:
            return found.model_copy(update={"kind": "unknown", "text": self._not_known(found, assignment)})
        text = self._statement(found, assignment)
        text += compared(found, assignment, self.context) + "."
        if assignment.metric.source == "retention" and main.cohort is not None:
            text = self._cohort(found, main.cohort)
        notes = list(found.notes)
        if assignment.counted and assignment.metric.name in ("refunds", "discounts"):
            notes.append("This is what they amount to; how many there were is not counted.")
        if assignment.metric.name == "cac_blended":
            notes.append(
                "That is all marketing spend by all new customers; ask for paid CAC for paid channels alone."
            )
        if assignment.metric.name == "ltv_historic":
            notes.append(
                "That is what customers have brought so far; ask for predicted LTV for what they will bring."
            )
        chart = self._pair(found, assignment) if assignment.explicit else None
        return found.model_copy(update={"text": text, "notes": tuple(notes), "chart": chart})

    def _cohort(self, found: Finding, cohort: tuple[str, int]) -> str:
        assert found.value is not None  # noqa: S101 - the caller has looked
        month, size = label_words(cohort[0], "month"), cohort[1]
        mean = "" if found.previous is None else f"; over all months it was {found.previous:.0%}"
        again = f"{found.value:.0%} ordered again in the next month{mean}"
        return f"Of the {size:,} customers who first ordered in {month}, {again}."

    def _parts(self, found: Finding, assignment: Assignment, main: Seen) -> Finding:
        if main.now is None or not main.now.rows:
            return found.model_copy(update={"kind": "unknown", "text": self._not_known(found, assignment)})
        lines = part_lines(assignment, main, self.context)
        if assignment.query.by in GRAINS:
            text = trend(found, assignment, lines, self.context)
        elif assignment.order is not None:
            text = ranking(assignment, lines, self.context)
        else:
            text = shown_lines(assignment, lines)
            if found.value is not None:
                text = f"{self._statement(found, assignment)}{self._then(found, assignment)}. {text}"
        lines = comparison_lines(assignment, main, lines)
        notes = (*found.notes, *self.context.about_parts(assignment))
        chart = self._chart(assignment, lines)
        return found.model_copy(update={"text": text, "lines": lines, "chart": chart, "notes": notes})

    def _why(
        self, found: Finding, assignment: Assignment, main: Seen, seen: Mapping[SpecialistName, Seen]
    ) -> Finding:
        if found.value is None or found.previous is None:
            reason = (
                found.reason
                or (main.before.value.reason if main.before else None)
                or "nothing is known before it"
            )
            text = f"Why {assignment.metric.label} changed cannot be told: {reason}."
            return found.model_copy(update={"kind": "unknown", "text": text})
        text = premise(found, assignment) + self._statement(found, assignment)
        text += compared(found, assignment, self.context) + "."
        more, splits = explain(found, assignment, main, seen, self.context)
        steps = splits[0] if splits else None
        unit = assignment.metric.unit
        units = minor_units(self.context.currency)
        chart = None
        if steps is not None:
            change = signed_words(found.value - found.previous, unit, self.context.currency)
            points = tuple(
                {"label": one.label, "value": plotted(one.value, unit, units), "text": one.text}
                for one in steps.lines
            )
            title = f"What changed {assignment.metric.label}: {change}"
            chart = Chart(name="steps", title=title, axis=axis_of(unit, self.context.currency), points=points)
        return found.model_copy(update={"text": " ".join([text, *more]), "splits": splits, "chart": chart})

    def _not_known(self, found: Finding, assignment: Assignment) -> str:
        only = _spaced(only_words(assignment.query.only))
        reason = found.reason or "there is nothing recorded"
        return f"I can't know {assignment.metric.label}{only} {self._when(assignment)}: {reason}."

    def _statement(self, found: Finding, assignment: Assignment) -> str:
        """The number itself: what, how much, when."""
        return (
            f"{self._subject(assignment)} {_verb(assignment)} {self._value(found)} {self._when(assignment)}"
        )

    def _subject(self, assignment: Assignment) -> str:
        label = assignment.metric.label
        return f"{label[:1].upper()}{label[1:]}{_spaced(only_words(assignment.query.only))}"

    def _value(self, found: Finding) -> str:
        assert found.value is not None and found.unit is not None  # noqa: S101, PT018 - the callers have looked
        return value_words(found.value, found.unit, self.context.currency)

    def _then(self, found: Finding, assignment: Assignment) -> str:
        return compared(found, assignment, self.context) if assignment.explicit else ""

    @staticmethod
    def _when(assignment: Assignment) -> str:
        if assignment.metric.source in ("sales", "tickets"):
            return period_words(assignment.span)
        return f"at the end of {day_words(assignment.span.period.last)}"

    def _pair(self, found: Finding, assignment: Assignment) -> Chart | None:
        """Two bars, where two periods were to be held against each other."""
        if found.previous is None or assignment.against is None or found.unit is None:
            return None
        units = minor_units(self.context.currency)
        points = tuple(
            {
                "label": short_period(span),
                "value": plotted(value, found.unit, units),
                "text": value_words(value, found.unit, self.context.currency),
            }
            for span, value in ((assignment.span, found.value), (assignment.against, found.previous))
            if value is not None
        )
        label = assignment.metric.label
        axis = axis_of(found.unit, self.context.currency)
        return Chart(name="bars", title=f"{label[:1].upper()}{label[1:]}", axis=axis, points=points)

    def _chart(self, assignment: Assignment, lines: tuple[Line, ...]) -> Chart:
        unit, units = assignment.metric.unit, minor_units(self.context.currency)
        points: list[dict[str, str | float | None]] = []
        for one in self._drawn(assignment, lines):
            for span, value in ((assignment.span, one.value), (assignment.against, one.previous)):
                if span is None or value is None:
                    continue
                point: dict[str, str | float | None] = {
                    "label": one.label,
                    "value": plotted(value, unit, units),
                    "text": value_words(value, unit, self.context.currency),
                }
                two = any(each.previous is not None for each in lines)
                points.append(point | {"of": short_period(span)} if two else point)
        label = assignment.metric.label
        only = _spaced(only_words(assignment.query.only))
        title = f"{label[:1].upper()}{label[1:]}{only}, {short_period(assignment.span)}"
        name: ChartName = "line" if assignment.query.by in GRAINS and len(points) > 2 else "bars"
        axis = axis_of(unit, self.context.currency)
        return Chart(name=name, title=title, axis=axis, points=tuple(points))

    def _drawn(self, assignment: Assignment, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        """What the chart shows: where ROAS is ranked, the channels that are; the others would dwarf them."""
        if assignment.metric.name != "roas" or assignment.query.by != "channel":
            return lines
        paid = {name.replace("_", " ") for name in self.context.paid_channels}
        return tuple(one for one in lines if one.label in paid) or lines


def _stretch(span: Span) -> Stretch:
    return Stretch(start=span.period.start, end=span.period.last, words=period_words(span))


def _change(assignment: Assignment, now: Known, then: Known | None) -> float | None:
    if now.value is None or then is None or then.value is None:
        return None
    if assignment.metric.unit == "share":
        return now.value - then.value
    return (now.value - then.value) / abs(then.value) if then.value else None


def _verb(assignment: Assignment) -> str:
    return "were" if assignment.metric.plural else "was"


def _spaced(words: str) -> str:
    return f" {words}" if words else ""
