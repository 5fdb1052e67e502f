"""Whether a text says only what its sources say: quotes, numbers, names, links, negations, and its substance.

Everything here is string work on the texts at hand: no model judges a model. What fails is told in words that a
model can act on. Sources are the retrieved passages, never a customer's message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal

from agents.facts import Facts, Quantity, facts
from agents.language import is_foreign
from knowledge_base.passages import Unit
from knowledge_base.terms import FUNCTION_WORDS, stem, words
from knowledge_base.units import ITEM_MARK, split_units

Kind = Literal["quote", "number", "unit", "time", "link", "name", "negation", "unsupported"]

SUPPORT = 0.6
"""The share of a sentence's content words that its sources must hold."""

CLAIM_WORDS = 3
"""A clause with so many content words claims something of its own; a lead-in ("That depends:") has fewer."""

CLAIMED = 0.5
"""The share of a claim's content words that must stand around one place of the sources."""

SAME = 0.7
"""The share of a clause's content words that make another clause speak of the same."""

NEARLY = 0.8
"""A source's sentence speaks of the same if it shares so much of the most that any shares."""

DENIED = 0.5
"""The share of a denying clause's content words that a source has to deny, or to limit, in one clause."""

QUOTE_WORDS = 3
"""A quote of fewer words proves nothing."""

_NEGATIONS = frozenset(
    re.findall(r"\S+", "not no never cannot without neither nor none nobody nothing nowhere unable")
)
_LIMITS = frozenset(
    (
        "only",
        "except",
        "excluding",
        "excluded",
        "unless",
        "instead",
        "too",
        "less",
        "fewer",
        "stop",
        "stopped",
    )
)
_BOUND = re.compile(r"\bno (?=(?:later|sooner|earlier|more|less|fewer|longer) than\b)")
"""“No later than” says where something ends, and denies nothing."""
_GRATIS = re.compile(
    r"(?:\b(?:at|for) )?\b(?:no|without)(?: any| extra| additional| further)* (?:costs?|charges?|fees?)\b"
    r"|\bfree of (?:charge|cost)\b|\bcosts? (?:you )?nothing\b"
)
"""The ways to say that something costs nothing, for which “free” stands then."""
_POLITE = re.compile(
    r"\b(?:feel free to|unfortunately|(?:i am|i'm|we are|we're) (?:sorry|afraid|glad|happy)(?: to| that)?"
    r"|of course|certainly|indeed|please)\b"
)
"""What claims nothing."""
_FREE = re.compile(r"(?<!-)\bfree\b(?!-| (?:of|from|to)\b)")
"""“Free”, unless of something else than a price: sugar-free, free of nuts, free to choose."""
_CLAUSE = re.compile(
    r"[,;()—–]|:\s|\s-\s|\b(?:but|and|or|if|unless|when|while|because|although|as long as|so)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[*_`#>|]+|\[([^\]]*)\]\([^)]*\)")
_LIST_MARK = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*+•])\s+")
"""What of a sentence is no fact; a number of more digits, which may begin an item too, is one."""
_SPACE = re.compile(r"\s+")
_ENGLISH = 0.18  # the share of function words from which a text is taken for English
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u2011": "-"}
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that the sources do not say: its kind, the words, and what is wrong with them."""

    kind: Kind
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    content: frozenset[str]
    denies: bool
    limits: bool
    """It says where something ends, which may be put as a denial: “only with a receipt”."""
    free: bool
    """It says that something costs nothing."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a source; `around` are the stems of it, its neighbours and its headings."""

    facts: Facts
    content: frozenset[str]
    around: frozenset[str]
    clauses: tuple[_Clause, ...]


@dataclass(frozen=True)
class Sources:
    """The texts that an answer may rest on, read once."""

    texts: tuple[str, ...]

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Each text as quotes are looked for in it."""
        return tuple(plain(text) for text in self.texts)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The stems of all words."""
        return frozenset(stem(word) for text in self.texts for word in words(text))

    @cached_property
    def links(self) -> frozenset[str]:
        """All addresses, without their scheme."""
        return frozenset(_bare_link(link) for one in self.sentences for link in one.facts.links)

    @cached_property
    def sentences(self) -> tuple[_Sentence, ...]:
        """The sentences of all texts."""
        return tuple(one for text in self.texts for one in _read(text))

    def support(self, sentence: str) -> list[_Sentence]:
        """The sentences that speak of the same as `sentence`; all of them where none does."""
        content = _content(sentence)
        shared = [len(content & one.content) for one in self.sentences]
        best = max(shared, default=0)
        if not best:
            return list(self.sentences)
        return [one for one, count in zip(self.sentences, shared, strict=True) if count >= NEARLY * best]


@lru_cache(maxsize=1024)  # the passages of a knowledge base are read for one answer after another
def _read(text: str) -> tuple[_Sentence, ...]:
    parts = sentences(text)
    headings = frozenset(stem(word) for part in parts if part.startswith("#") for word in words(part))
    stemmed = [frozenset(stem(word) for word in words(part)) for part in parts]
    read = []
    for at, part in enumerate(parts):
        around = headings.union(*stemmed[max(0, at - 1) : at + 2])
        read.append(_Sentence(facts(_LIST_MARK.sub("", part)), _content(part), around, tuple(_clauses(part))))
    return tuple(read)


def check_quotes(quotes: Sequence[str], sources: Sources) -> list[Failure]:
    """The quotes that do not stand, word for word, in one source."""
    failures = []
    for quote in quotes:
        wanted = plain(quote).strip(" .…\"'")
        if len(wanted.split()) < QUOTE_WORDS:
            failures.append(
                Failure("quote", quote, f"is too short to prove anything: quote {QUOTE_WORDS} words or more")
            )
        elif not any(wanted in text for text in sources.plain):
            failures.append(Failure("quote", quote, "does not stand word for word in any source"))
    return failures


def check_sentence(sentence: str, sources: Sources, *, translated: bool = True) -> list[Failure]:
    """What a sentence says that no source does; empty where it is grounded.

    A number or name counts as grounded where it stands in a source's sentence that speaks of the same, not
    just anywhere. Names, substance and negations can only be compared in the sources' language; in another
    one, numbers, units, times and links are looked for in all sources. Where it cannot be `translated`, a sentence
    that does not look like the sources' language is held against them all the same.
    """
    bare = _LIST_MARK.sub("", sentence)
    said = facts(bare)
    failures = list(_links(said, sources))
    if translated and (is_foreign(sentence) or not is_english(sentence)):
        return [*failures, *_numbers(said, sources.sentences), *_times(said, sources.sentences)]
    support = sources.support(sentence)
    near = support
    for clause in _CLAUSE.split(bare):
        if re.search(r"\d", clause) and len(_content(clause)) > 1:
            near = _together(near, sources.support(clause))
    failures += [*_numbers(said, near), *_units(said, near), *_times(said, near)]
    clauses = tuple(_clauses(sentence))
    return [
        *failures,
        *_names(said, support),
        *_support(sentence, clauses, sources),
        *_negations(clauses, support, sources),
    ]


def _together(some: Sequence[_Sentence], more: Sequence[_Sentence]) -> list[_Sentence]:
    """One of two statements of a sentence may rest on another sentence of the sources."""
    return [*some, *(one for one in more if one not in some)]


def check_text(text: str, sources: Sources) -> list[Failure]:
    """What a whole text says that no source does, sentence by sentence."""
    return [failure for sentence in sentences(text) for failure in check_sentence(sentence, sources)]


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, also those within a list item, the first with its mark; and its tables."""
    return [text[start:end] for unit in split_units(text) for start, end in _spans(text, unit)]


def _spans(text: str, unit: Unit) -> Iterator[tuple[int, int]]:
    mark = ITEM_MARK.match(text, unit.start, unit.end) if unit.kind == "item" else None
    if mark is None:
        yield unit.start, unit.end
        return
    at, body = mark.end(), text[mark.end() : unit.end]
    pieces = [(at + start, at + end) for inner in split_units(body) for start, end in _spans(body, inner)]
    yield unit.start, pieces[0][1]
    yield from pieces[1:]


def plain(text: str) -> str:
    """A text without markup, case, and differences of quotes, dashes and white space."""
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return _SPACE.sub(" ", _MARKUP.sub(lambda match: match.group(1) or "", text)).strip().lower()


def is_english(text: str) -> bool:
    """Whether enough of the words are English function words; a text of few words passes for English."""
    found = [word for word in words(text) if word[0].isalpha()]
    return len(found) < 5 or sum(word in FUNCTION_WORDS for word in found) / len(found) >= _ENGLISH


def _numbers(said: Facts, support: Sequence[_Sentence]) -> Iterator[Failure]:
    for quantity in said.quantities:
        if not _of_value(quantity, support):
            yield Failure("number", quantity.text, "is a number that the sources do not give for this")


def _units(said: Facts, support: Sequence[_Sentence]) -> Iterator[Failure]:
    known = [quantity for one in support for quantity in one.facts.quantities]
    for quantity in said.quantities:
        same = _of_value(quantity, support)
        if same and not any(_same_unit(quantity, one) for one in same):
            unit = quantity.unit or " ".join(sorted(quantity.near))
            yield Failure(
                "unit", f"{quantity.text} {unit}".strip(), "has another unit or thing in the sources"
            )
        elif same and _swapped(quantity, same, known):
            yield Failure("number", quantity.text, "belongs to something else in the sources")


def _of_value(said: Quantity, support: Sequence[_Sentence]) -> list[Quantity]:
    return [one for known in support for one in known.facts.quantities if one.values & said.values]


def _same_unit(said: Quantity, known: Quantity) -> bool:
    if said.unit is not None:
        return said.unit == known.unit
    return known.unit is None or not said.near or bool(said.near & known.near)


def _swapped(said: Quantity, same: Sequence[Quantity], known: Sequence[Quantity]) -> bool:
    """Whether what the number counts here is counted by another number, and not by this one, in the sources."""
    if any(said.near & one.near for one in same):
        return False
    others = (one for one in known if one.unit == said.unit and not one.values & said.values)
    return any(said.near & one.near for one in others)


def _times(said: Facts, support: Sequence[_Sentence]) -> Iterator[Failure]:
    known = {time for one in support for time in one.facts.times}
    known |= {
        int(value) * 60
        for one in support
        for quantity in one.facts.quantities
        for value in quantity.values
        if isinstance(value, Decimal) and 0 <= value <= 24
    }
    for time in sorted(said.times):
        if time not in known and time - 720 not in known:
            yield Failure(
                "time", f"{time // 60}:{time % 60:02}", "is a time that the sources do not give for this"
            )


def _links(said: Facts, sources: Sources) -> Iterator[Failure]:
    for link in sorted(said.links):
        if _bare_link(link) not in sources.links:
            yield Failure("link", link, "is an address that stands in no source")


def _bare_link(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link).rstrip("/")


def _names(said: Facts, support: Sequence[_Sentence]) -> Iterator[Failure]:
    known = frozenset[str]().union(*(one.around for one in support))
    for name in said.names:
        if any(stem(word) not in known for word in words(name)):
            yield Failure("name", name, "is a name that the sources do not give for this")


def _support(sentence: str, clauses: Sequence[_Clause], sources: Sources) -> Iterator[Failure]:
    content = _content(sentence)
    if len(content) < (CLAIM_WORDS if sentence.endswith(":") else 2):
        return
    missing = sorted(content - sources.vocabulary)
    if 1 - len(missing) / len(content) < SUPPORT:
        yield Failure("unsupported", sentence, f"says what the sources do not: {', '.join(missing)}")
        return
    for clause in clauses:
        if len(clause.content) >= CLAIM_WORDS and not _is_claimed(clause.content, sources):
            yield Failure("unsupported", clause.text.strip(), "is not said together anywhere in the sources")
        elif clause.free and not _is_free(clause.content, sources):
            yield Failure("unsupported", clause.text.strip(), "says that it is free, and the sources do not")


def _is_claimed(content: frozenset[str], sources: Sources) -> bool:
    """Whether what is said stands in the sources, and not just its words here and there."""
    return any(len(content & one.around) >= CLAIMED * len(content) for one in sources.sentences)


def _is_free(content: frozenset[str], sources: Sources) -> bool:
    """Whether the sources say of much the same that it is free: one word is a promise."""
    what = content - {"free"}
    known = (one.around for one in sources.sentences if any(clause.free for clause in one.clauses))
    return any(len(what & around) >= CLAIMED * len(what) for around in known)


def _negations(
    clauses: Sequence[_Clause], support: Sequence[_Sentence], sources: Sources
) -> Iterator[Failure]:
    known = [clause for one in support for clause in one.clauses]
    for clause in clauses:
        shared = [len(clause.content & one.content) for one in known]
        best = max(shared, default=0)
        same = [one for one, count in zip(known, shared, strict=True) if count == best]
        if best >= SAME * len(clause.content) and all(one.denies != clause.denies for one in same):
            yield Failure("negation", clause.text.strip(), "the sources say the opposite")
        elif clause.denies and not _is_denied(clause, sources):
            yield Failure("negation", clause.text.strip(), "is a denial that the sources do not make")


def _is_denied(said: _Clause, sources: Sources) -> bool:
    """Whether some source denies or limits much the same: “never” about one thing grounds no “never” about another."""
    clauses = (
        clause for one in sources.sentences for clause in one.clauses if clause.denies or clause.limits
    )
    return any(len(said.content & clause.content) >= DENIED * len(said.content) for clause in clauses)


def _clauses(text: str) -> Iterator[_Clause]:
    for sentence in sentences(text):
        for part in _CLAUSE.split(sentence):
            said = _in_plain_words(part)
            content = _content_of(said)
            if content:
                found = re.findall(r"[a-z']+", said.replace("n't", " not"))
                denies = sum(word in _NEGATIONS for word in found) % 2 == 1
                free = bool(_FREE.search(said))
                yield _Clause(part, content, denies, not _LIMITS.isdisjoint(found), free)


def _in_plain_words(text: str) -> str:
    """A text as `plain` leaves it, without what is only polite, and with “no” only where something is denied."""
    return _BOUND.sub("", _GRATIS.sub("free", _POLITE.sub("", plain(text))))


def _content(text: str) -> frozenset[str]:
    return _content_of(_in_plain_words(text))


def _content_of(said: str) -> frozenset[str]:
    return frozenset(
        stem(word)
        for word in words(said)
        if word not in FUNCTION_WORDS and word[0].isalpha() and len(word) > 2
    )
