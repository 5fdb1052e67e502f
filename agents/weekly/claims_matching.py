"""Which fact a number states, by its value and by the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from agents.weekly.claims_context import Said, read
from agents.weekly.claims_reading import Kind, Mention, phrase
from analytics.currency import minor_units

if TYPE_CHECKING:
    from agents.weekly.claims import Fact, FactSheet
    from analytics.figures import Unit

_KINDS: Final[dict[Unit, tuple[Kind, ...]]] = {
    "minor": ("money",),
    "count": ("plain", "times"),
    "ratio": ("plain", "times", "percent"),
    "share": ("percent",),
    "months": ("months",),
    "seconds": ("seconds",),
    "days": ("seconds",),
}
_OTHER_SPANS: Final = {
    "week": re.compile(
        r"\b(?:(?:this|last|a|per|each|the) (?:month|quarter|day)|monthly|quarterly|daily|today|yesterday"
        r"|(?:this|per|each) year|annual(?:ly)?|yearly)\b",
        re.IGNORECASE,
    ),
    "month": re.compile(r"\b(?:a|per|each|this) (?:week|day|year|quarter)\b|\bthis week\b|\bweekly\b", re.I),
    "year": re.compile(r"\b(?:a|per|each) (?:week|day|month|quarter)\b|\bmonthly\b|\bweekly\b", re.I),
}
_EPSILON: Final = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Match:
    """A number of a text with its fact, or with what is wrong with it."""

    start: int
    end: int
    fact: Fact | None
    complaint: str = ""


def match(text: str, sheet: FactSheet) -> Iterator[Match]:
    """The numbers of a text in order, each with its fact where it has one."""
    found = [_matched(one, sheet) for one in read(text, sheet)]
    yield from sorted(found, key=lambda one: one.start)


def _matched(said: Said | Mention, sheet: FactSheet) -> Match:
    if isinstance(said, Mention):
        return Match(said.start, said.end, None, f"“{said.text}” is no day or month of these facts.")
    mention = said.mention
    if mention.weak and not any(fact.unit == "count" and _is_named(fact, said) for fact in sheet.facts):
        return Match(mention.start, mention.end, None)  # "no spend is recorded": nothing that has a number
    equal = [fact for fact in sheet.facts if _is_equal(fact, said, sheet.currency)]
    # What the clause goes on to name says more than what stood before it.
    equal.sort(key=lambda fact: not any(phrase(one) in said.subjects[-1:] for one in fact.phrases))
    wrong = ""
    for fact in equal:
        doubt = _doubt(fact, said)
        if not doubt:
            return Match(mention.start, mention.end, fact)
        wrong = wrong or f"“{mention.text}” is {fact.label}, but {doubt}."
    return Match(mention.start, mention.end, None, wrong or _unknown(said, sheet))


def _unknown(said: Said, sheet: FactSheet) -> str:
    """What is said of a number that no fact has."""
    near = [fact.label for fact in sheet.facts if _is_named(fact, said) and said.mention.kind in _kinds(fact)]
    meant = f" for {near[0]}" if near else ""
    return (
        f"“{said.mention.text}” is not among the facts{meant}; write only numbers that are, as written there."
    )


def _kinds(fact: Fact) -> tuple[Kind, ...]:
    if fact.points:
        return ("points",)
    return _KINDS[fact.unit]


def _is_equal(fact: Fact, said: Said, currency: str) -> bool:
    """Whether the number has the fact's unit and, at the rounding written, its value."""
    mention = said.mention
    if mention.kind not in _kinds(fact) or mention.value.is_nan():
        return False
    if (mention.kind == "money" and mention.currency != currency) or (mention.weak and fact.unit != "count"):
        return False
    value = Decimal(repr(fact.value)) if isinstance(fact.value, float) else Decimal(fact.value)
    if fact.unit == "minor":
        value /= minor_units(currency)
    elif mention.kind in ("percent", "points"):
        value *= 100
    elif fact.unit == "days":
        value *= 86_400
    written = mention.value
    if fact.form == "change":
        value = abs(value)
    elif mention.sign:
        written *= mention.sign
    return abs(value - written) <= mention.slack + _EPSILON


def _is_named(fact: Fact, said: Said) -> bool:
    return any(phrase(one) in said.subjects for one in fact.phrases)


def _doubt(fact: Fact, said: Said) -> str:
    """Why a fact of the same value is not what the words speak of; empty where it is."""
    if not _is_named(fact, said):
        return f"the words around it do not say so; name {fact.phrases[0]!r} right beside it"
    if fact.of and not set(fact.of) & set(said.things or said.about):
        return f"it does not stand beside {fact.of[0]!r}"
    if not fact.of and said.things:
        return f"it stands beside {said.things[0]!r}"
    if fact.end != said.place and not (fact.end is None and said.to):
        return "a range goes from its lower to its upper end" if fact.end else "it is no end of a range"
    return _doubt_of_direction(fact, said) or _doubt_of_comparison(fact, said)


def _doubt_of_direction(fact: Fact, said: Said) -> str:
    way = (fact.value > 0) - (fact.value < 0)
    if fact.form == "change":
        if not said.direction:
            return f"the words do not say that it is {'more' if way > 0 else 'less'}"
        return "" if said.direction == way else f"it is {'more' if way > 0 else 'less'}, not the other way"
    if fact.form == "signed":
        return "" if said.direction in (0, way) or not way else "its sign is the other one"
    if said.by and not (said.mention.sign < 0 and fact.value < 0):
        return "it is no difference"
    if said.to and said.direction and fact.trend and fact.against is None and said.direction != fact.trend:
        return f"it has gone {'up' if fact.trend > 0 else 'down'}"
    return ""


def _doubt_of_comparison(fact: Fact, said: Said) -> str:
    wanted = fact.against
    implied = fact.form == "change" and wanted == "before"
    from_there = wanted == "before" and fact.form == "level" and said.to
    if said.cue != wanted and not (said.cue is None and (implied or from_there)):
        return f"it is {_against(wanted)}, not {_against(said.cue)}"
    if fact.also and not any(_stands(one, said.sentence) for one in fact.also):
        return f"its sentence does not say {' or '.join(repr(one) for one in fact.also)}"
    other = _OTHER_SPANS.get(fact.span)
    strange = other.search(said.sentence) if other is not None else None
    if strange is not None:
        return f"it is of a {fact.span}, and the sentence says “{strange.group()}”"
    return ""


def _stands(words: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}", sentence, re.IGNORECASE) is not None


def _against(against: str | None) -> str:
    return {
        None: "of the period itself",
        "before": "beside the week before",
        "year": "beside the year before",
        "expected": "what is usual or expected",
        "plan": "beside the plan",
        "target": "beside the target",
    }[against]
