"""A question that the rules do not understand, read by a model: into the same typed query, and into nothing else.

The model chooses among measures and values that there are; a period that it names is understood by our own rules.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.errors import BadInput
from agents.inquiry.metrics import METRICS
from agents.inquiry.periods import NAMED, take_periods
from agents.inquiry.reading import Reading
from agents.inquiry.spans import Calendar, Span
from agents.knowledge import History
from agents.models.calls import Job, NoWords
from agents.models.room import ModelRoom
from agents.prompting import Prompt
from analytics.customers import SEGMENTS
from analytics.inquiries.business import Business
from analytics.inquiries.query import Kind, Only

SECONDS: Final = 8.0
TURNS: Final = 6
_MOST_PRODUCTS: Final = 60

log = logging.getLogger(__name__)


class InquiryForm(BaseModel):
    """The form in which a query is written."""

    model_config = ConfigDict(extra="forbid")

    understood: bool
    metric: str
    period: str = Field(description="Plain words, or empty.")
    compare_to: str = Field(description="Plain words, or empty.")
    by: Literal[
        "none", "channel", "country", "segment", "product", "topic", "day", "week", "month", "quarter", "year"
    ]
    why: bool
    channels: list[str]
    countries: list[str]
    segments: list[str]
    products: list[str]
    topics: list[str]
    order: Literal["none", "best", "worst", "highest", "lowest"]


@dataclass(frozen=True)
class ModelReader:
    """Reads by a model; `mask` is what may be sent to one."""

    room: ModelRoom
    prompt: Prompt
    mask: Callable[[str], str]

    def read(
        self, question: str, history: History, business: Business, calendar: Calendar
    ) -> tuple[Reading, str] | None:
        """What was understood, and by whom; None where no usable reading came in time."""
        if not self.room.on:
            return None
        asked = self.mask(question)
        said = [f"{role}: {self.mask(text)}" for role, text in history[-TURNS:]]
        job = Job(
            specialist="supervisor",
            prompt=self.prompt.render(
                today=calendar.today.isoformat(),
                measures="\n".join(f"{one.name}: {one.label}" for one in METRICS.values()),
                values=_values(business),
                history="\n".join(said) or "(nothing)",
                question=asked,
            ),
            form=InquiryForm,
            check=lambda form: _complaints(form, "\n".join([*said, asked]), business, calendar),
            seconds=SECONDS,
            version=f"{calendar.today} {calendar.last}",
        )
        try:
            words = self.room.write(job)
        except (NoWords, BadInput) as failure:
            log.info("The question stays as the rules read it: %s", failure)
            return None
        if not words.value.understood or words.value.metric not in METRICS:
            return None
        return _reading(words.value, business, calendar), f"{words.model}, {words.prompt}"


def _values(business: Business) -> str:
    rows = (
        ("channels", business.channels),
        ("countries", business.countries),
        ("segments", SEGMENTS),
        ("products", business.products[:_MOST_PRODUCTS]),
        ("topics", business.topics),
    )
    return "\n".join(f"{name}: {'; '.join(values) or '(none)'}" for name, values in rows)


def _complaints(form: InquiryForm, said: str, business: Business, calendar: Calendar) -> Sequence[str]:
    """What keeps a form from being a query about this business."""
    if not form.understood:
        return []
    if form.metric not in METRICS:
        return [f"there is no measure {form.metric!r}; set understood to false if none is meant"]
    found = []
    for name, wanted, known in _restrictions(form, business):
        found += [f"{one!r} is not among the {name}" for one in wanted if one not in known]
    for words in (form.period, form.compare_to):
        if numbers := set(re.findall(r"\d+", words)) - set(
            re.findall(r"\d+", f"{said} {calendar.today.year}")
        ):
            found.append(f"nobody has said {', '.join(sorted(numbers))}")
        elif words.strip() and _span(words, calendar) is None:
            found.append(f"{words!r} is no period that can be understood; write it plainly, as “last month”")
    return found


def _restrictions(form: InquiryForm, business: Business) -> Sequence[tuple[str, list[str], Sequence[str]]]:
    return (
        ("channels", form.channels, business.channels),
        ("countries", form.countries, business.countries),
        ("segments", form.segments, SEGMENTS),
        ("products", form.products, business.products),
        ("topics", form.topics, business.topics),
    )


def _span(words: str, calendar: Calendar) -> Span | None:
    spans, rest = take_periods(words.lower().strip(" ."), calendar)
    left = re.sub(rf"{NAMED}|\b(?:in|on|of|the|during|for)\b|\W", "", rest)
    return spans[0] if len(spans) == 1 and not left else None


def _reading(form: InquiryForm, business: Business, calendar: Calendar) -> Reading:
    spans = tuple(
        span for words in (form.period, form.compare_to) if (span := _span(words, calendar)) is not None
    )
    kinds: tuple[Kind, ...] = ("channel", "country", "segment", "product", "topic")
    only = tuple(
        Only(kind, tuple(values), ", ".join(value.replace("_", " ") for value in values))
        for kind, (_, values, _) in zip(kinds, _restrictions(form, business), strict=True)
        if values
    )
    return Reading(
        metric=form.metric,
        spans=spans,
        only=only,
        by=None if form.by == "none" else form.by,
        why=form.why,
        order=None if form.order == "none" else form.order,
        compared=len(spans) > 1,
    )
