"""A question in a person's words as far as rules understand it: measure, period, restrictions, and what is left over.

What is left over is never dropped in silence: an answer to half a question is an answer to another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from agents.inquiry import vocabulary
from agents.inquiry.lexicon import Lexicon
from agents.inquiry.metrics import METRICS, NOT_RECORDED, find_metrics
from agents.inquiry.periods import NAMED, TAKEN, take_periods
from agents.inquiry.spans import Ago, Calendar, Span
from analytics.inquiries.query import Dimension, Only
from knowledge_base.number_words import DOZEN

Order = Literal["best", "worst", "highest", "lowest"]
Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Reading:
    """What was understood. `left` are the words that were not; `against` is a period that only the comparison names."""

    metric: str | None = None
    also: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    only: tuple[Only, ...] = ()
    by: Dimension | None = None
    why: bool = False
    direction: Direction | None = None
    order: Order | None = None
    limit: int | None = None
    ago: Ago | None = None
    compared: bool = False
    counted: bool = False
    not_recorded: str | None = None
    left: tuple[str, ...] = ()
    people: bool = False
    """Whether it asks who: for single customers."""
    against: Span | None = None
    also_by: Dimension | None = None
    nowhere: tuple[str, ...] = ()
    """Countries of which the store has nothing."""

    @property
    def empty(self) -> bool:
        """Whether nothing of it is about numbers."""
        return not (self.metric or self.spans or self.only or self.by or self.why or self.not_recorded)


_MOST_LISTED: Final = 20


def read(question: str, calendar: Calendar, lexicon: Lexicon) -> Reading:
    """What rules make of a question."""
    original = _plain(question)
    text = _Taking(original.lower())
    not_recorded = next((what for pattern, what in NOT_RECORDED if text.take(pattern.pattern)), None)
    why = text.take(vocabulary.WHY)
    people = bool(re.match(r"\W*(?:and )?who\b|.*\bwho (?:buys|spends|bought|spent)", text.rest))
    ago: Ago | None = (
        "year" if text.take(vocabulary.YEAR_AGO) else "before" if text.take(vocabulary.BEFORE) else None
    )
    times = text.take_dimension(
        vocabulary.TIMES, rf"{vocabulary.LEAD}(?: calendar)?|(?=daily|weekly|monthly|quarterly|yearly|annual)"
    )
    names = [name for name, _, _ in text.take_metrics()]
    spans, text.rest = take_periods(text.rest, calendar)
    against, spans = _held_against(spans, text.rest)
    text.rest = text.rest.replace(NAMED, TAKEN)
    limit = text.take_limit()
    only, text.rest = lexicon.take(text.rest, original)
    order = text.take_order()
    kinds = text.take_dimension(
        vocabulary.DIMENSIONS, rf"{vocabulary.LEAD}|the|our|all", alone=order is not None
    )
    compared = text.take(vocabulary.VERSUS) or against is not None
    down, up = text.take(vocabulary.DOWN), text.take(vocabulary.UP)
    changed = text.take(vocabulary.CHANGE)
    metric, also = _main(names, only, people=people, order=order)
    if re.search(r"(?<![\w-])and(?![\w-])", text.rest):
        also = tuple(dict.fromkeys(name for name in names if name not in (metric, "customers")))
    held = _by_values(only)
    by = kinds or times or held
    if held is not None and len(spans) < 2:
        compared = False  # the values are held against each other, not two periods
    if by is None and order is not None and metric == "support_volume":
        by = "topic"
    counted = bool(re.search(r"\bhow many\b|\bnumber of\b|\bcount of\b", original.lower()))
    left = text.left()
    if changed and by is None and ago is None and not why:
        by = "month" if _long(spans) else None
        ago = None if by else "before"
    if against is not None and against.grain == "year" and ago is None:
        against, ago = None, "year"
    return Reading(
        metric, also, spans, _merged(only), by, why, "down" if down and not up else "up" if up and not down else None,
        order, limit, ago, compared or ago is not None, counted, not_recorded, left, people, against,
        times if kinds and times else None, tuple(one.label for one in only if not one.values),
    )  # fmt: skip


def _plain(question: str) -> str:
    straight = question.translate(str.maketrans("‘’“”–—", "''\"\"--"))
    straight = re.sub(r"[?!;:\"()\[\]{}<>*#]|,(?=\s)|\.(?=\s|$)", " ", straight)
    return re.sub(r"\s+", " ", straight).strip()


class _Taking:
    """A text of which what was understood is taken out, piece by piece."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def take(self, words: str) -> bool:
        """Whether any of the words is there; they are taken out."""
        pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
        there = bool(pattern.search(self.rest))
        self.rest = pattern.sub(lambda match: TAKEN * len(match[0]), self.rest)
        return there

    def take_metrics(self) -> list[tuple[str, int, int]]:
        """The measures that are named."""
        found = find_metrics(self.rest)
        for _, start, end in found:
            self.rest = self.rest[:start] + TAKEN * (end - start) + self.rest[end:]
        return found

    def take_limit(self) -> int | None:
        """How many shall be listed: the top 5, the 3 best."""
        number = r"(?P<number>\d{1,3}|" + "|".join(DOZEN) + ")"
        for pattern in (
            rf"(?<=\btop ){number}\b",
            rf"(?<=\bbest ){number}\b",
            rf"\b{number}(?= (?:best|top|worst|biggest|largest)\b)",
        ):
            match = re.search(pattern, self.rest)
            if match:
                self.rest = self.rest[: match.start()] + TAKEN * len(match[0]) + self.rest[match.end() :]
                word = match["number"]
                return min(_MOST_LISTED, max(1, int(word) if word.isdigit() else DOZEN[word]))
        return None

    def take_order(self) -> Order | None:
        """Whether the best or the worst is wanted, or the most or the least."""
        found: Order | None = None
        sells = re.search(r"best[- ]?sell", self.rest)
        orders: tuple[tuple[Order, str], ...] = (
            ("worst", vocabulary.WORST),
            ("lowest", vocabulary.LOWEST),
            ("highest", vocabulary.HIGHEST),
            ("best", vocabulary.BEST),
        )
        for order, words in orders:
            if sells and order == "best":
                found = "best"
                self.rest = re.sub(r"\bbest\b(?![- ]?sell)", lambda match: TAKEN * len(match[0]), self.rest)
            elif self.take(words):
                found = order
        return found

    def take_dimension(self, names: Mapping[str, str], lead: str, *, alone: bool = False) -> Dimension | None:
        """By what it shall be parted: by channel, which country, monthly; `alone` if the bare noun says so."""
        found: Dimension | None = None
        for name, words in names.items():
            maybe = "?" if alone else ""
            pattern = re.compile(rf"(?<![\w-])(?:(?:{lead}) ?){maybe}(?:{words})(?![\w-])")
            if pattern.search(self.rest):
                found = found or name  # type: ignore[assignment]
                self.rest = pattern.sub(lambda match: TAKEN * len(match[0]), self.rest)
        return found

    def left(self) -> tuple[str, ...]:
        """The words that nothing has taken."""
        words = [word.strip("'-") for word in re.findall(rf"[^\s{TAKEN},/&]+", self.rest)]
        return tuple(dict.fromkeys(word for word in words if word not in vocabulary.FILLER and _tells(word)))


def _held_against(spans: tuple[Span, ...], rest: str) -> tuple[Span | None, tuple[Span, ...]]:
    """A lone period that something else is held against: “revenue compared to last year”."""
    if len(spans) != 1 or not re.search(rf"(?<![\w-])(?:{vocabulary.VERSUS})\s*(?:in |the )?{NAMED}", rest):
        return None, spans
    return spans[0], ()


def _tells(word: str) -> bool:
    return any(sign.isalnum() for sign in word)


def _main(
    names: list[str], only: tuple[Only, ...], *, people: bool, order: Order | None
) -> tuple[str | None, tuple[str, ...]]:
    """The measure that is meant, and others that were named beside it. “Customers” beside another is a mere noun."""
    distinct = list(dict.fromkeys(names))
    if (
        "customers" in distinct
        and order in ("best", "highest")
        and set(distinct) <= {"customers", "net_revenue", "marketing_spend"}
    ):
        return "best_customers", ()
    if any(METRICS[name].source in ("tickets", "pleased") for name in distinct if name != "support_volume"):
        distinct = [
            name for name in distinct if name != "support_volume"
        ]  # a mere noun: the share of tickets
    strong = [name for name in distinct if not METRICS[name].weak]
    weak = [name for name in distinct if METRICS[name].weak]
    if (
        people
        and ("customers" in weak)
        and not strong
        and order is None
        and not any(one.kind == "segment" for one in only)
    ):
        return "customers", tuple(name for name in weak if name != "customers")
    if strong:
        return strong[0], tuple(strong[1:])
    useful = [name for name in weak if name != "customers"] or weak
    if useful:
        return useful[0], tuple(useful[1:])
    if any(one.kind == "segment" for one in only):
        return "customers", ()
    return None, ()


def _by_values(only: tuple[Only, ...]) -> Dimension | None:
    """Two values of one kind are to be held against each other."""
    kinds = [one.kind for one in only]
    return next((kind for kind in kinds if kinds.count(kind) > 1), None)


def _merged(only: tuple[Only, ...]) -> tuple[Only, ...]:
    """One restriction a kind: any of its values."""
    found: dict[str, Only] = {}
    for one in only:
        other = found.get(one.kind)
        if other is not None:
            one = Only(one.kind, (*other.values, *one.values), f"{other.label} and {one.label}")  # noqa: PLW2901
        found[one.kind] = one
    return tuple(found.values())


def _long(spans: tuple[Span, ...]) -> bool:
    return any((span.period.end - span.period.start).days > 62 for span in spans)
