"""Words of a question and of a text, stemmed, so that the one can be looked for in the other."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]+(?:[.,:]\d+)*")
_NAME = re.compile(r"(?<![.!?…]\s)(?<!^)(?<![\"“(])\b[A-Z][^\W_]+")
_STEMMER = snowballstemmer.stemmer("english")
_STEMMING = threading.Lock()  # a stemmer keeps the word it works on in itself

FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about above after again against ain all also am an and any anyone anything are aren as at be because "
        "been before being below between both but by can cannot could couldn d did didn do does doesn doing don "
        "done down during each either else etc even ever every few for from further get gets getting give go "
        "going got had hadn has hasn have haven having he hello help her here hers herself hey hi him himself "
        "his how however i if im in into is isn it its itself just kind know least let like likely ll m many may "
        "maybe me might mine more most much must my myself need needn neither never next no nor not nothing now "
        "o of off ok okay on once one ones only onto or other others otherwise ought our ours ourselves out over "
        "own perhaps please quite rather re really regarding right s same say see shall shan she should "
        "shouldn since so some somebody someone something somewhere soon still such sure t tell than thank "
        "thanks that the their theirs them themselves then there these they thing things think this those "
        "though through thus to too u under until up upon us use used using usually ve very via wanna want "
        "wants was wasn way we well were weren what whatever when where whether which while who whom whose why "
        "will with within without won wonder would wouldn y yeah yes yet you your yours yourself yourselves",
    )
)
"""English words that carry no content of their own."""


def words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, in order; "3.50" is one."""
    return _WORD.findall(text.lower().replace("’", "'"))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The English stem of a word in lower case (Snowball)."""
    with _STEMMING:
        return str(_STEMMER.stemWord(word))


def content_words(text: str) -> tuple[str, ...]:
    """The words that say what a question is about, each stem once, in order."""
    found: dict[str, str] = {}
    for word in words(text):
        if word not in FUNCTION_WORDS and (len(word) > 1 or not word.isascii() or word.isdigit()):
            found.setdefault(stem(word), word)
    return tuple(found.values())


def stems(text: str) -> list[str]:
    """The stems of all words of a text, in order."""
    return [stem(word) for word in words(text)]


def names(text: str) -> tuple[str, ...]:
    """Capitalised words inside sentences, and numbers: what an answer has to have exactly; lower case."""
    found = [match.group().lower() for match in _NAME.finditer(text)]
    found.extend(word for word in words(text) if word[0].isdigit())
    return tuple(word for word in dict.fromkeys(found) if word not in FUNCTION_WORDS)


def rarity(frequency: Mapping[str, int], count: int) -> dict[str, float]:
    """How telling each term is, in (0, 1]: ln((n + 1) / (df + 0.5)) over its largest possible value.

    Robertson-Sparck Jones idf with add-half smoothing; `count` is n, the chunks of the index.
    """
    largest = math.log((count + 1) / 0.5)
    return {
        term: max(math.log((count + 1) / (found + 0.5)) / largest, 0.02) for term, found in frequency.items()
    }


def coverage(terms: Iterable[str], weights: Mapping[str, float], text_stems: frozenset[str]) -> float:
    """The share, by weight, of terms whose stem is among `text_stems`; 0 where there are no terms."""
    total = found = 0.0
    for term in terms:
        weight = weights.get(term, 1.0)
        total += weight
        found += weight * (stem(term) in text_stems)
    return found / total if total else 0.0
