"""Every number of a text is one fact, or the text does not hold.

A `Fact` is a number with all that belongs to it. `check` reads a text, whoever wrote it, and finds for each number in
it the one fact that it states: the same value at the rounding written, in its unit, named by the words around it,
with its direction and what it is compared with. What it finds can be opened; what it cannot find is told in words
that a writer can act on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from agents.weekly.claims_reading import Phrase, phrase
from agents.weekly.edition import Claim, Words
from analytics.figures import Number, Unit

Form = Literal["level", "change", "signed"]
"""A level ("revenue was $5"), a change whose direction the words tell ("up 5%"), a number with a sign of its own."""

Against = Literal["before", "year", "expected", "plan", "target"]
"""What a number is compared with, or belongs to: the period before, the year before, what was to be expected, …"""

End = Literal["low", "high"]


def no_query() -> str:
    """Nothing to look up."""
    return ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that may be stated.

    `phrases` are the words of which any names it; `of` the names of the one thing it is about (a channel, a segment),
    any of which has to stand beside it, none where it is about the whole. `also` are words of which one has to be in
    the same sentence, `span` the period it is counted over: the words must not name another. `points` marks a share
    that is told in points. `trend` is the direction in which a level has moved. `query` gives the SQL, or the formula
    with its figures' SQL, that finds the value; it is made when first asked for.
    """

    name: str
    label: str
    value: Number
    unit: Unit
    phrases: tuple[str, ...]
    of: tuple[str, ...] = ()
    form: Form = "level"
    against: Against | None = None
    end: End | None = None
    points: bool = False
    span: Literal["week", "month", "year", "none"] = "none"
    trend: int = 0
    also: tuple[str, ...] = ()
    period: str = ""
    definition: str = ""
    query: Callable[[], str] = no_query


@dataclass(frozen=True)
class FactSheet:
    """What a text may state: the facts, the names of things, and words that stand as they are.

    `names` are what things of the business are called: a number in one is part of the name. One that holds a digit
    counts only in quotation marks, or where it is a single word. `numbered` are things called by a number, with the
    noun before it ("customer 17850"). `verbatim` are whole phrases, such as reasons, that may be repeated as they
    are. `days` are the days, `months` the first days of the months, that may be named. `unknown` are phrases of what
    is not known, so that no other number is taken for it.
    """

    facts: tuple[Fact, ...]
    currency: str
    names: frozenset[str] = frozenset()
    numbered: tuple[tuple[str, str], ...] = ()
    verbatim: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()
    months: frozenset[date] = frozenset()
    unknown: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Fact]:
        """The facts by their names."""
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def subjects(self) -> frozenset[Phrase]:
        """Every phrase that names something that is counted."""
        named = (each for fact in self.facts for each in fact.phrases)
        return frozenset(phrase(each) for each in (*named, *self.unknown))

    @cached_property
    def things(self) -> frozenset[str]:
        """The names of the things that facts are about, and all other names."""
        return self.names | {each for fact in self.facts for each in fact.of}

    def only(self, wanted: Callable[[Fact], bool]) -> FactSheet:
        """The sheet with some of its facts; what the others are about stays known, and may not be mistaken."""
        kept = tuple(fact for fact in self.facts if wanted(fact))
        rest = tuple(each for fact in self.facts if not wanted(fact) for each in fact.phrases)
        return FactSheet(
            kept,
            self.currency,
            self.things,
            self.numbered,
            self.verbatim,
            self.days,
            self.months,
            (*self.unknown, *rest),
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """The numbers of a text as facts, in its order, and what is wrong with the others."""

    claims: tuple[Claim, ...]
    complaints: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether every number is a fact."""
        return not self.complaints


@dataclass(frozen=True, slots=True)
class Written:
    """A text, the claims of its numbers, and who wrote it."""

    text: str
    claims: tuple[Claim, ...] = ()
    by: Words = field(default_factory=Words)


def check(text: str, sheet: FactSheet) -> Checked:
    """Find the fact of every number in a text."""
    from agents.weekly.claims_matching import match  # noqa: PLC0415 - it needs this module's types

    claims, complaints = [], []
    for found in match(text, sheet):
        if found.fact is not None:
            claims.append(claim(found.fact, found.start, found.end))
        elif found.complaint:
            complaints.append(found.complaint)
    return Checked(tuple(claims), tuple(dict.fromkeys(complaints)))


def claim(fact: Fact, start: int, end: int) -> Claim:
    """A fact as it is stated in some characters of a text."""
    period = f" ({fact.period})" if fact.period else ""
    return Claim(
        start=start,
        end=end,
        name=fact.name,
        label=f"{fact.label}{period}",
        value=fact.value,
        unit=fact.unit,
        definition=fact.definition,
        query=fact.query(),
    )
