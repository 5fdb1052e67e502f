"""A text in pieces: words, numbers, names, days, and phrases that name what is counted or compared."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from agents.weekly.claims_names import days_in, names_in
from agents.weekly.claims_reading import Mention, Phrase, mentions
from knowledge_base.terms import stem

if TYPE_CHECKING:
    from agents.weekly.claims import Against, FactSheet

_WORDS: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\s\w]|_")
_SENTENCE: Final = re.compile(r"[.!?…](?=[\s”\"')]|$)|\n")
_CLAUSE: Final = frozenset(re.findall(r"\S+", ", ; : ( ) — – “ ” and but while whereas although though as"))
_YEAR: Final = (
    r"(?:the )?(?:same )?week a year (?:ago|before|earlier)|a year (?:ago|before|earlier)|last year|previous year"
    r"|prior year|year[- ](?:on|over)[- ]year|yoy"
)
_BEFORE: Final = (
    r"(?:the )?week before|last week|(?:the )?(?:previous|prior|preceding) week|week[- ](?:on|over)[- ]week|wow"
    r"|(?:the )?week earlier|a week (?:ago|before|earlier)"
)
_CUES: Final[tuple[tuple[str, Against], ...]] = (
    (_YEAR, "year"),
    (_BEFORE, "before"),
    (r"(?:to be )?expected(?!\s+to\b)|expectations?|usual(?:ly)?|normal(?:ly)?|typical(?:ly)?", "expected"),
    (r"(?:the )?(?:plan(?:ned)?|budget(?:ed)?)", "plan"),
    (r"(?:the )?(?:target|goal|aim)", "target"),
)
_CUE: Final = re.compile("|".join(rf"\b(?P<{name}>{words})\b" for words, name in _CUES), re.IGNORECASE)

Sort = Literal["word", "sign", "number", "name", "day", "subject", "cue"]


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text; `stem` of a word, and what it is where it is more than a word."""

    sort: Sort
    start: int
    end: int
    stem: str = ""
    mention: Mention | None = None
    name: str = ""
    phrase: Phrase = ()
    cue: Against | None = None
    clause: bool = False
    sentence: bool = False


def tokens_of(text: str, sheet: FactSheet) -> tuple[list[Token], list[Mention]]:
    """The pieces of a text in order, and the days in it that the sheet does not know."""
    pieces: list[Token] = [Token("name", start, end, name=name) for start, end, name in names_in(text, sheet)]
    days, strange = days_in(text, sheet, [(one.start, one.end) for one in pieces])
    pieces += [Token("name" if name else "day", start, end, name=name) for start, end, name in days]
    free = _Free(len(text), pieces)
    inside = [(one.start, one.end) for one in strange]
    for one in mentions(text):
        if free.is_free(one.start, one.end) and not any(
            start < one.end and one.start < end for start, end in inside
        ):
            pieces.append(Token("number", one.start, one.end, mention=one))
            free.take(one.start, one.end)
    words = [match for match in _WORDS.finditer(text) if free.is_free(match.start(), match.end())]
    pieces += _with_phrases(text, words, sheet)
    return sorted(pieces, key=lambda one: (one.start, one.end)), strange


class _Free:
    """Which characters nothing stands on yet."""

    def __init__(self, length: int, pieces: Sequence[Token]) -> None:
        self._taken = [False] * length
        for one in pieces:
            self.take(one.start, one.end)

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing stands there."""
        return not any(self._taken[start:end])

    def take(self, start: int, end: int) -> None:
        """Something does now."""
        self._taken[start:end] = [True] * (end - start)


def _with_phrases(text: str, words: list[re.Match[str]], sheet: FactSheet) -> Iterator[Token]:
    """Words, and phrases that name something counted or a comparison as one piece; the longest first."""
    cues = {match.start(): match for match in _CUE.finditer(text)}
    stems = [stem(word.group().lower()) for word in words]
    longest = max((len(one) for one in sheet.subjects), default=0)
    at = 0
    while at < len(words):
        word = words[at]
        cue = cues.get(word.start())
        length = next(
            (
                size
                for size in range(min(longest, len(words) - at), 0, -1)
                if tuple(stems[at : at + size]) in sheet.subjects and _adjoin(text, words[at : at + size])
            ),
            0,
        )
        if cue is not None and cue.end() >= words[at + max(length, 1) - 1].end():
            size = sum(1 for one in words[at:] if one.end() <= cue.end())
            yield Token("cue", word.start(), cue.end(), cue=cue.lastgroup)  # type: ignore[arg-type]
            at += max(size, 1)
        elif length:
            last = words[at + length - 1]
            yield Token("subject", word.start(), last.end(), stems[at], phrase=tuple(stems[at : at + length]))
            at += length
        else:
            yield _word(text, word, stems[at])
            at += 1


def _adjoin(text: str, words: Sequence[re.Match[str]]) -> bool:
    """Whether only blanks stand between words, so that no name or number does."""
    return all(not text[one.end() : two.start()].strip() for one, two in itertools.pairwise(words))


def _word(text: str, word: re.Match[str], its_stem: str) -> Token:
    said = word.group().lower()
    ends = bool(_SENTENCE.match(text, word.start())) or "\n" in text[word.end() : word.end() + 1]
    sign = not said[0].isalnum()
    return Token(
        "sign" if sign else "word",
        word.start(),
        word.end(),
        said if sign else its_stem,
        clause=ends or said in _CLAUSE or (said == "-" and text[word.start() - 1 : word.start()].isspace()),
        sentence=ends,
    )
