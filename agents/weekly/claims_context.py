"""What the words around a number say of it: what is counted, of which thing, up or down, beside what.

A number belongs to the words right after it ("12 orders", "$5 of refunds"), else to the nearest that name something
before it in its sentence, else to what its clause goes on to name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from agents.weekly.claims_reading import Mention, Phrase
from agents.weekly.claims_tokens import Sort, Token, tokens_of
from knowledge_base.terms import stem

if TYPE_CHECKING:
    from agents.weekly.claims import Against, FactSheet


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in re.findall(r"\w+", words))


_GLUE: Final = frozenset(
    re.findall(r"\w+", "of in the our a an all total extra additional additionally net more fewer less new")
)
_FROM: Final = frozenset(re.findall(r"\w+", "of on for from through via by in with at the came"))
_UP: Final = _stems(
    "up rise rose risen rising grow grew grown growth gain gained increase increased increasing climb climbed higher "
    "more above jump jumped surge surged add added larger bigger greater"
)
_DOWN: Final = _stems(
    "down fall fell fallen falling drop dropped decline declined decrease decreased decreasing lower less fewer below "
    "shrink shrank shrunk lose lost slip slipped slid reduce reduced smaller short"
)
_THRESHOLD: Final = _stems("above below over under than")


@dataclass(frozen=True, slots=True)
class Said:
    """A number and what the words around it say. `things` are the names beside it, `about` one further off.

    `by` tells that it is a difference ("up 5%"), `to` that it is where something went ("rose to 5").
    """

    mention: Mention
    subjects: tuple[Phrase, ...]
    things: tuple[str, ...]
    about: tuple[str, ...]
    direction: int
    by: bool
    to: bool
    cue: Against | None
    place: Literal["low", "high"] | None
    sentence: str


def read(text: str, sheet: FactSheet) -> Iterator[Said | Mention]:
    """The numbers of a text with what is said of them; one in a name, a day or a phrase of the sheet is no number.

    A weak number that turns out to be none is left out; a day that is not among the sheet's is given bare.
    """
    tokens, strange = tokens_of(text, sheet)
    yield from strange
    for at, token in enumerate(tokens):
        if token.sort == "number":
            reader = _Reader(tokens, at, text)
            if not reader.mention.weak or reader.counts:
                yield reader.said()


class _Reader:
    """What stands around one number."""

    def __init__(self, tokens: Sequence[Token], at: int, text: str) -> None:
        self._tokens, self._at, self._text = tokens, at, text
        mention = tokens[at].mention
        assert mention is not None  # noqa: S101 - only numbers are read
        self.mention = mention
        ends = [n for n, one in enumerate(tokens) if one.sentence]
        self._first = max((n + 1 for n in ends if n < at), default=0)
        self._last = min((n for n in ends if n > at), default=len(tokens))

    @property
    def counts(self) -> bool:
        """Whether a word that may be a number is one: something that is counted follows it."""
        return self._adjacent("subject", _GLUE - {"of", "the"}) is not None and (
            self.mention.text.lower() != "none" and self.mention.text.lower() != "nobody"
        )

    def said(self) -> Said:
        """All of it."""
        place = self._place()
        things, about = self._things()
        direction, by = self._direction()
        previous = self._near(-1)
        to = place is None and previous is not None and previous.stem in ("to", "at", "from")
        if to:
            by = self.mention.sign != 0
        upper = self._other_end()
        mention = self.mention
        if upper is not None and mention.kind == "plain" and upper.kind in ("percent", "points", "months"):
            mention = replace(mention, kind=upper.kind)  # "10 to 12%"
        return Said(
            mention,
            self._subjects(),
            things,
            about,
            self.mention.sign or direction,
            by or self.mention.sign != 0,
            to,
            self._cue(by=by),
            place,
            self._text[
                self._tokens[self._first].start : self._tokens[min(self._last, len(self._tokens) - 1)].end
            ],
        )

    def _near(self, step: int) -> Token | None:
        at = self._at + step
        return self._tokens[at] if self._first <= at < self._last else None

    def _after(self) -> Iterator[Token]:
        """What follows in the clause, up to the next number."""
        for one in self._tokens[self._at + 1 : self._last]:
            if one.clause or one.sort == "number":
                return
            yield one

    def _before(self) -> Iterator[Token]:
        """What stands before in the clause, the nearest first, up to the number before."""
        for one in reversed(self._tokens[self._first : self._at]):
            if one.clause or one.sort == "number":
                return
            yield one

    def _adjacent(self, sort: Sort, glue: frozenset[str]) -> Token | None:
        """A piece of a sort right after the number, over words that bind."""
        rest = self._tokens[self._at + 1 : self._last]
        for n, one in enumerate(rest[:4]):
            if one.sort == sort:
                return one
            opened = (
                n == 0 and one.stem == "(" and len(rest) > 2 and rest[1].sort == sort and rest[2].stem == ")"
            )
            if not opened and one.stem not in glue:
                return None
        return None

    def _subjects(self) -> tuple[Phrase, ...]:
        adjacent = self._adjacent("subject", _GLUE)
        if adjacent is None and self._other_end() is not None:  # "3 to 5 orders"
            adjacent = _Reader(self._tokens, self._at + 2, self._text)._adjacent("subject", _GLUE)
        if adjacent is not None:
            return (adjacent.phrase,)
        before = [one for one in self._tokens[self._first : self._at] if one.sort == "subject"]
        own = [one for one in before if not self._is_taken(one)]
        found = [one.phrase for one in (*before[-1:], *own[-1:])]
        found += [one.phrase for one in self._after() if one.sort == "subject"][:1]
        if not found:
            found = self._carried()
        return tuple(found)

    def _is_taken(self, subject: Token) -> bool:
        """Whether an earlier number of the sentence has it right after itself."""
        return any(
            one.sort == "number"
            and one.start < subject.start
            and _Reader(self._tokens, n, self._text)._adjacent("subject", _GLUE) is subject
            for n, one in enumerate(self._tokens[: self._at])
            if n >= self._first
        )

    def _carried(self) -> list[Phrase]:
        """What a sentence that begins with "that" speaks of: what the one before began with; else what follows."""
        begins = self._tokens[self._first]
        if begins.stem in ("that", "this", "it", "they", "these") and self._first > 0:
            ends = [n for n, one in enumerate(self._tokens[: self._first - 1]) if one.sentence]
            since = ends[-1] + 1 if ends else 0
            earlier = [one for one in self._tokens[since : self._first] if one.sort == "subject"]
            return [one.phrase for one in earlier[:1]]
        return [one.phrase for one in self._tokens[self._at : self._last] if one.sort == "subject"][:1]

    def _things(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names beside the number, and the nearest further off."""
        adjacent = self._adjacent("name", _FROM)
        if adjacent is not None:
            return (adjacent.name,), ()
        near = [one.name for one in self._before() if one.sort == "name"][:1]
        if not near:
            near = [one.name for one in self._after() if one.sort == "name"]
        before = [one.name for one in self._tokens[self._first : self._at] if one.sort == "name"]
        return tuple(near), tuple(before[-1:])

    def _direction(self) -> tuple[int, bool]:
        """Up or down, and whether the number is how far."""
        after, before = list(self._after()), list(self._before())
        follows = _way(after[0]) if after else 0
        if not follows and len(after) > 1 and after[0].stem in ("point", "further", "net"):
            follows = _way(after[1])
        if follows:
            return follows, True
        precedes = before[0] if before else None
        if (
            precedes is not None
            and precedes.stem not in _THRESHOLD
            and (_way(precedes) or precedes.stem == "by")
        ):
            return next((_way(one) for one in before if _way(one)), 0), True
        near = next((_way(one) for one in before[:5] if _way(one) and one.stem not in _THRESHOLD), 0)
        return near, False

    def _cue(self, *, by: bool) -> Against | None:
        after = next((one.cue for one in self._after() if one.cue), None)
        if after is not None:
            return after
        before = next((one.cue for one in self._before() if one.cue), None)
        if before is not None and (self._follows_cue() or not self._belongs_before()):
            return before
        if by:  # "12% below the $5 to be expected"
            following = self._tokens[self._at + 1 : self._last]
            for n, one in enumerate(following):
                if one.clause:
                    break
                if one.sort == "number":
                    return _Reader(self._tokens, self._at + 1 + n, self._text)._cue(by=False)
        return None

    def _follows_cue(self) -> bool:
        """Whether the comparison is this number's own: "the target of $50"."""
        for one in self._before():
            if one.cue is not None:
                return True
            if one.stem not in ("of", "is", "was", "were", "the", "a"):
                return False
        return False

    def _belongs_before(self) -> bool:
        """Whether the comparison before this number is that of the number before it."""
        for n in range(self._at - 1, self._first - 1, -1):
            one = self._tokens[n]
            if one.sort == "number":
                return True
            if one.clause:
                return False
        return False

    def _place(self) -> Literal["low", "high"] | None:
        """Which end of a range it is."""
        if self._other_end() is not None:
            return "low"
        two = self._near(-2)
        if two is not None and two.sort == "number":
            earlier = _Reader(self._tokens, self._at - 2, self._text)
            if earlier._other_end() is not None:
                return "high"
        return None

    def _other_end(self) -> Mention | None:
        """The upper end of a range whose lower end this is; "from 3 to 5" tells what was and what is."""
        joint, upper, previous = self._near(1), self._near(2), self._near(-1)
        if joint is None or upper is None or upper.mention is None:
            return None
        if joint.stem not in ("to", "and", "-", "–", "—"):
            return None
        if self.mention.kind not in ("plain", upper.mention.kind):
            return None
        opens = previous.stem if previous is not None else ""
        if (joint.stem == "and" and opens not in ("between", "from")) or (
            joint.stem == "to" and opens == "from"
        ):
            return None
        return upper.mention


def _way(token: Token) -> int:
    if token.sort not in ("word", "subject"):
        return 0
    return 1 if token.stem in _UP else -1 if token.stem in _DOWN else 0
