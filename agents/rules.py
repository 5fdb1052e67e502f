"""What is decided before any score: messages that a person must answer, and small talk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.policy import Category, SupportPolicy

Choice = Literal["first", "second", "none"]

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"'})
_CLAUSE_END = re.compile(r"[!?;:\n]+|\.+(?=\s|$)|,(?=\s)|\s[-–—]+\s")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SHOUT_WORDS = 4
_SMALL_TALK_WORDS = 14
_REPHRASED = 0.6
_COMMON = frozenset(
    """
    a about all also am an and any are as at be but by can could d did do does for from had has have
    how i if in into is it its just ll m me my no not of on or our please re s so t tell than that
    the their them there they this to us ve was we were what when where which who why will with
    would you your
    """.split()  # noqa: SIM905 - a list literal would take ninety lines
)
_POINTING = frozenset(("mean", "meant", "one", "yes"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A hard rule that applies: its category, the reason to record, and what the customer is told."""

    category: Category
    reason: str
    reply: str


@dataclass(frozen=True, slots=True)
class _Rule:
    category: Category
    when: re.Pattern[str]
    unless: re.Pattern[str] | None
    verdict: Verdict


class RuleBook:
    """The rules of a policy, compiled once; pure and safe to share between threads."""

    def __init__(self, policy: SupportPolicy) -> None:
        """Compile every pattern; the policy has already refused those that do not compile."""
        self._short_forms = policy.short_forms
        self._misspelled = frozenset(policy.often_misspelled)
        self._squeezed = {_squeeze(word): word for word in policy.often_misspelled}
        self._turns = policy.limits.circle_turns
        self._rules = [
            _Rule(
                category,
                _any_of([policy.source(p) for p in rule.when]),
                _any_of([policy.source(p) for p in rule.unless]) if rule.unless else None,
                Verdict(category, rule.reason, rule.reply),
            )
            for category, rule in policy.hard_rules.items()
            if rule.when
        ]
        self._verdicts = {c: Verdict(c, rule.reason, rule.reply) for c, rule in policy.hard_rules.items()}
        self._complaints = _any_of([policy.source(p) for p in policy.complaints])
        self._small_talk = [(_any_of(list(talk.says)), talk.reply) for talk in policy.small_talk.values()]
        phrase = "|".join(p for talk in policy.small_talk.values() for p in talk.says)
        self._all_small_talk = re.compile(rf"(?:{phrase})(?: (?:{phrase}))*")
        self._choices: list[tuple[Choice, re.Pattern[str]]] = [
            (choice, _any_of(list(phrases))) for choice, phrases in policy.refers_to_choice.items()
        ]

    def verdict(self, text: str, earlier: Sequence[str] = ()) -> Verdict | None:
        """The first hard rule that a message meets, or None; `earlier` are the customer's former messages."""
        clauses = self._clauses(text)
        for rule in self._rules:
            for clause in clauses:
                if rule.when.search(clause) and not (rule.unless and rule.unless.search(clause)):
                    return rule.verdict
        if self._shouts(text, " ".join(clauses)):
            return self._verdicts["angry"]
        return self.circles if self._keeps_asking(text, earlier) else None

    @property
    def circles(self) -> Verdict:
        """The verdict on a conversation that does not get anywhere."""
        return self._verdicts["circles"]

    def small_talk(self, text: str) -> str | None:
        """The reply to a message made only of greetings, thanks and the like; None for anything else."""
        words = _WORD.findall(self._normalise(text))
        if not words or len(words) > _SMALL_TALK_WORDS:
            return None
        plain = " ".join(words)
        if not self._all_small_talk.fullmatch(plain):
            return None
        return next(
            (reply for says, reply in self._small_talk if re.search(rf"\b(?:{says.pattern})\b", plain)), None
        )

    def says_something(self, text: str) -> bool:
        """Whether a message means anything without the one before it: no small talk, no "the first one"."""
        return self.choice(text) is None and self.small_talk(text) is None

    def choice(self, text: str, options: Sequence[str] = ()) -> Choice | None:
        """Which of two suggestions a message picks, by its place or its name; None if it says something else."""
        plain = " ".join(_WORD.findall(self._normalise(text)))
        placed = next((choice for choice, says in self._choices if says.fullmatch(plain)), None)
        return placed or self._named(plain, options)

    def _named(self, plain: str, options: Sequence[str]) -> Choice | None:
        """The suggestion that has every word of a message, where the other has not."""
        said = _content(plain) - _POINTING
        named = [bool(said) and said <= _content(self._normalise(option)) for option in options[:2]]
        return ("first" if named[0] else "second") if sum(named) == 1 else None

    def _normalise(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
        return _WORD.sub(lambda match: self._mend(match.group()), plain)

    def _mend(self, word: str) -> str:
        word = self._short_forms.get(word, word)
        if len(word) < 5 or word in self._misspelled:
            return word
        if (squeezed := self._squeezed.get(_squeeze(word))) is not None:
            return squeezed
        return next((known for known in self._misspelled if _mistyped(word, known)), word)

    def _clauses(self, text: str) -> list[str]:
        parts = _CLAUSE_END.split(self._normalise(text))
        return [clause for part in parts if (clause := " ".join(part.replace('"', " ").split()))]

    def _shouts(self, text: str, plain: str) -> bool:
        if not self._complaints.search(plain):
            return False
        words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 1]
        capitals = len(words) >= _SHOUT_WORDS and sum(word.isupper() for word in words) >= 0.8 * len(words)
        return capitals or "!!!" in text

    def _keeps_asking(self, text: str, earlier: Sequence[str]) -> bool:
        before = [t for t in earlier if self.small_talk(t) is None][-(self._turns - 1) :]
        if len(before) < self._turns - 1:
            return False
        # Pressing the same button again is no sign of trouble; saying it in other words is.
        if len({" ".join(_WORD.findall(t.lower())) for t in (*before, text)}) < 2:
            return False
        now = _content(self._normalise(text))
        return len(now) > 1 and all(_overlap(now, _content(self._normalise(t))) >= _REPHRASED for t in before)


def _any_of(sources: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{source})" for source in sources))


def _squeeze(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _mistyped(word: str, known: str) -> bool:
    """Two neighbours swapped; in words of eight letters and more also one letter wrong, missing or extra."""
    if word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known))
    )
    rest, known_rest = word[start:], known[start:]
    if len(word) == len(known) and rest[:2] == known_rest[1::-1] and rest[2:] == known_rest[2:]:
        return True
    # A longer or shorter form of the same word ("charges") is no mistake.
    if len(known) < 8 or not rest or not known_rest:
        return False
    return rest[1:] == known_rest[1:] or rest[1:] == known_rest or rest == known_rest[1:]


def _content(text: str) -> frozenset[str]:
    words = (w for w in _WORD.findall(text) if w.split("'", maxsplit=1)[0] not in _COMMON)
    return frozenset(word.removesuffix("'s")[:5].rstrip("s") for word in words)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
