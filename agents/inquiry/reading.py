"""A question in a person's words as far as rules understand it: measure, period, restrictions, and what is left over.

What is left over is never dropped in silence: an answer to half a question is an answer to another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from agents.inquiry.lexicon import Lexicon
from agents.inquiry.metrics import METRICS, NOT_RECORDED, find_metrics
from agents.inquiry.periods import TAKEN, take_periods
from agents.inquiry.spans import Ago, Calendar, Span
from analytics.inquiries.query import Dimension, Only

Order = Literal["best", "worst", "highest", "lowest"]
Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Reading:
    """What was understood. `left` are the words that were not, `named` those of them that seem to name something."""

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
    named: tuple[str, ...] = ()
    people: bool = False
    """Whether it asks who: for single customers."""

    @property
    def empty(self) -> bool:
        """Whether nothing of it is about numbers."""
        return not (self.metric or self.spans or self.only or self.by or self.why or self.not_recorded)


_DIMENSIONS: Final = {
    "channel": r"channels?|sources?|marketing channels?",
    "country": r"countr(?:y|ies)|markets?|nations?",
    "segment": r"segments?|customer groups?|rfm",
    "product": r"products?|items?|skus?|articles?|best[- ]?sellers?|best[- ]selling|flavou?rs?",
    "topic": r"topics?|subjects?|themes?",
}
_TIMES: Final = {"day": r"days?|daily", "week": r"weeks?|weekly", "month": r"months?|monthly",
                 "quarter": r"quarters?|quarterly", "year": r"years?|yearly|annual(?:ly)?"}  # fmt: skip
_LEAD: Final = r"(?:(?:split |broken down |grouped |sorted )?by|per|for each|each|every|across|which|what|in which|what's the|over the|over)"
_BEST: Final = r"best[- ]?sellers?|best[- ]selling|best(?:[- ]performing)?|top(?:[- ]performing)?|strongest|leading|winning|winner|works? best|(?:did|does|do|sells?|performs?|performed) (?:the )?best|better"
_WORST: Final = r"worst(?:[- ]performing)?|weakest|poorest|worse|bottom"
_HIGHEST: Final = r"highest|most|biggest|largest|greatest|maximum|max|peak|record"
_LOWEST: Final = r"lowest|least|fewest|smallest|minimum|min|cheapest"
_DOWN: Final = r"drop(?:s|ped|ping)?|fall(?:s|en|ing)?|fell|declin(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)|down|sank|sunk|shr(?:ink|ank|unk)|dip(?:ped)?|slump(?:ed)?|crash(?:ed)?|los(?:e|t|s)|lower|less|fewer|worse|bad|poor|weak|slow(?:er|ed)?"
_UP: Final = r"ris(?:e|es|ing|en)|rose|gr[eo]w(?:s|n|ing|th)?|increas(?:e|ed|es|ing)|up|jump(?:ed)?|climb(?:ed)?|improv(?:e|ed|es|ing|ement)|spik(?:e|ed)|higher|better|high|strong(?:er)?|good|surg(?:e|ed)"
_CHANGE: Final = r"chang(?:e|ed|es|ing)|develop(?:ed|ment|ing)?|mov(?:e|ed)|trend(?:s|ed|ing)?|over time|evolv(?:e|ed|ing)|histor(?:y|ically)"
_WHY: Final = r"why|how come|what(?:'s| is| was)? (?:caused|drove|driv(?:es|ing)|behind|happened (?:to|with))|reasons? (?:for|why|behind)|explain(?:s)?|what explains|what made"
_YEAR_AGO: Final = r"year[- ](?:on|over)[- ]year|yoy|y/y|(?:the )?(?:same (?:time|period|month|week|quarter|day)s? )(?:of |in )?(?:the )?last year|a year (?:ago|earlier|before)|(?:the|one) year (?:before|earlier)|(?:same (?:time|period) )a year ago"
_BEFORE: Final = r"(?:week|month|quarter|day)[- ](?:on|over)[- ](?:week|month|quarter|day)|wow|mom|qoq|(?:the )?(?:previous|prior) (?:period|one)|(?:the )?(?:week|month|quarter|period) before"
_VERSUS: Final = r"vs\.?|versus|compar(?:e|ed|ing|ison)(?: (?:to|with|against))?|than|against|relative to|or"

_FILLER: Final = frozenset(
    [
        "what",
        "whats",
        "what's",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "our",
        "ours",
        "we",
        "us",
        "i",
        "my",
        "me",
        "you",
        "your",
        "do",
        "does",
        "did",
        "doing",
        "done",
        "have",
        "has",
        "had",
        "having",
        "how",
        "many",
        "much",
        "number",
        "total",
        "amount",
        "count",
        "sum",
        "value",
        "tell",
        "show",
        "give",
        "find",
        "get",
        "please",
        "can",
        "could",
        "would",
        "will",
        "should",
        "like",
        "want",
        "know",
        "let",
        "see",
        "look",
        "there",
        "here",
        "it",
        "its",
        "it's",
        "that",
        "this",
        "these",
        "those",
        "they",
        "them",
        "their",
        "with",
        "and",
        "but",
        "so",
        "then",
        "also",
        "just",
        "only",
        "exactly",
        "about",
        "around",
        "roughly",
        "actually",
        "still",
        "currently",
        "now",
        "today",
        "right",
        "when",
        "where",
        "who",
        "whom",
        "whose",
        "which",
        "go",
        "going",
        "went",
        "gone",
        "come",
        "came",
        "coming",
        "make",
        "made",
        "making",
        "bring",
        "brings",
        "brought",
        "generate",
        "generated",
        "through",
        "via",
        "with",
        "within",
        "during",
        "per",
        "all",
        "any",
        "each",
        "every",
        "percent",
        "share",
        "shares",
        "rate",
        "rates",
        "level",
        "period",
        "time",
        "times",
        "overall",
        "company",
        "business",
        "shop",
        "store",
        "desk",
        "data",
        "numbers",
        "figures",
        "figure",
        "stats",
        "statistics",
        "report",
        "answer",
        "question",
        "hi",
        "hello",
        "hey",
        "thanks",
        "thank",
        "gtm",
        "team",
        "again",
        "too",
        "as",
        "if",
        "not",
        "no",
        "yes",
        "well",
        "even",
        "really",
        "ever",
        "look",
        "looking",
        "looks",
        "perform",
        "performs",
        "performed",
        "performing",
        "list",
        "top",
        "chart",
        "graph",
        "plot",
        "table",
        "break",
        "breakdown",
        "down",
        "split",
        "compared",
        "between",
        "same",
        "last",
        "than",
        "or",
        "out",
        "off",
        "up",
        "into",
        "get",
        "got",
        "getting",
        "one",
        "ones",
        "people",
        "person",
        "customer",
        "customers",
        "us",
        "orders",
        "order",
        "quick",
        "quickly",
        "s",
        "t",
        "re",
        "ve",
        "ll",
        "d",
        "m",
        "some",
        "kind",
        "much-needed",
        "need",
        "needed",
        "say",
        "said",
        "most",
        "more",
        "less",
        "few",
        "fewer",
        "big",
        "high",
        "low",
        "long",
        "far",
        "sold",
        "sell",
        "sells",
        "selling",
        "place",
        "placed",
        "stand",
        "stands",
        "standing",
        "currently",
        "running",
        "run",
        "average",
        "mean",
        "median",
        "usual",
        "usually",
        "normal",
        "typical",
        "cost",
        "costs",
        "money",
        "worth",
        "many's",
        "&",
        "+",
        "%",
        "channel's",
    ]
)
_PREPOSITION: Final = r"(?:in|from|for|through|via|by|of|with|among|at|on|about)"
_NUMBERS: Final = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "ten": 10,
}
_MOST_LISTED: Final = 20


def read(question: str, calendar: Calendar, lexicon: Lexicon) -> Reading:
    """What rules make of a question."""
    original = _plain(question)
    text = _Taking(original.lower())
    not_recorded = next((what for pattern, what in NOT_RECORDED if text.take(pattern.pattern)), None)
    why = text.take(_WHY)
    people = bool(
        re.match(
            r"\W*(?:and )?who(?:'s| is| are| were|se)?\b|.*\bwho (?:buys|spends|bought|spent)", text.rest
        )
    )
    ago: Ago | None = "year" if text.take(_YEAR_AGO) else "before" if text.take(_BEFORE) else None
    times = text.take_dimension(
        _TIMES, rf"{_LEAD}(?: calendar)?|(?=daily|weekly|monthly|quarterly|yearly|annual)"
    )
    names = [name for name, _, _ in text.take_metrics()]
    spans, text.rest = take_periods(text.rest, calendar)
    limit = text.take_limit()
    only, text.rest = lexicon.take(text.rest, original)
    order = text.take_order()
    kinds = text.take_dimension(_DIMENSIONS, rf"{_LEAD}|the|our|all|", most_used=order is not None)
    compared = text.take(_VERSUS)
    down, up = text.take(_DOWN), text.take(_UP)
    changed = text.take(_CHANGE)
    metric, also = _main(names, only, people=people, order=order)
    by = kinds or times or _by_values(only)
    counted = bool(re.search(r"\bhow many\b|\bnumber of\b|\bcount of\b", original.lower()))
    left, named = text.left()
    if changed and by is None and ago is None and not why:
        by = "month" if _long(spans) else None
        ago = None if by else "before"
    return Reading(
        metric, also, spans, only, by, why, "down" if down and not up else "up" if up and not down else None,
        order, limit, ago, compared or ago is not None, counted, not_recorded, left, named, people,
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
        number = r"(?P<number>\d{1,3}|" + "|".join(_NUMBERS) + ")"
        for pattern in (
            rf"(?<=\btop ){number}\b",
            rf"(?<=\bbest ){number}\b",
            rf"\b{number}(?= (?:best|top|worst|biggest|largest)\b)",
        ):
            match = re.search(pattern, self.rest)
            if match:
                self.rest = self.rest[: match.start()] + TAKEN * len(match[0]) + self.rest[match.end() :]
                word = match["number"]
                return min(_MOST_LISTED, max(1, int(word) if word.isdigit() else _NUMBERS[word]))
        return None

    def take_order(self) -> Order | None:
        """Whether the best or the worst is wanted, or the most or the least."""
        found: Order | None = None
        sells = re.search(r"best[- ]?sell", self.rest)
        orders: tuple[tuple[Order, str], ...] = (
            ("worst", _WORST), ("lowest", _LOWEST), ("highest", _HIGHEST), ("best", _BEST),
        )  # fmt: skip
        for order, words in orders:
            if sells and order == "best":
                found = "best"
                self.rest = re.sub(r"\bbest\b(?![- ]?sell)", lambda match: TAKEN * len(match[0]), self.rest)
            elif self.take(words):
                found = order
        return found

    def take_dimension(
        self, names: dict[str, str], lead: str, *, most_used: bool = False
    ) -> Dimension | None:
        """By what it shall be parted: by channel, which country, monthly."""
        found: Dimension | None = None
        for name, words in names.items():
            pattern = re.compile(rf"(?<![\w-])(?:(?:{lead}) ?)?(?P<noun>{words})(?![\w-])")
            led = re.compile(rf"(?<![\w-])(?:{lead}) ?(?:{words})(?![\w-])")
            match = (pattern if most_used else led).search(self.rest)
            if match is not None:
                found = found or name  # type: ignore[assignment]
                self.rest = self.rest[: match.start()] + TAKEN * len(match[0]) + self.rest[match.end() :]
                self.rest = re.sub(
                    rf"(?<![\w-])(?:{words})(?![\w-])", lambda one: TAKEN * len(one[0]), self.rest
                )
        return found

    def left(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that nothing has taken, and those of them that follow a preposition."""
        words = [word.strip("'-") for word in re.findall(r"[^\s\x00,/&]+", self.rest)]
        left = tuple(dict.fromkeys(word for word in words if word and word not in _FILLER and _tells(word)))
        after = re.findall(rf"\b{_PREPOSITION}\s+(?:the\s+|our\s+)?([^\s\x00,]+)", self.rest)
        return left, tuple(word for word in dict.fromkeys(after) if word in left)


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


def _long(spans: tuple[Span, ...]) -> bool:
    return any((span.period.end - span.period.start).days > 62 for span in spans)
